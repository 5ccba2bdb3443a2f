"""Checks of the repaired program: its loss, its steps, one batch by heart."""

import torch
import torch.nn.functional as F

from interviewer.compare import expect_close
from interviewer.small_net import (
    draw_batches,
    draw_weights,
    expect_losses,
    expect_memorized,
    expect_weights,
    plain_training,
    train_by,
    trained,
)

ENTRIES = ("mean_loss(logits, y)", "train(model, batches, epochs=5, lr=0.1)")


def loss_is_over_the_classes(probe, rng):
    """The loss is the mean cross-entropy, each example normalised over its own classes."""
    for rows in (1, 5):
        logits = 2 * torch.randn(rows, 4, generator=rng)
        y = torch.randint(4, (rows,), generator=rng)
        hint = "Over which axis do the probabilities of an example sum to 1?"
        found = probe.call("mean_loss", logits, y)
        expect_close(found, F.cross_entropy(logits, y), f"the loss of {rows} rows", hint=hint)


def every_step_uses_its_gradient(probe, rng):
    """Every step follows the gradient of its own batch; losses are told as before."""
    weights, batches = draw_weights(rng), draw_batches(rng, 3)
    found = train_by(probe, "train", weights, batches, epochs=2, lr=0.2)
    wanted = trained(plain_training, weights, [batches], {"epochs": 2, "lr": 0.2})
    for number, loss in enumerate(expect_losses(found["returned"], 2, "3 batches, 2 epochs")):
        expect_close(loss, wanted["returned"][number], f"the loss of epoch {number}")
    hint = "What is in .grad when a step is made?"
    expect_weights(found, wanted, "3 batches, 2 epochs, lr 0.2", hint)


def learns_one_batch_by_heart(probe, rng):
    """A small model learns one batch by heart in 400 epochs."""
    batches = draw_batches(rng, 1)
    found = train_by(probe, "train", draw_weights(rng), batches, epochs=400, lr=0.3)
    expect_memorized(found, batches[0], "400 epochs at lr 0.3")
