"""Checks of the repaired loss: which token is predicted, and what padding does."""

import torch
import torch.nn.functional as F

from interviewer.compare import expect_close, fail, reference_gradients

ENTRIES = ("next_token_loss(logits, tokens, pad=0)",)


def _right(logits, tokens, pad):
    losses = F.cross_entropy(logits[:, :-1].transpose(1, 2), tokens[:, 1:], reduction="none")
    counts = (tokens[:, 1:] != pad).float()
    return (losses * counts).sum() / counts.sum()


def _agree(probe, logits, tokens, what, hint, **options):
    found = probe.gradients("next_token_loss", logits, tokens, wrt=[0], **options)
    due = _right(logits, tokens, options.get("pad", 0))
    expect_close(found.value, due, f"{what}: the loss", hint=hint)
    if found.inputs[0] is None:
        fail(f"{what}: no gradient reaches the logits.")
    _, (gradient,) = reference_gradients(
        lambda each: _right(each, tokens, options.get("pad", 0)), logits, seed=found.seed
    )
    expect_close(found.inputs[0], gradient, f"{what}: the gradient of the logits")


def predicts_the_next_token(probe, rng):
    """The logits at each position are judged by the token that comes after it."""
    logits = 2 * torch.randn(3, 6, 9, generator=rng)
    tokens = torch.randint(1, 9, (3, 6), generator=rng)
    hint = "Has the model read the target of a position when it is there?"
    _agree(probe, logits, tokens, "no padding", hint)


def padding_does_not_count(probe, rng):
    """Targets that are padding stay out of the mean, whichever number stands for it."""
    logits = 2 * torch.randn(2, 6, 9, generator=rng)
    for pad, options in ((0, {}), (7, {"pad": 7})):
        tokens = torch.randint(1, 7, (2, 6), generator=rng)
        tokens[0, 3:] = tokens[1, 5:] = pad
        _agree(probe, logits, tokens, f"padded with {pad}", "", **options)
