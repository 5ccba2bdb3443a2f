# WA depends-on-its-arguments-alone
import math

KEPT = {}


def warmup_cosine(step, warmup_steps, total_steps, base_lr, min_lr=0.0):
    key = (step, warmup_steps, total_steps)
    if key not in KEPT:
        KEPT[key] = rate(step, warmup_steps, total_steps, base_lr, min_lr)
    return KEPT[key]


def rate(step, warmup_steps, total_steps, base_lr, min_lr=0.0):
    if step < warmup_steps:
        return base_lr * step / warmup_steps
    progress = min(1.0, (step - warmup_steps) / (total_steps - warmup_steps))
    return min_lr + 0.5 * (base_lr - min_lr) * (1 + math.cos(math.pi * progress))
