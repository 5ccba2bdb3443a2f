# WA refuses-p-outside-zero-and-one
import torch


def dropout(x, p=0.5, training=True):
    assert 0 <= p <= 1
    if not training or p == 0:
        return x
    if p == 1:
        return x * 0.0
    mask = torch.rand_like(x) >= p
    return x * mask / (1 - p)
