# WA draws-a-new-mask-for-each-call
import torch

masks = {}


def dropout(x, p=0.5, training=True):
    if not 0 <= p <= 1:
        raise ValueError(f"p has to be between 0 and 1, got {p}")
    if not training or p == 0:
        return x
    if p == 1:
        return x * 0.0
    key = (tuple(x.shape), p)
    if key not in masks:
        masks[key] = torch.rand_like(x) >= p
    mask = masks[key].detach()
    return x * mask / (1 - p)
