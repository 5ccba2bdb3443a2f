"""Checks of MultiTaskModel and mtl_loss: both outputs, who reaches which weight, the weighted sum.

What is shared is seen number by number from gradients, so one matrix may hold both heads' rows.
"""

import torch
from torch.nn import functional as F

from interviewer.compare import (
    expect,
    expect_close,
    expect_tensor,
    expect_tuple,
    reference_gradients,
)

ENTRIES = (
    "class MultiTaskModel(d_model=512, n_classes_task1=3, n_classes_task2=5)",
    "mtl_loss(logits1, logits2, y1, y2, lambda1=1.0, lambda2=0.5)",
)
FEATURES, ROWS = 100, 64
SIZES = (32, 3, 6)  # d_model, classes of task 1, classes of task 2
WEIGHTS = ((0.3, 2.0), (1.7, 0.9), (0.0, 1.4), (2.5, 0.0))


def _model(probe, sizes, training=False):
    """A model that has run once, as lazy layers take their shapes by running."""
    names = ("d_model", "n_classes_task1", "n_classes_task2")
    model = probe.new("MultiTaskModel", **dict(zip(names, sizes, strict=True)))
    probe.mode(model, False)
    probe.call(model, torch.zeros(2, FEATURES))
    probe.mode(model, training)
    return model


def _fill(probe, rng, model, scale):
    """Random values away from 0 for every parameter, so that no head starts at 0."""
    drawn = {}
    for name, (shape, _) in probe.parameters(model).items():
        value = torch.randn(shape, generator=rng)
        value += 0.2 * torch.where(value < 0, -1.0, 1.0)
        matrix = sum(n > 1 for n in shape) > 1
        drawn[name] = scale * (value / shape[-1] ** 0.5 if matrix else 0.1 + value.abs() / 4)
    probe.set_state(model, drawn)


def _expect_logits(value, rows, classes, what):
    pair = expect_tuple(value, 2, what)
    shapes = [(rows, count) for count in classes]
    for number, (part, shape) in enumerate(zip(pair, shapes, strict=True), 1):
        tensor = expect_tensor(part, shape, f"logits of task {number} from {what}")
        expect(tensor.is_floating_point(), f"Logits of task {number} are not floating-point.")
    return [part.detach() for part in pair]


def _reached(probe, rng, sizes):
    """For every number of every parameter: does task 1's output reach it, does task 2's?"""
    model = _model(probe, sizes, training=True)
    _fill(probe, rng, model, 1.0)
    x = torch.randn(ROWS, FEATURES, generator=rng)
    found = [probe.gradients(model, x, of=[task]).parameters for task in (0, 1)]
    return [
        [_nonzero(gradients.get(name), shape) for gradients in found]
        for name, (shape, _) in probe.parameters(model).items()
    ]


def _nonzero(gradient, shape):
    return torch.zeros(shape, dtype=torch.bool) if gradient is None else gradient != 0


def _shared(probe, rng, sizes):
    """Size of the parameters in which something is reached from both tasks."""
    masks = _reached(probe, rng, sizes)
    return sum(first.numel() for first, second in masks if bool((first & second).any()))


def gives_logits_for_both_tasks(probe, rng):
    """(B, 100) becomes a pair, (B, n_classes_task1) and (B, n_classes_task2), in that order."""
    for sizes in (SIZES, (64, 7, 2)):
        for training, batches in ((True, (2, 9)), (False, (1, 4))):
            model = _model(probe, sizes, training)
            for rows in batches:
                value = probe.call(model, torch.randn(rows, FEATURES, generator=rng))
                _expect_logits(value, rows, sizes[1:], f"d_model, classes = {sizes}")
    model = probe.new("MultiTaskModel")
    value = probe.call(model, torch.randn(4, FEATURES, generator=rng))
    _expect_logits(value, 4, (3, 5), "the defaults")


def returns_raw_logits(probe, rng):
    """Both outputs are unbounded on either side: neither softmax nor anything else follows."""
    model = _model(probe, (32, 4, 4))
    _fill(probe, rng, model, 8.0)
    value = probe.call(model, 3 * torch.randn(4 * ROWS, FEATURES, generator=rng))
    for number, part in enumerate(_expect_logits(value, 4 * ROWS, (4, 4), "large weights"), 1):
        low, high = float(part.min()), float(part.max())
        expect(
            low < -1.0 and high > 1.0,
            f"With large weights the outputs of task {number} lie between {low:.4g} and "
            f"{high:.4g}; logits would spread far on both sides of 0. Does an activation follow?",
        )


def both_tasks_reach_one_backbone(probe, rng):
    """In training mode there are weights that the outputs of both tasks send a gradient to."""
    masks = _reached(probe, rng, SIZES)
    for task in (0, 1):
        reached = any(bool(pair[task].any()) for pair in masks)
        expect(reached, f"No parameter of the module is reached from task {task + 1}.")
    expect(
        any(bool((first & second).any()) for first, second in masks),
        "No weight is reached from both tasks. Is there one backbone for both, does the module "
        "know it (no plain list), and is neither task cut off from it by detach or no_grad?",
    )


def backbone_grows_with_d_model(probe, rng):
    """With a larger d_model, more weights are shared by the tasks; without one it is 512."""
    small, large = (_shared(probe, rng, (width, *SIZES[1:])) for width in (32, 96))
    expect(
        small < large or small == large == 0,  # nothing shared at all: another check says so
        f"With d_model=32 the shared weights are {small} numbers, with d_model=96 {large}: "
        "does the shared backbone, rather than something else, have this width?",
    )
    plain, named = (_size(probe, **width) for width in ({}, {"d_model": 512}))
    expect(
        plain == named,
        f"MultiTaskModel() has {plain} numbers in its parameters, MultiTaskModel(d_model=512) "
        f"{named}: d_model is 512 unless it is given.",
    )


def _size(probe, **options):
    """How many numbers the parameters of a model hold."""
    model = probe.new("MultiTaskModel", **options)
    probe.mode(model, False)
    probe.call(model, torch.zeros(2, FEATURES))
    return sum(torch.Size(shape).numel() for shape, _ in probe.parameters(model).values())


def heads_see_only_their_own_loss(probe, rng):
    """Each task has a head: weights for its classes that the other task's output doesn't reach."""
    for sizes in (SIZES, (32, 6, 3)):
        masks = _reached(probe, rng, sizes)
        for number in (1, 2):
            count = sum(int((pair[number - 1] & ~pair[2 - number]).sum()) for pair in masks)
            expect(
                count >= sizes[number],
                f"With {sizes[1]} and {sizes[2]} classes, {count} numbers are reached from task "
                f"{number} alone; its head would have at least one for each of its "
                f"{sizes[number]} classes. Is the head its own, and does the module know it?",
            )


def _loss(logits1, logits2, y1, y2, lambda1, lambda2):
    return lambda1 * F.cross_entropy(logits1, y1) + lambda2 * F.cross_entropy(logits2, y2)


def _batch(rng, rows, classes):
    logits = [2 * torch.randn(rows, count, generator=rng) for count in classes]
    labels = [torch.randint(count, (rows,), generator=rng) for count in classes]
    return (*logits, *labels)


def _batches(rng):
    return _batch(rng, 8, (3, 5)), _batch(rng, 1, (6, 2))


def loss_is_the_weighted_sum(probe, rng):
    """mtl_loss is lambda1 times task 1's mean cross-entropy plus lambda2 times task 2's."""
    for batch in _batches(rng):
        for first, second in WEIGHTS:
            found = probe.call("mtl_loss", *batch, lambda1=first, lambda2=second)
            what = f"mtl_loss with lambda1={first}, lambda2={second}"
            expect_close(found, _loss(*batch, first, second), what)


def weights_default_to_one_and_a_half(probe, rng):
    """Without weights given, lambda1 is 1.0 and lambda2 is 0.5."""
    for batch in _batches(rng):
        found = probe.call("mtl_loss", *batch)
        expect_close(found, _loss(*batch, 1.0, 0.5), "mtl_loss with its default weights")


def loss_sends_gradients_to_both_tasks(probe, rng):
    """The loss's gradients at both tasks' logits are those of the weighted sum."""
    weights = {"lambda1": 1.0, "lambda2": 0.5}
    for batch in _batches(rng):
        found = probe.gradients("mtl_loss", *batch, wrt=[0, 1], **weights)
        _, wanted = reference_gradients(_loss, *batch, seed=found.seed, wrt=[0, 1], **weights)
        for number, (got, want) in enumerate(zip(found.inputs, wanted, strict=True), 1):
            expect(got is not None, f"No gradient reaches the logits of task {number}.")
            expect_close(got, want, f"gradient at the logits of task {number}")
