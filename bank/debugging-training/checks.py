"""Checks of train: its losses, labels, mode, gradients per step, parameters, memorizing a batch."""

import torch
import torch.nn.functional as F

from interviewer.compare import describe, expect, expect_close, expect_scalar, expect_tensor, fail

ENTRIES = ("train(model, batches, epochs=20, lr=0.1)",)
INPUTS, HIDDEN, CLASSES, ROWS = 6, 16, 3, 6
STILL = 1e-12  # a rate at which any optimizer leaves float32 weights where they are
MEMORIZED = 0.15

PRELUDE = """
import torch


class Classifier(torch.nn.Module):
    def __init__(self, weights):
        super().__init__()
        (outputs, hidden), inputs = weights[2].shape, weights[0].shape[1]
        self.first, self.second = torch.nn.Linear(inputs, hidden), torch.nn.Linear(hidden, outputs)
        self.drop = torch.nn.Dropout(0.0)
        with torch.no_grad():
            for parameter, weight in zip(self.parameters(), weights):
                parameter.copy_(weight)
        self.modes = []

    def forward(self, x):
        logits = self.second(self.drop(torch.tanh(self.first(x))))
        if logits.requires_grad:
            mode = self.training and self.drop.training
            logits.register_hook(lambda grad: self.modes.append(mode))
        return logits


def _watch(parameter, seen):
    state = {"before": None, "came": None}

    def comes(gradient):
        state["came"] = gradient.detach().clone()

    def is_added(p):
        before, state["before"] = state["before"], p.detach().clone()
        if before is None or not torch.equal(before, state["before"]):  # the first since a step
            if len(seen) < 40:
                seen.append((state["came"], p.grad.detach().clone()))

    parameter.register_hook(comes)
    parameter.register_post_accumulate_grad_hook(is_added)


def _run(function, weights, batches, options, training=True, watched=False):
    model = Classifier(weights).train(training)
    seen = []
    if watched:
        _watch(model.second.weight, seen)
    given = [(x, y) for x, y in batches]
    losses = function(model, given, **options)
    now = [p.detach().clone() for p in model.parameters()]
    return {"losses": losses, "weights": now, "modes": model.modes, "gradients": seen}


def _batches_after(function, weights, batches):
    given = [(x, y) for x, y in batches]
    known = {id(part) for pair in given for part in pair}
    function(Classifier(weights), given, epochs=2)
    same = [all(id(part) in known for part in pair) for pair in given]
    return {"same": same, "tensors": [part for pair in batches for part in pair]}
"""


def _weights(rng):
    sizes = ((HIDDEN, INPUTS), (HIDDEN,), (CLASSES, HIDDEN), (CLASSES,))
    return [0.4 * torch.randn(size, generator=rng) for size in sizes]


def _batches(rng, count, dtype=torch.int64):
    """Batches of equal size; every class occurs in every one of them."""
    made = []
    for _ in range(count):
        y = torch.arange(ROWS)[torch.randperm(ROWS, generator=rng)] % CLASSES
        made.append((1.5 * torch.randn(ROWS, INPUTS, generator=rng), y.to(dtype)))
    return made


def _loss(weights, x, y):
    w1, b1, w2, b2 = (weight.double() for weight in weights)
    return F.cross_entropy(torch.tanh(x.double() @ w1.T + b1) @ w2.T + b2, y.long())


def _run(probe, weights, batches, *, training=True, watched=False, **options):
    probe.prelude(PRELUDE)
    own = probe.entry("train")
    return probe.call("prelude:_run", own, weights, batches, options, training, watched)


def _losses(value, epochs, what):
    if isinstance(value, torch.Tensor) and value.dim() == 1:
        value = list(value)
    if not isinstance(value, (list, tuple)):
        fail(f"{what}: expected a list with a number for each epoch, got {describe(value)}.")
    expect(len(value) == epochs, f"{what}: expected {epochs} numbers, got {len(value)}.")
    return [expect_scalar(item, f"{what}: the loss of epoch {n}") for n, item in enumerate(value)]


def _still(probe, weights, batches, what, hint, **options):
    """At a rate of nearly 0 every epoch's loss is that of the weights that were given."""
    found = _run(probe, weights, batches, lr=STILL, **options)
    want = torch.stack([_loss(weights, x, y) for x, y in batches]).mean()
    for number, loss in enumerate(_losses(found["losses"], options.get("epochs", 20), what)):
        expect_close(loss, want, f"{what}: the loss of epoch {number}", hint=hint)


def one_mean_loss_per_epoch(probe, rng):
    """It returns, for each epoch (20 unless told otherwise), the batches' mean cross-entropy."""
    weights = _weights(rng)
    hint = "It is the mean over batches; cross-entropy takes raw logits; the rate is 1e-12 here."
    _still(probe, weights, _batches(rng, 3), "3 batches, 4 epochs", hint, epochs=4)
    _still(probe, weights, _batches(rng, 2), "2 batches, epochs not given", hint)


def labels_of_any_type(probe, rng):
    """Labels may be integers of any type or whole-number floats, also with a class absent."""
    weights = _weights(rng)
    for dtype in (torch.float32, torch.int32, torch.float64, torch.uint8):
        batches = _batches(rng, 1, dtype)
        what = f"labels of type {str(dtype).removeprefix('torch.')}"
        _still(probe, weights, batches, what, "Which type does the loss want?", epochs=2)
    batches = [(x, y % 2) for x, y in _batches(rng, 1)]
    _still(probe, weights, batches, "labels without the last class", "It has 3 logits.", epochs=2)


def trains_in_train_mode(probe, rng):
    """Every training pass runs in train mode, submodules included, in whichever mode it came."""
    for training in (False, True):
        batches = _batches(rng, 2)
        found = _run(probe, _weights(rng), batches, training=training, epochs=3)
        modes = found["modes"]
        came = "train" if training else "eval"
        expect(
            len(modes) >= 6,
            f"2 batches, 3 epochs: expected 6 backward passes through the model, got {len(modes)}.",
        )
        wrong = sum(mode is not True for mode in modes)
        expect(
            wrong == 0,
            f"The model came in {came} mode; {wrong} of {len(modes)} backward passes went through "
            "a forward pass in which it, or a layer in it, was in eval mode.",
        )


def each_step_has_its_own_gradients(probe, rng):
    """After a step the gradients start anew: none is left over for the next one."""
    found = _run(probe, _weights(rng), _batches(rng, 4), watched=True, epochs=2)
    for number, (came, held) in enumerate(found["gradients"]):
        came = expect_tensor(came, (CLASSES, HIDDEN), "gradient")
        hint = "What the backward passes before left there was still in .grad."
        expect_close(held, came, f".grad after the backward pass for step {number}", hint=hint)


def every_parameter_is_trained(probe, rng):
    """All parameters of the model that was given change: the weights and the biases."""
    weights = _weights(rng)
    found = _run(probe, weights, _batches(rng, 2), epochs=3)
    names = ("first weight", "first bias", "second weight", "second bias")
    for name, before, now in zip(names, weights, found["weights"], strict=True):
        moved = float((expect_tensor(now, tuple(before.shape), name) - before).abs().max())
        expect(
            moved > 1e-6,
            f"The {name} of the model is the same after 3 epochs. Is the loss connected to it, and "
            "is it the model's own parameter that the optimizer holds?",
        )


def rate_is_a_tenth_by_default(probe, rng):
    """Without lr given the weights end where lr=0.1 takes them."""
    weights, batches = _weights(rng), _batches(rng, 1)  # one batch: the order may be random
    ends = [
        _run(probe, weights, batches, epochs=3, **given)["weights"] for given in ({}, {"lr": 0.1})
    ]
    for number, (weight, plain, named) in enumerate(zip(weights, *ends, strict=True)):
        what = f"parameter {number} after 3 epochs, lr not given"
        want = expect_tensor(named, tuple(weight.shape), f"parameter {number}")
        expect_close(plain, want, what, hint="Expected is what lr=0.1 gives.")


def memorizes_one_batch(probe, rng):
    """400 epochs on a single batch bring its loss below 0.15."""
    for _ in range(2):  # an optimizer with a noisy step may spike just at the end
        weights, batches = _weights(rng), _batches(rng, 1)
        found = _run(probe, weights, batches, epochs=400)
        late = sorted(_losses(found["losses"], 400, "1 batch")[-20:])[10]
        pairs = zip(found["weights"], weights, strict=True)
        now = [expect_tensor(after, tuple(before.shape), "weight") for after, before in pairs]
        reached = float(_loss(now, *batches[0]))
        if reached < MEMORIZED and late < MEMORIZED:
            return
    fail(
        f"1 batch, 400 epochs: expected a loss below {MEMORIZED}, got {reached:.4g} with the "
        f"model's final weights; the losses returned for the last epochs are around {late:.4g}."
    )


def batches_are_left_alone(probe, rng):
    """The list of batches and the tensors in it are as they were (their order may change)."""
    probe.prelude(PRELUDE)
    batches = _batches(rng, 3, torch.float32)
    found = probe.call("prelude:_batches_after", probe.entry("train"), _weights(rng), batches)
    for before, now in zip((t for pair in batches for t in pair), found["tensors"], strict=True):
        expect_close(now, before, "a tensor of the batches after the call")
    kept = found["same"]
    expect(len(kept) == 3, f"The list of batches had 3 of them; afterwards it has {len(kept)}.")
    expect(all(kept), "The list of batches holds other tensors than before.")
