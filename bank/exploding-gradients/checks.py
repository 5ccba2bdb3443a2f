"""Checks of clip_grad_norm: one global norm, one factor, missing gradients, generators."""

import torch

from interviewer.compare import expect, expect_close

ENTRIES = ("clip_grad_norm(parameters, max_norm)",)
SHAPES = ((3, 4), (5,), (), (2, 3, 2, 2))
WEIGHTS = (3.0, 1.0, 0.5, 0.2)  # how large the parameters' gradients are beside each other
LIBRARY = (
    "The framework does the whole task here. That counts, but be ready to be asked: which number "
    "is compared with max_norm, and what is each gradient multiplied by?"
)
GUIDANCE = dict.fromkeys(("clip_grad_norm_", "clip_grads_with_norm_", "get_total_norm"), LIBRARY)

PRELUDE = """
import torch


def _run(function, values, gradients, max_norm, generator):
    parameters = [torch.nn.Parameter(value.clone()) for value in values]
    for parameter, gradient in zip(parameters, gradients):
        parameter.grad = None if gradient is None else gradient.clone()
    given = (parameter for parameter in parameters) if generator else list(parameters)
    total = function(given, max_norm)
    after = [None if p.grad is None else p.grad.detach() for p in parameters]
    return {"total": total, "gradients": after, "values": [p.detach() for p in parameters]}
"""


def _gradients(rng, norm):
    """Gradients of several shapes and sizes whose global norm is `norm`."""
    raw = [w * torch.randn(s, generator=rng) for w, s in zip(WEIGHTS, SHAPES, strict=True)]
    return [gradient * (norm / _norm(raw)) for gradient in raw]


def _norm(gradients):
    parts = [g.double().square().sum() for g in gradients if g is not None]
    return float(sum(parts)) ** 0.5


def _values(rng, gradients):
    shapes = [s if g is None else g.shape for g, s in zip(gradients, SHAPES, strict=True)]
    return [torch.randn(shape, generator=rng) for shape in shapes]


def _run(probe, rng, gradients, max_norm, generator=False, values=None):
    probe.prelude(PRELUDE)
    own = probe.entry("clip_grad_norm")
    values = _values(rng, gradients) if values is None else values
    return probe.call("prelude:_run", own, values, gradients, max_norm, generator)


def _expect_gradients(found, before, max_norm, what, hint):
    factor = min(1.0, max_norm / max(_norm(before), 1e-12))
    for number, gradient in enumerate(before):
        if gradient is None:
            continue
        got = found["gradients"][number]
        name = f"{what}: gradient {number + 1} of {len(before)}"
        expect(got is not None, f"{name} is None after the call.")
        expect_close(got, gradient.double() * factor, name, hint=hint)


def returns_the_norm_before_clipping(probe, rng):
    """The value is the L2 norm over all gradients together before clipping, above the bound too."""
    for norm, max_norm in ((7.0, 1.0), (0.6, 1.0), (3.0, 2), (40.0, 0.5)):
        gradients = _gradients(rng, norm)
        found = _run(probe, rng, gradients, max_norm)
        what = f"the norm returned, max_norm={max_norm}"
        hint = "It is the root of the sum of all squares, over every parameter."
        expect_close(found["total"], _norm(gradients), what, hint=hint)


def scales_all_by_one_factor(probe, rng):
    """Above the bound, every gradient is multiplied by max_norm / norm, the small ones too."""
    for norm, max_norm in ((7.0, 1.0), (3.0, 2), (40.0, 0.5), (1.2, 1.0)):
        gradients = _gradients(rng, norm)
        found = _run(probe, rng, gradients, max_norm)
        what = f"norm {norm:g}, max_norm={max_norm}"
        hint = "All gradients get the same factor, from the one global norm."
        _expect_gradients(found, gradients, max_norm, what, hint)


def leaves_small_gradients_alone(probe, rng):
    """Below the bound the gradients keep their values."""
    for norm, max_norm in ((0.3, 1.0), (0.95, 1.0), (3.0, 5), (20.0, 30.0)):
        gradients = _gradients(rng, norm)
        found = _run(probe, rng, gradients, max_norm)
        what = f"norm {norm:g}, max_norm={max_norm}"
        _expect_gradients(found, gradients, max_norm, what, "Nothing is to be clipped here.")


def zero_gradients_stay_zero(probe, rng):
    """Gradients that are all zero stay zero: no NaN and no division by zero; the norm is 0."""
    gradients = [torch.zeros(shape) for shape in SHAPES]
    found = _run(probe, rng, gradients, 1.0)
    expect_close(found["total"], 0.0, "the norm of gradients that are all zero")
    _expect_gradients(found, gradients, 1.0, "all gradients zero", "Zero is below any bound.")


def skips_parameters_without_a_gradient(probe, rng):
    """A parameter whose gradient is None is passed over and still has none afterwards."""
    for missing in ((1,), (0, 2), (3,)):
        gradients = [None if i in missing else g for i, g in enumerate(_gradients(rng, 9.0))]
        found = _run(probe, rng, gradients, 0.5)
        what = f"{len(missing)} of {len(gradients)} gradients missing"
        expect_close(found["total"], _norm(gradients), f"the norm returned, {what}")
        _expect_gradients(found, gradients, 0.5, what, "The others are clipped as usual.")
        still = all(found["gradients"][number] is None for number in missing)
        expect(still, "A parameter had no gradient and was given one. Expected None as before.")


def no_gradient_at_all_gives_zero(probe, rng):
    """With no gradient anywhere, or no parameter, the norm is 0."""
    found = _run(probe, rng, [None] * len(SHAPES), 1.0)
    expect_close(found["total"], 0.0, "the norm where every gradient is None")
    found = _run(probe, rng, [], 1.0, values=[])
    expect_close(found["total"], 0.0, "the norm of an empty list of parameters")


def accepts_a_generator(probe, rng):
    """A generator of parameters works like a list: right norm, and the gradients are clipped."""
    gradients = _gradients(rng, 6.0)
    found = _run(probe, rng, gradients, 1.5, generator=True)
    hint = "model.parameters() is a generator: it can be gone through only once."
    expect_close(found["total"], _norm(gradients), "the norm returned for a generator", hint=hint)
    _expect_gradients(found, gradients, 1.5, "given a generator", hint)


def parameters_keep_their_values(probe, rng):
    """Only gradients change: the parameters have their values after the call."""
    for norm in (8.0, 0.4):
        gradients = _gradients(rng, norm)
        values = _values(rng, gradients)
        found = _run(probe, rng, gradients, 1.0, values=values)
        for number, (before, now) in enumerate(zip(values, found["values"], strict=True)):
            expect_close(now, before, f"the value of parameter {number + 1}")
