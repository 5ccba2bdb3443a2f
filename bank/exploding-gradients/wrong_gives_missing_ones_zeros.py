# WA skips-parameters-without-a-gradient
import torch


def clip_grad_norm(parameters, max_norm):
    parameters = list(parameters)
    for p in parameters:
        if p.grad is None:
            p.grad = torch.zeros_like(p)
    total = torch.sqrt(sum((p.grad.square().sum() for p in parameters), torch.tensor(0.0)))
    if total > max_norm:
        for p in parameters:
            p.grad.mul_(max_norm / total)
    return total
