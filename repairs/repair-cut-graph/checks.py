"""Checks of the repaired loop: the steps, the losses, one batch by heart."""

import torch
import torch.nn.functional as F

from interviewer.small_net import (
    draw_batches,
    draw_weights,
    expect_epoch_losses,
    expect_memorized,
    expect_weights,
    train_by,
    trained,
)

ENTRIES = ("train(model, batches, epochs=5, lr=0.1, decay=0.01)",)


def _right(model, batches, epochs, lr, decay):
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    losses = []
    for _ in range(epochs):
        total = 0.0
        for x, y in batches:
            optimizer.zero_grad()
            fit = F.cross_entropy(model(x), y)
            size = sum(p.pow(2).sum() for p in model.parameters())
            loss = fit + decay * size
            loss.backward()
            optimizer.step()
            total += loss.item()
        losses.append(total / len(batches))
    return losses


def both_parts_reach_the_weights(probe, rng):
    """Every step follows the gradient of the cross-entropy and of the penalty."""
    weights, batches = draw_weights(rng), draw_batches(rng, 3)
    options = {"epochs": 2, "lr": 0.2, "decay": 0.1}
    found = train_by(probe, "train", weights, batches, **options)
    wanted = trained(_right, weights, [batches], options)
    hint = "Is each part of the loss still connected to the parameters?"
    expect_weights(found, wanted, "3 batches, 2 epochs, lr 0.2, decay 0.1", hint)


def one_mean_loss_for_each_epoch(probe, rng):
    """It still returns each epoch's mean loss over the batches, 5 epochs unless told otherwise."""
    expect_epoch_losses(probe, _right, rng, decay=0.01)


def learns_one_batch_by_heart(probe, rng):
    """A small model learns one batch by heart in 400 epochs."""
    batches = draw_batches(rng, 1)
    found = train_by(probe, "train", draw_weights(rng), batches, epochs=400, lr=0.3, decay=0.0)
    expect_memorized(found, batches[0], "400 epochs at lr 0.3")
