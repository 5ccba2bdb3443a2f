"""Checks of the repaired regression: its steps, its losses, six examples by heart."""

import torch

from interviewer.compare import expect, expect_close
from interviewer.small_net import (
    draw_batches,
    draw_weights,
    expect_losses,
    expect_weights,
    logits_of,
    train_by,
    trained,
)

ENTRIES = ("train(model, x, y, epochs=5, lr=0.1)",)


def _right(model, x, y, epochs, lr):
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    losses = []
    for _ in range(epochs):
        optimizer.zero_grad()
        loss = torch.nn.functional.mse_loss(model(x), y[:, None])
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses


def _draw(rng):
    ((x, _),) = draw_batches(rng, 1)
    return draw_weights(rng, 1), x, torch.randn(len(x), generator=rng)


def steps_follow_each_target(probe, rng):
    """Every step follows the mean squared error of each prediction to its own target."""
    weights, x, y = _draw(rng)
    found = train_by(probe, "train", weights, x, y, epochs=3, lr=0.05)
    wanted = trained(_right, weights, [x, y], {"epochs": 3, "lr": 0.05})
    hint = "How many differences does the loss average for 6 examples?"
    expect_weights(found, wanted, "6 examples, 3 epochs, lr 0.05", hint)


def one_loss_for_each_epoch(probe, rng):
    """It returns the mean squared error of each epoch, 5 epochs unless told otherwise."""
    weights, x, y = _draw(rng)
    found = train_by(probe, "train", weights, x, y, lr=1e-12)
    wanted = trained(_right, weights, [x, y], {"epochs": 5, "lr": 1e-12})["returned"]
    for number, loss in enumerate(expect_losses(found["returned"], 5, "epochs not given")):
        expect_close(loss, wanted[number], f"the loss of epoch {number}")


def learns_a_batch_by_heart(probe, rng):
    """A small model learns six targets by heart in 1500 epochs."""
    weights, x, y = _draw(rng)
    found = train_by(probe, "train", weights, x, y, epochs=1500, lr=0.03)
    error = float((logits_of(found, x)[:, 0] - y).square().mean())
    expect(error <= 0.001, f"After 1500 epochs the mean squared error is {error:.3g}, not 0.001.")
