"""Checks of LoRALinear: its start, what trains, the scale, gradients, merging, the bias.

They do not ask how the factors are laid out: what trains is filled, and the update is read off.
"""

import torch
from torch.nn import functional

from interviewer.compare import describe, expect, expect_close, expect_tensor, fail
from interviewer.compare import reference_gradients as _reference_gradients
from interviewer.probe import Ref

ENTRIES = ("class LoRALinear(base, r=16, alpha=32)",)
SIZES = ((12, 20, 4, 8), (20, 12, 3, 8), (24, 40, 16, 32))  # in, out, r, alpha; the last by default
CLOSE = {"rtol": 1e-3, "atol": 1e-4}

PRELUDE = """
import torch


def _base(weight, bias):
    base = torch.nn.Linear(weight.shape[1], weight.shape[0], bias=bias is not None)
    with torch.no_grad():
        base.weight.copy_(weight)
        if bias is not None:
            base.bias.copy_(bias)
    return base


def _is_linear(value):
    return isinstance(value, torch.nn.Linear)
"""


class _Adapted:
    """A layer around a random base, with what the check knows of it."""

    def __init__(self, probe, rng, sizes, bias=True):
        probe.prelude(PRELUDE)
        self.inputs, self.outputs, self.r, self.alpha = sizes
        self.probe, self.rng = probe, rng
        self.weight = torch.randn(self.outputs, self.inputs, generator=rng)
        self.bias = torch.randn(self.outputs, generator=rng) if bias else None
        self.base = probe.new("prelude:_base", self.weight, self.bias)
        default = sizes == SIZES[-1]
        options = {} if default else {"r": self.r, "alpha": self.alpha}
        self.layer = probe.new("LoRALinear", self.base, **options)
        shown = "".join(f", {name}={value}" for name, value in options.items())
        self.said = f"LoRALinear(nn.Linear({self.inputs}, {self.outputs}){shown})"

    def x(self, *shape):
        return torch.randn(*shape, self.inputs, generator=self.rng)

    def plain(self, x):
        return functional.linear(x, self.weight, self.bias)

    def trained(self):
        """Shapes of what trains, by name."""
        found = self.probe.parameters(self.layer)
        return {name: tuple(shape) for name, (shape, trains) in found.items() if trains}

    def fill(self, value=None):
        """Set all that trains to one value, or to random ones."""
        self.probe.mode(self.layer, True)
        drawn = {
            name: torch.randn(shape, generator=self.rng)
            if value is None
            else torch.full(shape, float(value))
            for name, shape in self.trained().items()
        }
        self.probe.set_state(self.layer, drawn)
        self.probe.mode(self.layer, False)

    def output(self, x):
        what = f"{self.said}, input {tuple(x.shape)}"
        shape = (*x.shape[:-1], self.outputs)
        return expect_tensor(self.probe.call(self.layer, x), shape, what).detach()

    def update(self):
        """What the layer adds to the base's weight, read off unit vectors."""
        ends = self.output(torch.cat([torch.eye(self.inputs), torch.zeros(1, self.inputs)]))
        return (ends[:-1] - ends[-1:]).T - self.weight

    def merged(self):
        """What merge() returns, its weight and its bias."""
        made = self.probe.call((self.layer, "merge"))
        linear = isinstance(made, Ref) and self.probe.call("prelude:_is_linear", made) is True
        if not linear:
            kind = made.type if isinstance(made, Ref) else describe(made)
            fail(f"merge(): expected an nn.Linear, got {kind}.")
        held = self.probe.state(made)
        shape = (self.outputs, self.inputs)
        weight = expect_tensor(held.get("weight"), shape, "merge().weight").detach()
        return made, weight, held.get("bias")


def starts_as_the_base(probe, rng):
    """A fresh layer gives what the base gives, for an input with any number of leading axes."""
    for sizes in SIZES:
        adapted = _Adapted(probe, rng, sizes)
        for shape in ((5,), (2, 3), ()):
            x = adapted.x(*shape)
            hint = "Before training the update has to be 0."
            what = f"fresh {adapted.said}, input {tuple(x.shape)}"
            expect_close(adapted.output(x), adapted.plain(x), what, hint=hint)


def trains_the_factors_only(probe, rng):
    """Of layer.parameters(), exactly r * (in + out) numbers train; weight and bias are frozen."""
    for sizes in SIZES:
        adapted = _Adapted(probe, rng, sizes)
        got = sum(torch.Size(shape).numel() for shape in adapted.trained().values())
        wanted = adapted.r * (adapted.inputs + adapted.outputs)
        expect(
            got == wanted,
            f"{adapted.said}: expected {wanted} numbers with requires_grad (r * (in + out)), "
            f"got {got}.",
        )


def one_factor_starts_at_zero(probe, rng):
    """At the start a gradient reaches the factor that is zero, and none yet reaches the other."""
    for sizes in SIZES[:2]:
        adapted = _Adapted(probe, rng, sizes)
        found = probe.gradients(adapted.layer, adapted.x(8)).parameters
        moving = 0
        for name, shape in adapted.trained().items():
            if (gradient := found.get(name)) is not None:
                moving += int((expect_tensor(gradient, shape, f"gradient of {name}") != 0).sum())
        expect(
            moving > 0,
            f"fresh {adapted.said}: no gradient reaches what trains, so it can never learn. Are "
            "both factors zero?",
        )
        expect(
            moving < adapted.r * (adapted.inputs + adapted.outputs),
            f"fresh {adapted.said}: all that trains has a gradient, {moving} numbers. With one "
            "factor at zero, the other one gets none in the first step.",
        )


def adds_alpha_over_r_times_the_product(probe, rng):
    """The update is a linear map of rank r, and its factor is alpha / r."""
    for sizes in (*SIZES, (12, 20, 5, 4), (20, 12, 8, 1)):
        adapted = _Adapted(probe, rng, sizes)
        adapted.fill(0.5)  # each entry of B A is then r / 4, whatever the layout
        wanted = torch.full((adapted.outputs, adapted.inputs), adapted.alpha * 0.25)
        what = f"{adapted.said}, every entry of A and B 0.5: what is added to the weight"
        expect_close(adapted.update(), wanted, what, hint="It is alpha / r times B A.", **CLOSE)
        adapted.fill()
        update, x = adapted.update(), adapted.x(6)
        rank = int(torch.linalg.matrix_rank(update.double(), rtol=1e-5))
        expect(
            rank == adapted.r,
            f"{adapted.said} with random factors: expected an update of rank {adapted.r}, "
            f"got rank {rank}.",
        )
        linear = x @ (adapted.weight + update).T + adapted.output(torch.zeros_like(x))
        hint = "The layer is not linear in x: is there an activation between the factors?"
        what = f"{adapted.said} with random factors"
        expect_close(adapted.output(x), linear, what, hint=hint, rtol=1e-3, atol=1e-2)


def both_factors_learn(probe, rng):
    """Once neither factor is zero, every number that trains gets a gradient."""
    for sizes in SIZES[:2]:
        adapted = _Adapted(probe, rng, sizes)
        adapted.fill()
        probe.mode(adapted.layer, True)
        found = probe.gradients(adapted.layer, adapted.x(8)).parameters
        for name, shape in adapted.trained().items():
            gradient = found.get(name)
            reached = gradient is not None and bool(
                expect_tensor(gradient, shape, f"gradient of {name}").any()
            )
            expect(reached, f"{adapted.said}: {name} trains but gets no gradient. Is it detached?")


def passes_the_gradient_on(probe, rng):
    """The gradient of the input comes by way of the base and of the update."""
    for sizes in SIZES[:2]:
        adapted = _Adapted(probe, rng, sizes)
        adapted.fill()
        weight, x = adapted.weight + adapted.update(), adapted.x(6)
        found = probe.gradients(adapted.layer, x, wrt=[0])
        _, (wanted,) = _reference_gradients(
            functional.linear, x, weight, adapted.bias, seed=found.seed, wrt=[0]
        )
        hint = (
            "It is the output's gradient times the whole adapted weight. A base that is frozen "
            "still passes gradients on to the layers before it: no_grad and detach cut them off."
        )
        got = found.inputs[0]
        expect(got is not None, f"{adapted.said}: no gradient reaches the input. {hint}")
        expect_close(
            got, wanted, f"{adapted.said}: gradient of the input", hint=hint, rtol=1e-3, atol=1e-2
        )


def merges_into_one_linear_layer(probe, rng):
    """merge() returns an nn.Linear whose weight holds the base's and the scaled update."""
    for sizes in SIZES:
        adapted = _Adapted(probe, rng, sizes)
        adapted.fill()
        wanted = adapted.weight + adapted.update()
        _, weight, _ = adapted.merged()
        hint = "It is the base's weight plus alpha / r times B A."
        what = f"{adapted.said}: merge().weight"
        expect_close(weight, wanted, what, hint=hint, rtol=1e-3, atol=1e-3)


def merging_leaves_the_layer(probe, rng):
    """After merge() the layer's parameters, the base and the output are what they were."""
    for sizes in SIZES[:2]:
        adapted = _Adapted(probe, rng, sizes)
        adapted.fill()
        x = adapted.x(5)
        before, state = adapted.output(x), probe.state(adapted.layer)
        base = probe.state(adapted.base)
        made, weight, _ = adapted.merged()
        hint = "merge() makes a new layer and changes nothing in the old one."
        expect_close(adapted.output(x), before, f"{adapted.said} after merge()", hint=hint)
        for kept, was in ((probe.state(adapted.layer), state), (probe.state(adapted.base), base)):
            for name, value in was.items():
                expect(name in kept, f"{adapted.said} after merge(): {name} is gone. {hint}")
                if isinstance(value, torch.Tensor):
                    expect_close(kept[name], value, f"{name} after merge()", hint=hint)
        adapted.fill()
        hint = "Does it share its weight with the layer?"
        now = probe.state(made)["weight"]
        expect_close(now, weight, "merge().weight after the layer trained on", hint=hint)


def keeps_the_bias(probe, rng):
    """The merged layer has the base's bias, and none where the base has none."""
    for sizes in SIZES[:2]:
        adapted = _Adapted(probe, rng, sizes)
        bias = adapted.merged()[2]
        expect(bias is not None, f"{adapted.said}: merge() has lost the base's bias.")
        expect_close(bias, adapted.bias, f"{adapted.said}: merge().bias")
        adapted = _Adapted(probe, rng, sizes, bias=False)
        x, said = adapted.x(4), f"{adapted.said} without a bias in the base"
        expect_close(adapted.output(x), adapted.plain(x), said)
        bias = adapted.merged()[2]
        if bias is not None:
            zeros = torch.zeros(adapted.outputs)
            expect_close(bias, zeros, f"{said}: merge().bias", hint="The base has none.")
