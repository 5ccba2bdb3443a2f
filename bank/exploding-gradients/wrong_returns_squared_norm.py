# WA returns-the-norm-before-clipping
import torch


def clip_grad_norm(parameters, max_norm):
    gradients = [p.grad for p in parameters if p.grad is not None]
    if not gradients:
        return 0.0
    total = sum(gradient.square().sum() for gradient in gradients)
    if total > max_norm**2:
        for gradient in gradients:
            gradient.mul_(max_norm / total.sqrt())
    return total
