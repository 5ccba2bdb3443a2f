"""Checks of the repaired program: the loss, the probabilities, one batch by heart."""

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

ENTRIES = ("train(model, batches, epochs=5, lr=0.1)", "predict(model, x)")


def _right(model, batches, epochs=5, lr=0.1):
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


def loss_is_that_of_the_logits(probe, rng):
    """Losses and steps are those of the cross-entropy of the model's raw logits."""
    weights, batches = draw_weights(rng), draw_batches(rng, 3)
    found = train_by(probe, "train", weights, batches, epochs=2, lr=0.2)
    wanted = trained(_right, weights, [batches], {"epochs": 2, "lr": 0.2})
    hint = "What does cross_entropy do with the scores that it is given?"
    for number, loss in enumerate(expect_losses(found["returned"], 2, "3 batches, 2 epochs")):
        expect_close(loss, wanted["returned"][number], f"the loss of epoch {number}", hint=hint)
    expect_weights(found, wanted, "3 batches, 2 epochs, lr 0.2", hint)


def predict_gives_probabilities(probe, rng):
    """It still turns the model's logits into probabilities in predict."""
    weights, ((x, _),) = draw_weights(rng), draw_batches(rng, 1)
    found = train_by(probe, "predict", weights, x)
    wanted = trained(lambda model, x: torch.softmax(model(x), -1), weights, [x], {})["returned"]
    expect_close(found["returned"], wanted, "the probabilities")


def learns_one_batch_by_heart(probe, rng):
    """A small model learns one batch by heart in 400 epochs."""
    batches = draw_batches(rng, 1)
    found = train_by(probe, "train", draw_weights(rng), batches, epochs=400, lr=0.3)
    expect_memorized(found, batches[0], "400 epochs at lr 0.3")
