"""Checks of quantize and dequantize: levels, steps, rounding, rows, zeros, the arguments."""

import torch

from interviewer.compare import describe, expect, expect_close, expect_tensor, expect_tuple, fail

ENTRIES = ("quantize(w)", "dequantize(q, scale)")
SHAPES = ((4, 4), (6, 300), (5, 1), (1, 9))
FRAMEWORK = (
    "Here the framework seems to quantize for you. That counts, "
    "but be ready to be asked: where does the scale come from, and what happens to a row of zeros?"
)
GUIDANCE = dict.fromkeys(
    ("quantize_per_channel", "fake_quantize_per_channel_affine", "PerChannelMinMaxObserver"),
    FRAMEWORK,
)

PRELUDE = """
def _arguments_after(function, *args):
    function(*args)
    return args
"""


def _weights(rng, rows, columns):
    """Random rows of very different sizes; the largest entry of every other one is negative."""
    w = torch.rand(rows, columns, generator=rng) * 1.8 - 0.9
    place = torch.randint(columns, (rows,), generator=rng)
    sizes = torch.logspace(-0.3, 1.7, rows)[torch.randperm(rows, generator=rng)]
    sign = torch.where(torch.arange(rows) % 2 == 0, -1.0, 1.0)
    w[torch.arange(rows), place] = sign
    return w * sizes[:, None]


def _quantized(probe, w):
    """What quantize gave: q, scale, and the scale as one number for each row."""
    q, scale = expect_tuple(probe.call("quantize", w), 2, f"quantize(w), w {tuple(w.shape)}")
    expect_tensor(q, tuple(w.shape), "q")
    if not isinstance(scale, torch.Tensor) or scale.numel() not in (1, len(w)):
        fail(f"scale: expected one number for each of {len(w)} rows, got {describe(scale)}.")
    real = not (q.is_complex() or scale.is_complex())
    expect(real, "q and scale: expected real numbers, got complex ones.")
    q, scale = q.detach(), scale.detach()
    return q, scale, scale.double().reshape(-1, 1).expand(len(w), 1)


def _expect_near(w, q, steps, most, what):
    """At every entry, q * step is at most so many steps from w (and float32's rounding)."""
    error = ((w.double() - q.double() * steps) / steps.abs()).abs()
    wrong = ~(error <= most + 1e-3)
    if bool(wrong.any()):
        i, j = wrong.nonzero()[0].tolist()
        fail(
            f"{what}: q * scale should lie within {most:g} step of w; "
            f"at [{i}, {j}] it is {float(error[i, j]):.4g} steps away. "
            f"{int(wrong.sum())} of {wrong.numel()} entries are too far."
        )


def q_is_int8(probe, rng):
    """The levels q are an int8 tensor of w's shape."""
    for shape in SHAPES:
        q, _, _ = _quantized(probe, _weights(rng, *shape))
        expect(q.dtype == torch.int8, f"q: expected torch.int8, got {q.dtype}.")


def scale_is_a_step_per_row(probe, rng):
    """The scale has shape (out,) or (out, 1) and is a finite number above 0 for each row."""
    for rows, columns in SHAPES:
        _, scale, steps = _quantized(probe, _weights(rng, rows, columns))
        shape = tuple(scale.shape)
        good = shape in ((rows,), (rows, 1))
        expect(good, f"scale: expected shape ({rows},) or ({rows}, 1), got {shape}.")
        for i, step in enumerate(steps.flatten().tolist()):
            good = 0 < step < float("inf")
            expect(good, f"scale of row {i}: expected a finite step above 0, got {step:.6g}.")


def stays_within_127(probe, rng):
    """All of q lies between -127 and 127: the grid is symmetric, and -128 is not used."""
    for shape in SHAPES:
        q, _, _ = _quantized(probe, _weights(rng, *shape))
        low, high = float(q.double().min()), float(q.double().max())
        good = low >= -127 and high <= 127
        expect(good, f"q: expected values from -127 to 127, got {low:g} to {high:g}.")


def rounds_to_the_nearest_level(probe, rng):
    """The product q * scale lies within half a step of w, at every entry."""
    for shape in SHAPES:
        w = _weights(rng, *shape)
        q, _, steps = _quantized(probe, w)
        _expect_near(w, q, steps, 0.5, f"w {shape}")


def every_row_uses_the_range(probe, rng):
    """In each row, small weights or not, the entry of largest magnitude becomes 127 or -127."""
    for shape in SHAPES:
        w = _weights(rng, *shape)
        q, _, _ = _quantized(probe, w)
        for i, largest in enumerate(q.double().abs().amax(dim=1).tolist()):
            expect(
                largest >= 127,
                f"q, row {i} of {shape[0]}: the largest magnitude should be 127, got {largest:g}. "
                f"This row's largest weight is {float(w[i].abs().max()):.4g}, "
                f"the matrix's is {float(w.abs().max()):.4g}.",
            )


def dequantize_multiplies_by_the_step(probe, rng):
    """For any q and scale, dequantize gives q times scale, row by row."""
    for shape in SHAPES:
        _, scale, _ = _quantized(probe, _weights(rng, *shape))
        q = torch.randint(-127, 128, shape, generator=rng).to(torch.int8)
        steps = torch.rand(scale.shape, generator=rng) + 0.1
        want = q.double() * steps.double().reshape(-1, 1)
        got = probe.call("dequantize", q, steps)
        expect_close(got, want, f"dequantize(q, scale), q {shape}, scale {tuple(steps.shape)}")


def zero_stays_zero(probe, rng):
    """An entry that is exactly 0 becomes 0 in q, so it is 0 again when dequantized."""
    w = _weights(rng, 6, 40)
    w[:, ::3] = w[:, ::3].where(w[:, ::3].abs() == w.abs().amax(1, keepdim=True), 0.0)
    q, _, _ = _quantized(probe, w)
    found = q.double()[w == 0]
    wrong = int((found != 0).sum())
    expect(wrong == 0, f"q: {wrong} of {len(found)} zeros in w did not become 0.")


def rows_of_zeros_are_safe(probe, rng):
    """A row of zeros has a finite scale and comes back as zeros; other rows are not affected."""
    w = _weights(rng, 5, 8)
    zero = torch.randperm(5, generator=rng)[:2]
    w[zero] = 0.0
    for weights in (w, torch.zeros(3, 4)):
        q, scale, steps = _quantized(probe, weights)
        expect(bool(steps.isfinite().all()), f"scale with rows of zeros: got {scale.flatten()}.")
        got = expect_tensor(probe.call("dequantize", q, scale), tuple(weights.shape), "dequantize")
        still = (weights == 0).all(dim=1)
        hint = "These rows are all zeros in w."
        expect_close(got[still], weights[still], "dequantize(quantize(w))", hint=hint)
        _expect_near(weights[~still], q[~still], steps[~still], 1, "The other rows of w")


def arguments_are_left_alone(probe, rng):
    """w, and the q and scale given to dequantize, have their values after the call."""
    probe.prelude(PRELUDE)
    w = _weights(rng, 4, 6)
    (after,) = probe.call("prelude:_arguments_after", probe.entry("quantize"), w)
    expect_close(after, w, "w after quantize(w)", hint="It was changed in place.")
    q, scale, _ = _quantized(probe, w)
    changed = probe.call("prelude:_arguments_after", probe.entry("dequantize"), q, scale)
    for name, before, now in zip(("q", "scale"), (q, scale), changed, strict=True):
        what = f"{name} after dequantize(q, scale)"
        expect_close(now, before, what, hint="It was changed in place.")
