"""Checks of batch_norm: biased variance normalises, unbiased variance is remembered."""

import torch
from torch.nn import functional as F

from interviewer.compare import expect, expect_close, expect_tuple, reference_gradients

ENTRIES = (
    "batch_norm(x, gamma, beta, running_mean, running_var, training, momentum=0.1, eps=1e-5)",
)
SHAPES = ((6, 3), (4, 3, 2, 5))


def _inputs(rng, shape, spread=2.0):
    channels = shape[1]
    return (
        torch.randn(shape, generator=rng) * spread + 1.5,
        torch.rand(channels, generator=rng) + 0.5,
        torch.randn(channels, generator=rng),
        torch.randn(channels, generator=rng),
        torch.rand(channels, generator=rng) + 0.5,
    )


def _reference(x, gamma, beta, mean, var, training, momentum=0.1, eps=1e-5):
    mean, var = mean.clone(), var.clone()
    return F.batch_norm(x, mean, var, gamma, beta, training, momentum, eps), mean, var


def _parts(probe, inputs, training, **options):
    value = probe.call("batch_norm", *inputs, training, **options)
    return expect_tuple(value, 3, "batch_norm")


def normalises_each_channel(probe, rng):
    """In training mode each channel gets the batch's mean and biased variance, over all but C."""
    for shape in SHAPES:
        inputs = _inputs(rng, shape)
        out, _, _ = _parts(probe, inputs, True)
        hint = (
            "One mean and one variance per channel, over N and, for images, H and W; the variance "
            "that normalises is the biased one."
        )
        expect_close(out, _reference(*inputs, True)[0], f"out for x {shape}", hint=hint)


def running_mean_moves_by_momentum(probe, rng):
    """The running mean becomes (1 - momentum) * old + momentum * batch mean; momentum is 0.1."""
    for shape, options in zip(SHAPES, ({"momentum": 0.3}, {}), strict=True):
        inputs = _inputs(rng, shape)
        _, mean, _ = _parts(probe, inputs, True, **options)
        hint = "Momentum weighs the new batch, not the old estimate, and is 0.1 unless given."
        expect_close(mean, _reference(*inputs, True, **options)[1], "running_mean", hint=hint)


def running_variance_unbiased(probe, rng):
    """The running variance takes in the unbiased variance of the batch, weighed by momentum."""
    for shape in SHAPES:
        inputs = _inputs(rng, shape)
        _, _, var = _parts(probe, inputs, True, momentum=0.3)
        hint = "The running estimate takes the unbiased variance (divide by n - 1)."
        expect_close(var, _reference(*inputs, True, 0.3)[2], "running_var", hint=hint)


def evaluation_uses_running_estimates(probe, rng):
    """In evaluation mode the running estimates normalise, whatever the batch looks like."""
    for shape in (*SHAPES, (1, 3)):
        inputs = _inputs(rng, shape)
        out, _, _ = _parts(probe, inputs, False)
        expect_close(out, _reference(*inputs, False)[0], "out in evaluation mode")


def evaluation_leaves_estimates_alone(probe, rng):
    """In evaluation mode the running estimates come back unchanged."""
    inputs = _inputs(rng, SHAPES[1])
    _, mean, var = _parts(probe, inputs, False)
    expect_close(mean, inputs[3], "running_mean after evaluation")
    expect_close(var, inputs[4], "running_var after evaluation")


def small_variance_is_guarded_by_eps(probe, rng):
    """eps is added to the variance under the root, with the value that was passed, else 1e-5."""
    _, gamma, beta, _, _ = _inputs(rng, SHAPES[0])
    for options, spread in (({"eps": 0.01}, 0.05), ({}, 0.004)):
        x = spread * torch.randn(SHAPES[0], generator=rng)
        inputs = (x, gamma, beta, x.mean(0), x.var(0, unbiased=False))  # the same in either mode
        for training in (True, False):
            out, _, _ = _parts(probe, inputs, training, **options)
            wanted = _reference(*inputs, training, **options)[0]
            hint = "It is sqrt(var + eps)."
            expect_close(out, wanted, f"out with eps={options.get('eps', 1e-5)}", hint=hint)


def gradients_flow_through_statistics(probe, rng):
    """In training mode the gradient of x passes through the batch's mean and variance too."""
    inputs = _inputs(rng, SHAPES[0])
    picked = {"wrt": (0, 1, 2), "of": (0,)}
    found = probe.gradients("batch_norm", *inputs, True, **picked)
    _, wanted = reference_gradients(_reference, *inputs, True, seed=found.seed, **picked)
    for name, got, want in zip(("x", "gamma", "beta"), found.inputs, wanted, strict=True):
        expect(got is not None, f"No gradient reached {name}: was it detached on the way?")
        expect_close(got, want, f"gradient of {name}", atol=1e-4)
