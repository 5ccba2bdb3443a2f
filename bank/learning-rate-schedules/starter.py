import math


def warmup_cosine(step, warmup_steps, total_steps, base_lr, min_lr=0.0):
    """The learning rate at `step`: linear warmup to base_lr, then half a cosine to min_lr."""
    raise NotImplementedError
