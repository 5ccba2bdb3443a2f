"""Checks of the repaired clipping: long gradients, short ones, one batch by heart."""

import torch
import torch.nn.functional as F

from interviewer.compare import expect_close
from interviewer.small_net import (
    draw_batches,
    draw_weights,
    expect_losses,
    expect_memorized,
    expect_weights,
    train_by,
    trained,
)

ENTRIES = ("train(model, batches, epochs=5, lr=0.1, max_norm=1.0)",)


def _right(model, batches, epochs, lr, max_norm):
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    losses = []
    for _ in range(epochs):
        total = 0.0
        for x, y in batches:
            optimizer.zero_grad()
            loss = F.cross_entropy(model(x), y)
            loss.backward()
            torch.nn.utils.clip_grad_norm_(model.parameters(), max_norm)
            optimizer.step()
            total += loss.item()
        losses.append(total / len(batches))
    return losses


def long_gradients_are_clipped(probe, rng):
    """Gradients whose norm over all parameters exceeds max_norm are scaled down to it."""
    weights, batches = draw_weights(rng), draw_batches(rng, 2)
    options = {"epochs": 1, "lr": 5.0, "max_norm": 0.02}
    found = train_by(probe, "train", weights, batches, **options)
    wanted = trained(_right, weights, [batches], options)
    hint = "What is in .grad at the moment of clipping, and what at the step?"
    expect_weights(found, wanted, "2 batches, max_norm 0.02, lr 5", hint)


def short_gradients_stay(probe, rng):
    """Shorter gradients stay as they are, and the losses are told as before."""
    weights, batches = draw_weights(rng), draw_batches(rng, 3)
    options = {"epochs": 2, "lr": 0.1, "max_norm": 1000.0}
    found = train_by(probe, "train", weights, batches, **options)
    wanted = trained(_right, weights, [batches], options)
    for number, loss in enumerate(expect_losses(found["returned"], 2, "3 batches, 2 epochs")):
        expect_close(loss, wanted["returned"][number], f"the loss of epoch {number}")
    expect_weights(found, wanted, "3 batches, max_norm 1000, lr 0.1", "")


def learns_one_batch_by_heart(probe, rng):
    """A small model learns one batch by heart in 400 epochs."""
    batches = draw_batches(rng, 1)
    found = train_by(probe, "train", draw_weights(rng), batches, epochs=400, lr=0.3)
    expect_memorized(found, batches[0], "400 epochs at lr 0.3")
