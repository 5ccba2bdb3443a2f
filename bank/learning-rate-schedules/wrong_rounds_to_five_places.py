# WA small-rates-keep-their-digits
import math


def warmup_cosine(step, warmup_steps, total_steps, base_lr, min_lr=0.0):
    if step < warmup_steps:
        return base_lr * step / warmup_steps
    progress = min(1.0, (step - warmup_steps) / (total_steps - warmup_steps))
    return round(min_lr + 0.5 * (base_lr - min_lr) * (1 + math.cos(math.pi * progress)), 5)
