"""Checks of the repaired loop: a gradient for each step, the losses, one batch by heart."""

from interviewer.small_net import (
    draw_batches,
    draw_weights,
    expect_epoch_losses,
    expect_memorized,
    expect_weights,
    plain_training,
    train_by,
    trained,
)

ENTRIES = ("train(model, batches, epochs=5, lr=0.1)",)


def each_step_has_its_own_gradient(probe, rng):
    """Every step follows the gradient of its own batch alone, at the rate that was given."""
    weights, batches = draw_weights(rng), draw_batches(rng, 3)
    found = train_by(probe, "train", weights, batches, epochs=2, lr=0.2)
    wanted = trained(plain_training, weights, [batches], {"epochs": 2, "lr": 0.2})
    hint = "What does .grad hold when a step is made?"
    expect_weights(found, wanted, "3 batches, 2 epochs, lr 0.2", hint)


def one_mean_loss_for_each_epoch(probe, rng):
    """It still returns each epoch's mean loss over the batches, 5 epochs unless told otherwise."""
    expect_epoch_losses(probe, plain_training, rng)


def learns_one_batch_by_heart(probe, rng):
    """A small model learns one batch by heart in 400 epochs."""
    batches = draw_batches(rng, 1)
    found = train_by(probe, "train", draw_weights(rng), batches, epochs=400, lr=0.3)
    expect_memorized(found, batches[0], "400 epochs at lr 0.3")
