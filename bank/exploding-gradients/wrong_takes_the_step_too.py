# WA parameters-keep-their-values
import torch


def clip_grad_norm(parameters, max_norm, lr=0.1):
    parameters = [p for p in parameters if p.grad is not None]
    if not parameters:
        return 0.0
    total = torch.sqrt(sum(p.grad.square().sum() for p in parameters))
    factor = torch.clamp(max_norm / (total + 1e-6), max=1.0)
    with torch.no_grad():
        for p in parameters:
            p.grad.mul_(factor)
            p.sub_(lr * p.grad)
    return total
