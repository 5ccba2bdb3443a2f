"""Checks of the repaired pooling: each row by itself, the weights with their gradients."""

import torch

from interviewer.compare import expect_close, expect_tensor, fail, reference_gradients

ENTRIES = ("pooled_logits(x, query, weight)",)


def _right(x, query, weight):
    attention = torch.softmax(x @ query / query.numel() ** 0.5, dim=1)
    return torch.einsum("bt,btd->bd", attention, x) @ weight.T


def _draw(rng, batch):
    return [torch.randn(size, generator=rng) for size in ((batch, 7, 5), (5,), (3, 5))]


def rows_do_not_mix(probe, rng):
    """An example's logits are the same alone and among others."""
    x, query, weight = _draw(rng, 4)
    together = expect_tensor(probe.call("pooled_logits", x, query, weight), (4, 3), "logits")
    for row in (0, 3):
        alone = probe.call("pooled_logits", x[row : row + 1], query, weight)
        alone = expect_tensor(alone, (1, 3), "logits of a batch of one")
        what = f"example {row} alone, compared with the same one in a batch of 4"
        expect_close(alone, together[row : row + 1], what, hint="Which axis is normalised?")


def weighs_the_steps_by_the_query(probe, rng):
    """An example's steps count by the softmax of its scores, and gradients flow through it."""
    x, query, weight = _draw(rng, 1)
    found = probe.gradients("pooled_logits", x, query, weight)
    expect_close(found.value, _right(x, query, weight), "logits of a batch of one")
    _, due = reference_gradients(_right, x, query, weight, seed=found.seed)
    for name, got, want in zip(("x", "query", "weight"), found.inputs, due, strict=True):
        if got is None:
            fail(f"No gradient reaches {name}.")
        expect_close(got, want, f"gradient of {name}")
