"""Checks of LossScaler in a small loop: scaling, unscaling, skips, growth, defaults."""

import torch

from interviewer.compare import describe, expect, expect_close, expect_scalar, fail

ENTRIES = (
    "class LossScaler(init_scale=65536.0, growth_factor=2.0, backoff_factor=0.5, "
    "growth_interval=2000)",
)
LIBRARY = (
    "torch.amp.GradScaler does most of the task. That counts, but be ready to be asked: what does "
    "it do between scale(loss) and update(), and when does its scale grow?"
)
GUIDANCE = {"GradScaler": LIBRARY}
SHAPES = ((3,), (2, 4), (1,), (5,))  # two groups of two weights
RATES = (0.1, 0.03)
MOMENTUM = 0.9
BAD = ("inf", "-inf", "nan")

PRELUDE = """
import torch


def _still(value):
    return value.detach().clone() if isinstance(value, torch.Tensor) else value


def _run(make, options, weights, rates, momentum, steps):
    scaler = make(**options)
    weights = [torch.nn.Parameter(weight) for weight in weights]
    groups = [{"params": weights[:2], "lr": rates[0]}, {"params": weights[2:], "lr": rates[1]}]
    optimizer = torch.optim.SGD(groups, lr=1.0, momentum=momentum)
    seen = []
    for grads, bad in steps:
        optimizer.zero_grad()
        pairs = [(w, g) for w, g in zip(weights, grads) if g is not None]
        scaler.scale(sum((w * g).sum() for w, g in pairs)).backward()
        if bad is not None:
            number, place, what = bad
            weights[number].grad.view(-1)[place] = float(what)
        stepped = _still(scaler.step(optimizer))
        scaler.update()
        now = [_still(weight) for weight in weights]
        seen.append({"stepped": stepped, "scale": _still(scaler.scale_value), "weights": now})
    return seen


def _scaled(make, options, value, steps):
    scaler, weight, seen = make(**options), torch.nn.Parameter(torch.ones(())), []
    optimizer = torch.optim.SGD([weight], lr=0.0)
    for _ in range(steps):
        optimizer.zero_grad()
        loss = weight * value
        scaled = scaler.scale(loss)
        scale = _still(scaler.scale_value)
        seen.append({"scaled": _still(scaled), "loss": _still(loss), "scale": scale})
        scaled.backward()
        scaler.step(optimizer)
        scaler.update()
    return seen


class Idle(torch.optim.Optimizer):
    def step(self, closure=None):
        return None


def _defaults(make, steps):
    scaler, weight = make(), torch.nn.Parameter(torch.zeros(1))
    optimizer, loss = Idle([weight], {}), torch.zeros(())
    seen = [_still(scaler.scale_value)]
    for number in range(steps + 1):
        weight.grad = torch.full((1,), float("inf") if number == steps else 0.0)
        scaler.scale(loss)
        scaler.step(optimizer)
        scaler.update()
        if number >= steps - 2:
            seen.append(_still(scaler.scale_value))
    return seen
"""


def _draw(rng):
    return [torch.randn(shape, generator=rng) for shape in SHAPES]


def _pick(rng, count):
    return int(torch.randint(count, (1,), generator=rng))


def _bad(rng, number=None, what=None):
    number = _pick(rng, len(SHAPES)) if number is None else number
    place = _pick(rng, torch.Size(SHAPES[number]).numel())
    return (number, place, BAD[_pick(rng, len(BAD))] if what is None else what)


def _run(probe, rng, options, steps):
    """What a loop over `steps` saw, and the weights that plain SGD has after each of them."""
    probe.prelude(PRELUDE)
    weights, own = _draw(rng), probe.entry("LossScaler")
    seen = probe.call("prelude:_run", own, options, weights, RATES, MOMENTUM, steps)
    return seen, _plain(weights, steps)


def _plain(weights, steps):
    weights = [weight.double() for weight in weights]
    speed, after = [torch.zeros_like(weight) for weight in weights], []
    for grads, bad in steps:
        for number, grad in enumerate(grads):
            if grad is not None and bad is None:
                speed[number] = MOMENTUM * speed[number] + grad
                weights[number] = weights[number] - RATES[number // 2] * speed[number]
        after.append(list(weights))
    return after


def _compare(seen, wanted, hint):
    for step, (found, due) in enumerate(zip(seen, wanted, strict=True), 1):
        for number in range(len(SHAPES)):
            what = f"weight {number} after step {step}"
            expect_close(found["weights"][number], due[number], what, atol=1e-4, hint=hint)


def _scales(seen, wanted, hint):
    for step, (found, due) in enumerate(zip(seen, wanted, strict=True), 1):
        expect_scalar(found["scale"], "scale_value")
        expect_close(found["scale"], due, f"scale_value after update {step}", hint=hint)


def _steps(rng, pattern):
    """One step for each letter: g is a good one, b one with inf or NaN in its gradients."""
    return [(_draw(rng), _bad(rng) if letter == "b" else None) for letter in pattern]


def _truth(value, what):
    if isinstance(value, torch.Tensor) and value.numel() == 1 and not value.is_complex():
        return bool(value)
    if isinstance(value, (bool, int, float)):
        return bool(value)
    return fail(f"{what}: expected True or False, got {describe(value)}.")


def scale_multiplies_the_loss(probe, rng):
    """scale(loss) is the loss times the current scale_value, and the loss keeps its value."""
    probe.prelude(PRELUDE)
    options = {"init_scale": 48.0, "growth_factor": 3.0, "growth_interval": 1}
    value = 1 + torch.rand((), generator=rng)
    seen = probe.call("prelude:_scaled", probe.entry("LossScaler"), options, value, 3)
    expect_close(seen[0]["scale"], 48.0, "scale_value of a new scaler with init_scale=48.0")
    for step, found in enumerate(seen, 1):
        expect_close(found["loss"], value, f"the loss itself after scale(), step {step}")
        scale = expect_scalar(found["scale"], "scale_value")
        hint = f"scale_value is {scale:g} by then."
        expect_close(found["scaled"], value * scale, f"scale(loss) in step {step}", hint=hint)


def steps_with_the_true_gradients(probe, rng):
    """The optimizer steps once, with all its gradients divided by the current scale once."""
    options = {"init_scale": 96.0, "growth_factor": 3.0, "growth_interval": 2}
    seen, wanted = _run(probe, rng, options, _steps(rng, "ggggg"))
    _compare(seen, wanted, "Plain SGD on the loss that was not scaled ends there.")


def weights_without_gradient_are_passed_over(probe, rng):
    """A parameter whose grad is None stays as it is, and the others are trained."""
    steps = _steps(rng, "ggg")
    for grads, _ in steps:
        grads[1] = grads[2] = None
    seen, wanted = _run(probe, rng, {"init_scale": 64.0}, steps)
    _compare(seen, wanted, "Weights 1 and 2 have no gradient here.")


def overflow_is_skipped(probe, rng):
    """With inf, -inf or NaN in any gradient neither weights nor momentum change."""
    steps = _steps(rng, "g")
    for number in range(len(SHAPES)):
        for what in BAD:
            steps += [(_draw(rng), _bad(rng, number, what)), *_steps(rng, "g")]
    seen, wanted = _run(probe, rng, {"backoff_factor": 0.75}, steps)
    hint = "Every second step has one inf, -inf or NaN somewhere, and must leave no trace."
    _compare(seen, wanted, hint)


def step_says_whether_it_stepped(probe, rng):
    """step() returns True where the optimizer stepped, False where it was skipped."""
    pattern = "gbggb"
    seen, _ = _run(probe, rng, {}, _steps(rng, pattern))
    for number, (letter, found) in enumerate(zip(pattern, seen, strict=True), 1):
        what = f"step() in step {number}, gradients {'finite' if letter == 'g' else 'not finite'}"
        stepped = _truth(found["stepped"], what)
        expect(stepped == (letter == "g"), f"{what}: expected {letter == 'g'}, got {stepped}.")


def a_skip_lowers_the_scale(probe, rng):
    """Each skipped step multiplies the scale by backoff_factor, and only such a step."""
    options = {"init_scale": 1024.0, "backoff_factor": 0.25}
    seen, _ = _run(probe, rng, options, _steps(rng, "gbgbb"))
    hint = "backoff_factor is 0.25; steps 2, 4 and 5 have inf or NaN."
    _scales(seen, (1024.0, 256.0, 256.0, 64.0, 16.0), hint)


def good_steps_raise_the_scale(probe, rng):
    """After growth_interval good steps it grows by growth_factor, and the count starts anew."""
    for interval, factor in ((1, 3.0), (3, 2.5), (4, 2.0)):
        options = {"init_scale": 16.0, "growth_factor": factor, "growth_interval": interval}
        count = 2 * interval + 1
        seen, _ = _run(probe, rng, options, _steps(rng, "g" * count))
        wanted = [16.0 * factor ** (step // interval) for step in range(1, count + 1)]
        _scales(seen, wanted, f"growth_interval is {interval}, growth_factor {factor:g}.")


def a_skip_starts_the_count_anew(probe, rng):
    """Good steps before a skipped one do not count towards the next growth."""
    options = {"init_scale": 256.0, "growth_factor": 4.0, "growth_interval": 3}
    seen, _ = _run(probe, rng, options, _steps(rng, "ggbggg"))
    hint = "growth_interval is 3, growth_factor 4; step 3 has inf or NaN."
    _scales(seen, (256.0, 256.0, 128.0, 128.0, 128.0, 512.0), hint)


def defaults_are_those_of_the_contract(probe, rng):
    """With no arguments: 65536 at first, doubled after 2000 good steps, halved by a skip."""
    probe.prelude(PRELUDE)
    seen = probe.call("prelude:_defaults", probe.entry("LossScaler"), 2000)
    names = ("at first", "after 1999 good steps", "after 2000 good steps", "after a skip then")
    for found, want, when in zip(seen, (65536.0, 65536.0, 131072.0, 65536.0), names, strict=True):
        expect_close(found, want, f"scale_value {when}, with no arguments given")
