"""Checks of the repaired warm-up: its steps, those after it, one batch by heart."""

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

ENTRIES = ("train(model, batches, epochs=5, lr=0.1, warmup=10)",)


def _right(model, batches, epochs, lr, warmup):
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    losses, step = [], 0
    for _ in range(epochs):
        total = 0.0
        for x, y in batches:
            step += 1
            for group in optimizer.param_groups:
                group["lr"] = lr * min(step / warmup, 1)
            optimizer.zero_grad()
            loss = F.cross_entropy(model(x), y)
            loss.backward()
            optimizer.step()
            total += loss.item()
        losses.append(total / len(batches))
    return losses


def rate_rises_to_lr(probe, rng):
    """During the warm-up the rate is the step's share of lr."""
    weights, batches = draw_weights(rng), draw_batches(rng, 3)
    options = {"epochs": 2, "lr": 0.5, "warmup": 6}
    found = train_by(probe, "train", weights, batches, **options)
    wanted = trained(_right, weights, [batches], options)
    hint = "Which rate should the first and the last of the 6 steps have?"
    expect_weights(found, wanted, "warm-up of 6 steps, after all 6", hint)


def full_rate_after_the_warm_up(probe, rng):
    """From the end of the warm-up on the rate is lr; losses are told as before."""
    weights, batches = draw_weights(rng), draw_batches(rng, 3)
    options = {"epochs": 3, "lr": 0.2, "warmup": 1}
    found = train_by(probe, "train", weights, batches, **options)
    wanted = trained(_right, weights, [batches], options)
    for number, loss in enumerate(expect_losses(found["returned"], 3, "warm-up of 1 step")):
        expect_close(loss, wanted["returned"][number], f"the loss of epoch {number}")
    expect_weights(found, wanted, "warm-up of 1 step, after 9", "The rate is lr in all of them.")


def learns_one_batch_by_heart(probe, rng):
    """A small model learns one batch by heart in 400 epochs."""
    batches = draw_batches(rng, 1)
    found = train_by(probe, "train", draw_weights(rng), batches, epochs=400, lr=0.3, warmup=10)
    expect_memorized(found, batches[0], "400 epochs at lr 0.3")
