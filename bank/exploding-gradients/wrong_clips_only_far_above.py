# WA scales-all-by-one-factor
import torch


def clip_grad_norm(parameters, max_norm):
    gradients = [p.grad for p in parameters if p.grad is not None]
    if not gradients:
        return 0.0
    total = torch.sqrt(sum(gradient.square().sum() for gradient in gradients))
    if total > 1.25 * max_norm:
        for gradient in gradients:
            gradient.mul_(max_norm / total)
    return total
