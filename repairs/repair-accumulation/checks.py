"""Checks of the repaired accumulation: its step, single batches, losses, one by heart."""

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

ENTRIES = ("train(model, batches, accumulate=4, epochs=5, lr=0.1)",)


def _right(model, batches, accumulate, epochs, lr):
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    losses = []
    for _ in range(epochs):
        total = 0.0
        optimizer.zero_grad()
        for number, (x, y) in enumerate(batches, start=1):
            loss = F.cross_entropy(model(x), y)
            (loss / accumulate).backward()
            total += loss.item()
            if number % accumulate == 0:
                optimizer.step()
                optimizer.zero_grad()
        losses.append(total / len(batches))
    return losses


def step_is_that_of_the_large_batch(probe, rng):
    """A step over several batches is the step of one large batch of the same examples."""
    weights, batches = draw_weights(rng), draw_batches(rng, 4)
    found = train_by(probe, "train", weights, batches, epochs=1, lr=0.3)
    x, y = (torch.cat(parts) for parts in zip(*batches, strict=True))
    options = {"accumulate": 1, "epochs": 1, "lr": 0.3}
    wanted = trained(_right, weights, [[(x, y)]], options)
    hint = "How does a sum of four means compare with the mean of all?"
    expect_weights(found, wanted, "4 batches, accumulate 4, 1 step", hint)


def single_batches_train_as_before(probe, rng):
    """With accumulate=1 every batch makes a step of its own."""
    weights, batches = draw_weights(rng), draw_batches(rng, 3)
    options = {"accumulate": 1, "epochs": 2, "lr": 0.2}
    found = train_by(probe, "train", weights, batches, **options)
    wanted = trained(_right, weights, [batches], options)
    expect_weights(found, wanted, "3 batches, accumulate 1, 2 epochs", "")


def losses_are_not_divided(probe, rng):
    """It still returns each epoch's mean loss over the batches."""
    weights, batches = draw_weights(rng), draw_batches(rng, 4)
    options = {"accumulate": 2, "epochs": 3, "lr": 1e-12}
    found = train_by(probe, "train", weights, batches, **options)
    wanted = trained(_right, weights, [batches], options)["returned"]
    for number, loss in enumerate(expect_losses(found["returned"], 3, "3 epochs, accumulate 2")):
        expect_close(loss, wanted[number], f"the loss of epoch {number}")


def learns_one_batch_by_heart(probe, rng):
    """A small model learns one batch by heart in 400 epochs, also when it comes four times."""
    batches = draw_batches(rng, 1)
    options = {"accumulate": 4, "epochs": 400, "lr": 0.3}
    found = train_by(probe, "train", draw_weights(rng), batches * 4, **options)
    expect_memorized(found, batches[0], "400 epochs at lr 0.3, accumulate 4")
