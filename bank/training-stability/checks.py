"""Checks of z_loss: the formula, its coefficient, axes, low and high levels, and the gradient."""

import torch

from interviewer.compare import expect, expect_close, expect_tensor, reference_gradients

ENTRIES = ("z_loss(logits, z_loss_coef=0.001)",)
FORMULA = "It is the coefficient times the mean of logsumexp squared."
HIGH = "Take the maximum out before exponentiating, or use torch.logsumexp."

PRELUDE = """
def _argument_after(function, logits):
    function(logits)
    return logits
"""


def _logits(rng, levels, size):
    """One row of logits for each level, which its log Z is near to."""
    noise = torch.randn((len(levels), size), generator=rng)
    shifts = 2 * torch.rand((len(levels), 1), generator=rng)
    return torch.tensor(levels)[:, None] + shifts + noise


def _reference(logits, z_loss_coef=0.001):
    return z_loss_coef * torch.logsumexp(logits.double(), dim=-1).square().mean()


def _compare(probe, logits, what, hint, **kwargs):
    found = probe.call("z_loss", logits, **kwargs)
    expect_close(found, _reference(logits, **kwargs), f"loss {what}", hint=hint)


def mean_square_of_log_z(probe, rng):
    """The loss is the mean over positions of log Z squared, times 0.001 unless told otherwise."""
    for levels, size in (([9.0], 5), ([3.0, 8.0, 14.0, 20.0], 7), ([4.0, 30.0], 1)):
        _compare(probe, _logits(rng, levels, size), f"at shape ({len(levels)}, {size})", FORMULA)


def coefficient_scales_the_loss(probe, rng):
    """z_loss_coef multiplies the loss, also when it is 0."""
    logits = _logits(rng, [5.0, 12.0, 9.0], 6)
    for coefficient in (0.5, 2.0, 0.0):
        hint = "The loss is proportional to it."
        _compare(probe, logits, f"at z_loss_coef={coefficient}", hint, z_loss_coef=coefficient)


def vocabulary_is_the_last_axis(probe, rng):
    """For (B, T, V) the sum runs over V alone and the mean over all B * T positions."""
    for shape in ((3, 4, 6), (2, 5, 3)):
        logits = _logits(rng, [4.0, 20.0, 7.0, 11.0, 9.0, 15.0] * 2, shape[2])
        logits = logits[: shape[0] * shape[1]].reshape(shape)
        hint = "Whatever the number of axes, only the last one is the vocabulary."
        _compare(probe, logits, f"at shape {shape}", hint, z_loss_coef=0.1)


def low_levels_are_penalized_too(probe, rng):
    """A log Z far below 0 costs as much as one far above, down to logits of -10,000."""
    for level in (-30.0, -1e4):
        hint = "The square pulls log Z to 0 from both sides; " + HIGH
        logits = _logits(rng, [level, level - 5], 8)
        _compare(probe, logits, f"at logits near {level:g}", hint, z_loss_coef=0.01)


def high_levels_stay_exact(probe, rng):
    """Logits of 10,000 give a finite, right loss, also beside positions with ordinary ones."""
    for levels in ([1e4, 9e3], [1e4, 6.0, 200.0]):
        logits = _logits(rng, levels, 64)
        _compare(probe, logits, "with logits of 10,000", HIGH, z_loss_coef=0.01)


def gradient_is_right(probe, rng):
    """The gradient equals autograd's: 2 * coefficient * log Z * softmax, over the positions."""
    for levels, size in (([6.0, 11.0], 5), ([4.0, 9.0, 15.0], 4)):
        logits = _logits(rng, levels, size)
        found = probe.gradients("z_loss", logits, z_loss_coef=1.0)
        _, (want,) = reference_gradients(_reference, logits, seed=found.seed, z_loss_coef=1.0)
        expect(found.inputs[0] is not None, "No gradient reached the logits.")
        hint = "Keep the whole path from logits to loss differentiable, or get its factors right."
        expect_close(found.inputs[0], want, "gradient of the logits", hint=hint)


def gradient_survives_high_levels(probe, rng):
    """At logits of 10,000 the gradient is finite and has the right direction."""
    logits = _logits(rng, [1e4, 1e4], 6)
    found = probe.gradients("z_loss", logits, z_loss_coef=1.0)
    _, (want,) = reference_gradients(_reference, logits, seed=found.seed, z_loss_coef=1.0)
    expect(found.inputs[0] is not None, "No gradient reached the logits.")
    got = expect_tensor(found.inputs[0], tuple(want.shape), "gradient of the logits").double()
    expect(bool(torch.isfinite(got).all()), "The gradient has NaN or inf at logits of 10,000.")
    expect(bool(got.any()), "The gradient is all zeros at logits of 10,000.")
    found_direction, direction = (g / g.norm() for g in (got, want.double()))
    # float32 knows log Z only to 5e-4 here, and the softmax with it
    where = "direction of the gradient at logits of 10,000"
    expect_close(found_direction, direction, where, rtol=1e-2, atol=1e-3)


def logits_are_left_alone(probe, rng):
    """The logits have their values after the call."""
    probe.prelude(PRELUDE)
    logits = _logits(rng, [5.0, 12.0], 6)
    after = probe.call("prelude:_argument_after", probe.entry("z_loss"), logits)
    expect_close(after, logits, "logits after the call", hint="They were changed in place.")
