# WA drops-without-autograd-too
import torch


def dropout(x, p=0.5, training=True):
    if not 0 <= p <= 1:
        raise ValueError(f"p has to be between 0 and 1, got {p}")
    if not training or not torch.is_grad_enabled() or p == 0:
        return x
    if p == 1:
        return x * 0.0
    mask = torch.rand_like(x) >= p
    return x * mask / (1 - p)
