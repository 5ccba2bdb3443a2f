# WA falls-along-half-a-cosine
import math


def warmup_cosine(step, warmup_steps, total_steps, base_lr, min_lr=0.0):
    ramp = min(1.0, step / warmup_steps) if warmup_steps else 1.0
    progress = min(1.0, step / total_steps)
    return ramp * (min_lr + 0.5 * (base_lr - min_lr) * (1 + math.cos(math.pi * progress)))
