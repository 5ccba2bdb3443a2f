"""Checks of the repaired normalisation: at inference, in training, and its estimates."""

import torch

from interviewer.compare import expect_close, expect_tuple, fail, reference_gradients

ENTRIES = ("standardise(x, mean, var, training, momentum=0.1)",)


def _right(x, mean, var):
    return (x - mean) / torch.sqrt(var + 1e-5)


def _batch(x):
    return _right(x, x.mean(dim=0), x.var(dim=0, unbiased=False))


def _draw(rng, rows):
    x = 3 + 2 * torch.randn(rows, 4, generator=rng)
    return x, torch.randn(4, generator=rng), 0.5 + torch.rand(4, generator=rng)


def _call(probe, *given, **options):
    return expect_tuple(probe.call("standardise", *given, **options), 3, "what it returns")


def inference_uses_the_estimates(probe, rng):
    """At inference the running estimates normalise, for one row and for many."""
    for rows in (1, 8):
        x, mean, var = _draw(rng, rows)
        out, _, _ = _call(probe, x, mean, var, False)
        hint = "Which statistics are used when training is false?"
        expect_close(out, _right(x, mean, var), f"{rows} rows at inference", hint=hint)


def training_uses_the_batch(probe, rng):
    """In training the batch's own statistics normalise, and gradients flow through them."""
    x, mean, var = _draw(rng, 8)
    found = probe.gradients("standardise", x, mean, var, True, wrt=[0], of=[0])
    out, *_ = expect_tuple(found.value, 3, "what it returns")
    expect_close(out, _batch(x), "8 rows in training")
    if found.inputs[0] is None:
        fail("No gradient reaches x.")
    _, (due, *_) = reference_gradients(_batch, x, seed=found.seed)
    expect_close(found.inputs[0], due, "gradient of x in training", atol=1e-4)


def estimates_move_in_training_only(probe, rng):
    """The estimates move by momentum towards the batch in training, and stay at inference."""
    x, mean, var = _draw(rng, 8)
    for training, share in ((True, 0.1), (True, 0.3), (False, 0.0)):
        options = {"momentum": 0.3} if share == 0.3 else {}
        _, new_mean, new_var = _call(probe, x, mean, var, training, **options)
        what = f"training {training}, momentum {options.get('momentum', 'not given')}"
        due = (1 - share) * mean + share * x.mean(dim=0)
        expect_close(new_mean, due, f"{what}: the running mean")
        due = (1 - share) * var + share * x.var(dim=0, unbiased=False)
        expect_close(new_var, due, f"{what}: the running variance")
