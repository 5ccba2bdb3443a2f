# WA skips-parameters-without-a-gradient
import torch


def clip_grad_norm(parameters, max_norm):
    gradients = []
    for p in parameters:
        if p.grad is None:
            break
        gradients.append(p.grad)
    total = torch.sqrt(sum((g.square().sum() for g in gradients), torch.tensor(0.0)))
    if total > max_norm:
        for gradient in gradients:
            gradient.mul_(max_norm / total)
    return total
