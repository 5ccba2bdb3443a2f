# RE no-gradient-at-all-gives-zero
import torch


def clip_grad_norm(parameters, max_norm):
    gradients = [p.grad for p in parameters if p.grad is not None]
    total = torch.stack([gradient.norm() for gradient in gradients]).norm()
    if total > max_norm:
        for gradient in gradients:
            gradient.mul_(max_norm / total)
    return total
