"""Checks of the repaired program: both modes, the history, one batch by heart."""

import torch
import torch.nn.functional as F

from interviewer.compare import expect, expect_close
from interviewer.small_net import (
    draw_batches,
    draw_weights,
    expect_losses,
    expect_memorized,
    expect_weights,
    train_by,
    trained,
)

ENTRIES = ("fit(model, batches, held_out, epochs=5, lr=0.1)",)


def _right(model, batches, held_out, epochs, lr):
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    history = []
    for _ in range(epochs):
        for x, y in batches:
            optimizer.zero_grad()
            F.cross_entropy(model(x), y).backward()
            optimizer.step()
        with torch.no_grad():
            losses = [F.cross_entropy(model(x), y).item() for x, y in held_out]
        history.append(sum(losses) / len(losses))
    return history


def _passes(probe, rng):
    """Of each pass whether it was in train mode: those with gradients, those without."""
    batches, held_out = draw_batches(rng, 2), draw_batches(rng, 2)
    found = train_by(probe, "fit", draw_weights(rng), batches, held_out, epochs=4)
    passes = [each[:2] for each in found["passes"]]
    return [mode for mode, grad in passes if grad], [mode for mode, grad in passes if not grad]


def trains_in_train_mode(probe, rng):
    """Every training pass of every epoch is in train mode."""
    training, _ = _passes(probe, rng)
    what = f"4 epochs of 2 batches: expected 8 passes with gradients, got {len(training)}"
    expect(len(training) == 8, f"{what}.")
    wrong = [n // 2 + 1 for n, mode in enumerate(training) if mode is not True]
    told = ", ".join(str(n) for n in dict.fromkeys(wrong))
    expect(not wrong, f"The model was in eval mode while it trained in epoch {told} of 4.")


def measures_in_eval_mode(probe, rng):
    """The held-out loss is measured in eval mode and without gradients."""
    _, measuring = _passes(probe, rng)
    what = f"4 epochs, 2 held-out batches: expected 8 passes without gradients, got {len(measuring)}"
    expect(len(measuring) == 8, f"{what}.")
    expect(not any(measuring), "The model was in train mode while its held-out loss was measured.")


def history_is_the_held_out_loss(probe, rng):
    """It still returns the held-out loss after each epoch of plain SGD."""
    weights, given = draw_weights(rng), (draw_batches(rng, 3), draw_batches(rng, 2))
    found = train_by(probe, "fit", weights, *given, epochs=3, lr=0.2)
    wanted = trained(_right, weights, given, {"epochs": 3, "lr": 0.2})
    for number, loss in enumerate(expect_losses(found["returned"], 3, "3 epochs")):
        expect_close(loss, wanted["returned"][number], f"the held-out loss of epoch {number}")
    expect_weights(found, wanted, "3 batches, 3 epochs, lr 0.2", "")


def learns_one_batch_by_heart(probe, rng):
    """A small model learns one batch by heart in 400 epochs."""
    batches = draw_batches(rng, 1)
    found = train_by(probe, "fit", draw_weights(rng), batches, batches, epochs=400, lr=0.3)
    expect_memorized(found, batches[0], "400 epochs at lr 0.3")
