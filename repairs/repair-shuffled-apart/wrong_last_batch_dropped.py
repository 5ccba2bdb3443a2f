# WA every-row-once
import torch


def shuffled_batches(x, y, size, seed):
    """A list of batches (x, y) of `size` rows each, the last may be smaller, in random order."""
    generator = torch.Generator().manual_seed(seed)
    order = torch.randperm(len(x), generator=generator)
    x, y = x[order], y[order]
    starts = range(0, len(x) - size + 1, size)
    return [(x[start : start + size], y[start : start + size]) for start in starts]
