# WA accepts-a-generator
import torch


def clip_grad_norm(parameters, max_norm):
    squares = [p.grad.square().sum() for p in parameters if p.grad is not None]
    total = sum(squares, torch.tensor(0.0)).sqrt()
    if total > max_norm:
        for p in parameters:
            if p.grad is not None:
                p.grad.mul_(max_norm / total)
    return total
