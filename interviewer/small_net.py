"""A small net for the checks of repair rounds, and training it by a submission and by ourselves.

Not for candidates: the net is built in their process by a prelude, from weights that the check
drew. What it notes about its own passes, hostile code can forge; losses and weights are compared.
"""

import inspect
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import torch

from interviewer.compare import (
    describe,
    expect,
    expect_close,
    expect_scalar,
    expect_tensor,
    expect_tuple,
    fail,
)
from interviewer.probe import Probe

INPUTS, HIDDEN, CLASSES, ROWS = 6, 16, 3, 6


class Net(torch.nn.Module):
    """Two layers on given weights; `passes` tells each pass: train mode, gradients on, rows."""

    def __init__(self, weights: list[torch.Tensor]) -> None:
        super().__init__()
        self.first = torch.nn.Linear(weights[0].shape[1], weights[0].shape[0])
        self.second = torch.nn.Linear(weights[2].shape[1], weights[2].shape[0])
        self.drop = torch.nn.Dropout(0.0)
        with torch.no_grad():
            for parameter, weight in zip(self.parameters(), weights, strict=True):
                parameter.copy_(weight)
        self.passes: list[list[Any]] = []

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """`(n, inputs)` to `(n, outputs)`."""
        training = self.training and self.drop.training
        self.passes.append([training, torch.is_grad_enabled(), len(x)])
        hidden = self.drop(torch.tanh(self.first(x)))
        return self.second(hidden)  # type: ignore[no-any-return]  # as torch types modules


def trained(
    function: Callable[..., Any],
    weights: list[torch.Tensor],
    arguments: Sequence[Any],
    options: Mapping[str, Any],
) -> dict[str, Any]:
    """What `function(net, *arguments, **options)` returns and what it makes of the net."""
    net = Net(weights)
    returned = function(net, *arguments, **options)
    now = [parameter.detach().clone() for parameter in net.parameters()]
    return {"returned": returned, "weights": now, "passes": net.passes, "training": net.training}


def plain_training(
    model: torch.nn.Module,
    batches: Sequence[tuple[torch.Tensor, torch.Tensor]],
    epochs: int,
    lr: float,
) -> list[float]:
    """Cross-entropy and SGD as they should be; the mean loss of each epoch."""
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    losses = []
    for _ in range(epochs):
        total = 0.0
        for x, y in batches:
            optimizer.zero_grad()
            loss = torch.nn.functional.cross_entropy(model(x), y)
            loss.backward()  # type: ignore[no-untyped-call]  # torch is partly typed
            optimizer.step()
            total += loss.item()
        losses.append(total / len(batches))
    return losses


PRELUDE = "\n\n".join(
    [
        "from typing import *\nfrom collections.abc import Callable, Mapping, Sequence\n"
        "import torch",
        inspect.getsource(Net),
        inspect.getsource(trained),
    ]
)


def draw_weights(rng: torch.Generator, outputs: int = CLASSES) -> list[torch.Tensor]:
    """Weights of a net: two matrices and their biases, in the order of its parameters."""
    sizes = ((HIDDEN, INPUTS), (HIDDEN,), (outputs, HIDDEN), (outputs,))
    return [0.4 * torch.randn(size, generator=rng) for size in sizes]


def draw_batches(rng: torch.Generator, count: int) -> list[tuple[torch.Tensor, torch.Tensor]]:
    """Batches of equal size, inputs and labels; every class occurs in every one of them."""
    made = []
    for _ in range(count):
        y = torch.arange(ROWS)[torch.randperm(ROWS, generator=rng)] % CLASSES
        made.append((1.5 * torch.randn(ROWS, INPUTS, generator=rng), y))
    return made


def train_by(
    probe: Probe, entry: str, weights: list[torch.Tensor], *arguments: object, **options: object
) -> dict[str, Any]:
    """As `trained`, by the submission's function of that name."""
    probe.prelude(PRELUDE)
    found = probe.call("prelude:trained", probe.entry(entry), weights, list(arguments), options)
    if not isinstance(found, dict) or set(found) != {"returned", "weights", "passes", "training"}:
        fail(f"{entry} could not be observed: got {describe(found)}.")
    now = expect_tuple(found["weights"], len(weights), "the parameters of the model")
    for got, given in zip(now, weights, strict=True):
        expect_tensor(got, tuple(given.shape), "a parameter of the model")
    if not all(isinstance(each, list) and len(each) == 3 for each in found["passes"]):
        fail("The model's record of its passes was written to.")
    return found


def expect_weights(
    found: Mapping[str, Any], wanted: Mapping[str, Any], what: str, hint: str
) -> None:
    """The net's weights are those that the right program leaves."""
    names = ("first weight", "first bias", "second weight", "second bias")
    for name, got, want in zip(names, found["weights"], wanted["weights"], strict=True):
        expect_close(got, want, f"{what}: the {name} of the model", hint=hint)


def expect_losses(value: object, count: int, what: str) -> list[float]:
    """A list, or a tensor with one axis, of `count` numbers."""
    if isinstance(value, torch.Tensor) and value.dim() == 1:
        value = list(value)
    if not isinstance(value, (list, tuple)):
        fail(f"{what}: expected a list of {count} losses, got {describe(value)}.")
    expect(len(value) == count, f"{what}: expected {count} losses, got {len(value)}.")
    return [expect_scalar(item, f"{what}: loss {n}") for n, item in enumerate(value)]


def expect_epoch_losses(
    probe: Probe, right: Callable[..., Any], rng: torch.Generator, **options: object
) -> None:
    """`train` returns the mean loss of each of its 5 epochs, at a rate that moves nothing."""
    weights, batches = draw_weights(rng), draw_batches(rng, 2)
    found = train_by(probe, "train", weights, batches, lr=1e-12)
    wanted = trained(right, weights, [batches], {"epochs": 5, "lr": 1e-12, **options})["returned"]
    what = "2 batches, epochs not given"
    for number, loss in enumerate(expect_losses(found["returned"], 5, what)):
        expect_close(loss, wanted[number], f"{what}: the loss of epoch {number}")


def logits_of(found: Mapping[str, Any], x: torch.Tensor) -> torch.Tensor:
    """What the net gives with the weights that it was left with, worked out here."""
    w1, b1, w2, b2 = (weight.double() for weight in found["weights"])
    logits: torch.Tensor = torch.tanh(x.double() @ w1.T + b1) @ w2.T + b2
    return logits


def expect_memorized(
    found: Mapping[str, Any],
    batch: tuple[torch.Tensor, torch.Tensor],
    what: str,
    most: float = 0.02,
) -> None:
    """The net has learned a batch by heart: its mean cross-entropy is at most `most`."""
    loss = float(torch.nn.functional.cross_entropy(logits_of(found, batch[0]), batch[1]))
    expect(
        loss <= most,
        f"{what}: expected a cross-entropy of at most {most:g} on the one batch it saw, got "
        f"{loss:.3g}. A working loop learns so few examples by heart.",
    )
