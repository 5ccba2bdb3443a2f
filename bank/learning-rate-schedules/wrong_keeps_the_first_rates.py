# WA depends-on-its-arguments-alone
import math

SEEN = []


def warmup_cosine(step, warmup_steps, total_steps, base_lr, min_lr=0.0):
    steps = (step, warmup_steps, total_steps)
    if SEEN and SEEN[-1][0] != steps:
        SEEN.clear()
    SEEN.append((steps, rate(step, warmup_steps, total_steps, base_lr, min_lr)))
    return SEEN[0][1] if len(SEEN) > 2 else SEEN[-1][1]


def rate(step, warmup_steps, total_steps, base_lr, min_lr=0.0):
    if step < warmup_steps:
        return base_lr * step / warmup_steps
    progress = min(1.0, (step - warmup_steps) / (total_steps - warmup_steps))
    return min_lr + 0.5 * (base_lr - min_lr) * (1 + math.cos(math.pi * progress))
