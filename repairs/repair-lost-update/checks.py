"""Checks of the repaired step: each parameter, the losses, one batch by heart."""

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

ENTRIES = ("train(model, batches, epochs=5, lr=0.1)",)


def _right(model, batches, epochs, lr):
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    losses = []
    for _ in range(epochs):
        total = 0.0
        for x, y in batches:
            optimizer.zero_grad()
            loss = F.cross_entropy(model(x), y)
            loss.backward()
            optimizer.step()
            total += loss.item()
        losses.append(total / len(batches))
    return losses


def every_parameter_takes_its_step(probe, rng):
    """Every parameter of the model itself moves against its gradient, in every step."""
    weights, batches = draw_weights(rng), draw_batches(rng, 3)
    found = train_by(probe, "train", weights, batches, epochs=2, lr=0.2)
    wanted = trained(_right, weights, [batches], {"epochs": 2, "lr": 0.2})
    hint = "Which object does the step change?"
    expect_weights(found, wanted, "3 batches, 2 epochs, lr 0.2", hint)


def one_mean_loss_for_each_epoch(probe, rng):
    """It still returns each epoch's mean loss over the batches, 5 epochs unless told otherwise."""
    weights, batches = draw_weights(rng), draw_batches(rng, 2)
    found = train_by(probe, "train", weights, batches, lr=1e-12)
    wanted = trained(_right, weights, [batches], {"epochs": 5, "lr": 1e-12})["returned"]
    what = "2 batches, epochs not given"
    for number, loss in enumerate(expect_losses(found["returned"], 5, what)):
        expect_close(loss, wanted[number], f"{what}: the loss of epoch {number}")


def learns_one_batch_by_heart(probe, rng):
    """A small model learns one batch by heart in 400 epochs."""
    batches = draw_batches(rng, 1)
    found = train_by(probe, "train", draw_weights(rng), batches, epochs=400, lr=0.3)
    expect_memorized(found, batches[0], "400 epochs at lr 0.3")
