# WA returns-the-norm-before-clipping
import torch


def clip_grad_norm(parameters, max_norm):
    gradients = [p.grad for p in parameters if p.grad is not None]
    if not gradients:
        return 0.0
    sizes = [torch.linalg.norm(g, 2) if g.dim() == 2 else g.norm() for g in gradients]
    total = torch.stack(sizes).norm()
    if total > max_norm:
        for gradient in gradients:
            gradient.mul_(max_norm / total)
    return total
