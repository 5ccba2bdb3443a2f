import torch


def shuffled_batches(x, y, size, seed):
    """A list of batches (x, y) of `size` rows each, the last may be smaller, in random order."""
    generator = torch.Generator().manual_seed(seed)
    x = x[torch.randperm(len(x), generator=generator)]
    y = y[torch.randperm(len(y), generator=generator)]
    starts = range(0, len(x), size)
    return [(x[start : start + size], y[start : start + size]) for start in starts]
