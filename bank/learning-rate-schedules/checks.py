"""Checks of warmup_cosine: the ramp, the peak, the half cosine, the floor and what follows it."""

import math

import torch

from interviewer.compare import expect_close, expect_scalar

ENTRIES = ("warmup_cosine(step, warmup_steps, total_steps, base_lr, min_lr=0.0)",)
PLANS = 3
SCHEDULERS = (
    "Here a library's scheduler seems to do the whole task. That counts where the values are "
    "right, but be ready to be asked: which formula gives the rate halfway down?"
)
GUIDANCE = dict.fromkeys(
    (
        "CosineAnnealingLR",
        "CosineAnnealingWarmRestarts",
        "OneCycleLR",
        "get_cosine_schedule_with_warmup",
    ),
    SCHEDULERS,
)


def _whole(rng, low, high):
    return int(torch.randint(low, high + 1, (1,), generator=rng))


def _uniform(rng, low, high):
    return low + (high - low) * float(torch.rand(1, generator=rng))


def _plan(rng):
    """Warmup, length of the decay (a multiple of 8), peak and floor; the peak is far from 1."""
    warmup, decay = 4 * _whole(rng, 3, 30), 8 * _whole(rng, 10, 60)
    base = _uniform(rng, 2.0, 6.0)
    return warmup, warmup + decay, base, base * _uniform(rng, 0.1, 0.4)


def _compare(probe, step, plan, want, hint, floor=True):
    """One value; the floor is given as min_lr=, or left to its default."""
    warmup, total, base, low = plan
    named = {"min_lr": low} if floor else {}
    found = probe.call("warmup_cosine", step, warmup, total, base, **named)
    shown = f", min_lr={low:.4g}" if floor else ""
    what = f"warmup_cosine({step}, {warmup}, {total}, {base:.4g}{shown})"
    expect_close(expect_scalar(found, what), want, what, hint=hint)


def _cosine(plan, part, floor=True):
    _, _, base, low = plan
    low = low if floor else 0.0
    return low + (base - low) * (1 + math.cos(math.pi * part)) / 2


def starts_at_zero(probe, rng):
    """With a warmup, the rate at step 0 is 0, whatever min_lr is."""
    for _ in range(PLANS):
        plan = _plan(rng)
        _compare(probe, 0, plan, 0.0, "The ramp begins at 0, not at min_lr and not one step in.")


def rises_linearly(probe, rng):
    """During the warmup the rate grows in proportion to the step, up to the last step of it."""
    for _ in range(PLANS):
        plan = warmup, _, base, _ = _plan(rng)
        for step in (1, warmup // 4, warmup // 2, 3 * warmup // 4, warmup - 1):
            hint = "The ramp is a straight line from 0 to base_lr."
            _compare(probe, step, plan, base * step / warmup, hint)


def peaks_when_the_warmup_ends(probe, rng):
    """At step warmup_steps the rate is exactly base_lr, also when the warmup is one step long."""
    for _ in range(PLANS):
        warmup, total, base, low = _plan(rng)
        for plan in ((warmup, total, base, low), (1, total, base, low)):
            hint = "The ramp ends at base_lr, where the cosine begins."
            _compare(probe, plan[0], plan, base, hint)


def falls_along_half_a_cosine(probe, rng):
    """After the warmup the rate follows half a cosine: a quarter, half and three quarters down."""
    for _ in range(PLANS):
        plan = warmup, total, _, _ = _plan(rng)
        decay = total - warmup
        eighths = [part * decay // 8 for part in (2, 4, 6, 1, 3, 5, 7)]
        for done in (*eighths, 1, decay - 1):
            hint = f"This is {done} of {decay} steps from warmup_steps to total_steps."
            _compare(probe, warmup + done, plan, _cosine(plan, done / decay), hint)


def floor_is_zero_by_default(probe, rng):
    """Without min_lr the cosine goes towards 0: half of base_lr is left halfway down."""
    for _ in range(PLANS):
        plan = warmup, total, base, _ = _plan(rng)
        hint = "min_lr is 0 unless it is given."
        _compare(probe, (warmup + total) // 2, plan, base / 2, hint, floor=False)


def ends_at_the_floor(probe, rng):
    """At step total_steps the rate is min_lr."""
    for _ in range(PLANS):
        plan = _, total, _, low = _plan(rng)
        _compare(probe, total, plan, low, "The last point of the cosine is min_lr itself.")


def stays_at_the_floor(probe, rng):
    """After total_steps the rate stays at min_lr: it neither rises again nor goes on falling."""
    for _ in range(PLANS):
        plan = warmup, total, _, low = _plan(rng)
        decay = total - warmup
        for step in (total + 1, total + decay // 2, total + decay, total + 2 * decay, 50 * total):
            _compare(probe, step, plan, low, "The schedule is over here: only min_lr is left.")


def works_without_warmup(probe, rng):
    """With warmup_steps = 0 the cosine begins at base_lr in step 0 and is halfway at half time."""
    for _ in range(PLANS):
        _, total, base, low = _plan(rng)
        plan = (0, total, base, low)
        hint = "There is no ramp, so all of the steps belong to the cosine."
        _compare(probe, 0, plan, base, hint)
        _compare(probe, total // 2, plan, (base + low) / 2, hint)


def small_rates_keep_their_digits(probe, rng):
    """A peak of a few 1e-4, as in real training, gives rates as exact as a large one."""
    for _ in range(2 * PLANS):
        warmup, total, base, low = (n * 1e-4 if i > 1 else n for i, n in enumerate(_plan(rng)))
        step = (warmup + total) // 2
        what = f"warmup_cosine({step}, {warmup}, {total}, {base:.6g}, min_lr={low:.6g}) / base_lr"
        found = probe.call("warmup_cosine", step, warmup, total, base, min_lr=low)
        hint = "No rounding and no smallest rate: halfway it is the mean of base_lr and min_lr."
        got = expect_scalar(found, what) / base
        expect_close(got, (base + low) / base / 2, what, hint=hint)


def depends_on_its_arguments_alone(probe, rng):
    """The rate follows from the arguments of the call, whatever was asked before."""
    warmup, total, *_ = _plan(rng)
    rates = [_plan(rng)[2:] for _ in range(PLANS)]
    for base, low in (*rates, rates[0]):
        hint = "The same steps were asked before with other rates: nothing may be kept from that."
        plan = (warmup, total, base, low)
        _compare(probe, (warmup + total) // 2, plan, (base + low) / 2, hint)
