"""Checks of the repaired loop: large class numbers, the losses, one batch by heart."""

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

ENTRIES = ("train(model, x, labels, epochs=5, lr=0.1)",)


def _right(model, x, labels, epochs, lr):
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    losses = []
    for _ in range(epochs):
        optimizer.zero_grad()
        loss = F.cross_entropy(model(x), torch.tensor(labels))
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses


def large_classes_keep_their_number(probe, rng):
    """Classes of any number, above 255 and above 32767 too, are learned as what they are."""
    ((x, _),) = draw_batches(rng, 1)
    for labels in ([0, 3, 255, 256, 259, 299], [2049, 7, 32767, 32768, 35001, 39001]):
        weights = draw_weights(rng, max(labels) + 99)
        found = train_by(probe, "train", weights, x, labels, epochs=1, lr=1.0)
        wanted = trained(_right, weights, [x, labels], {"epochs": 1, "lr": 1.0})
        hint = "Which numbers does y hold?"
        expect_weights(found, wanted, f"labels {labels}, 1 epoch, lr 1", hint)


def one_loss_for_each_epoch(probe, rng):
    """It still returns the loss of each epoch, 5 epochs unless told otherwise."""
    weights, ((x, y),) = draw_weights(rng), draw_batches(rng, 1)
    found = train_by(probe, "train", weights, x, y.tolist(), lr=0.5)
    wanted = trained(_right, weights, [x, y.tolist()], {"epochs": 5, "lr": 0.5})["returned"]
    for number, loss in enumerate(expect_losses(found["returned"], 5, "epochs not given")):
        expect_close(loss, wanted[number], f"the loss of epoch {number}")


def learns_one_batch_by_heart(probe, rng):
    """A small model learns one batch by heart in 400 epochs."""
    ((x, y),) = draw_batches(rng, 1)
    found = train_by(probe, "train", draw_weights(rng), x, y.tolist(), epochs=400, lr=0.3)
    expect_memorized(found, (x, y), "400 epochs at lr 0.3")
