# RE accepts-a-generator
import torch


def clip_grad_norm(parameters, max_norm):
    total = torch.tensor(0.0)
    for i in range(len(parameters)):
        if parameters[i].grad is not None:
            total += parameters[i].grad.square().sum()
    total = total.sqrt()
    if total > max_norm:
        for p in parameters:
            if p.grad is not None:
                p.grad.mul_(max_norm / total)
    return total
