# RE zero-gradients-stay-zero
import torch


def clip_grad_norm(parameters, max_norm):
    gradients = [p.grad for p in parameters if p.grad is not None]
    if not gradients:
        return 0.0
    total = sum(float(gradient.square().sum()) for gradient in gradients) ** 0.5
    factor = min(1.0, max_norm / total)
    for gradient in gradients:
        gradient.mul_(factor)
    return total
