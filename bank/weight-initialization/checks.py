"""Checks of init_weights: He-normal weights, zero biases, everything else as it was.

Models are made in the child with marked parameters; the values found after `apply` are judged here.
"""

import torch

from interviewer.compare import expect, expect_close, expect_tensor

ENTRIES = ("init_weights(module)",)
LINEAR = {"0": (400, 100), "2": (100, 300)}
CONV = {"0": (64, 16, 5, 3), "3": (40, 64, 3, 3)}
DEPTH, WIDTH = 30, 256
MARK = 7.0  # no initialization gives it: a layer that is left out shows
STD_TOLERANCE = 0.04  # some ten standard errors for the smallest of the layers
KURTOSIS = (2.1, 3.4)  # 3 for a normal, about 2.4 when truncated at two sigma, 1.8 for a uniform

PRELUDE = f"""
import torch
from torch import nn


class Wrapped(nn.Module):
    def __init__(self, body):
        super().__init__()
        self.body = body
        self.scale = nn.Parameter(torch.ones(3))

    def forward(self, x):
        return self.body(x)


def _linear_net(bias=True):
    return nn.Sequential(nn.Linear(400, 100, bias=bias), nn.ReLU(), nn.Linear(100, 300, bias=bias))


def _conv_net(bias=True):
    return nn.Sequential(
        nn.Conv2d(16, 64, (5, 3), bias=bias), nn.ReLU(), nn.MaxPool2d(2),
        nn.Conv2d(64, 40, 3, padding=1, bias=bias), nn.Flatten(), nn.Dropout(0.1),
    )


def _mixed_net():
    return nn.Sequential(
        Wrapped(nn.Sequential(nn.Conv2d(3, 8, 3), nn.BatchNorm2d(8), nn.GroupNorm(2, 8))),
        nn.InstanceNorm2d(8, affine=True), nn.AdaptiveAvgPool2d(1), nn.Flatten(),
        nn.Linear(8, 6), nn.BatchNorm1d(6), nn.LayerNorm(6), nn.LayerNorm(6, bias=False),
        nn.BatchNorm1d(6, affine=False), nn.RMSNorm(6), nn.Linear(6, 2),
    )


def _deep_net():
    layers = []
    for _ in range({DEPTH}):
        layers += [nn.Linear({WIDTH}, {WIDTH}), nn.ReLU()]
    return nn.Sequential(*layers)


def _apply_to(model, function):
    model.apply(function)
"""


def _made(probe, kind, *args):
    """A model of the prelude, its parameters and buffers marked, before `apply`."""
    probe.prelude(PRELUDE)
    model = probe.new(f"prelude:_{kind}", *args)
    state = probe.state(model)
    marks = {name: torch.full_like(value, MARK) for name, value in state.items()}
    probe.set_state(model, marks)
    return model


def _initialised(probe, kind, *args):
    model = _made(probe, kind, *args)
    probe.call("prelude:_apply_to", model, probe.entry("init_weights"))
    return probe.state(model)


def _value(state, name, shape):
    value = expect_tensor(state.get(name), shape, name).detach()
    return value.to(torch.float64)


def _expect_he(weight, what):
    """Mean 0, the bell shape and the spread of He for one of the fans."""
    spots = weight[0, 0].numel() if weight.dim() == 4 else 1
    fans = {"fan-in": weight.shape[1] * spots, "fan-out": weight.shape[0] * spots}
    (std, kurtosis), mean = _moments(weight), float(weight.mean())
    expect(not bool((weight == MARK).all()), f"{what} was left as it was.")
    wanted = {name: (2 / fan) ** 0.5 for name, fan in fans.items()}
    shown = " or ".join(f"{number:.4f} ({name} {fans[name]})" for name, number in wanted.items())
    expect(
        any(abs(std - number) < STD_TOLERANCE * number for number in wanted.values()),
        f"{what}: expected standard deviation sqrt(2 / fan), {shown}; found {std:.4f}.",
    )
    expect(abs(mean) < 0.06 * std, f"{what}: expected mean 0, found {mean:.4g}, std {std:.4g}.")
    expect(
        KURTOSIS[0] < kurtosis < KURTOSIS[1],
        f"{what} has the right spread but is not normally distributed: the fourth moment over the "
        f"squared variance is {kurtosis:.2f}; 3 for a normal, 1.8 for a uniform distribution.",
    )


def he_normal_on_linear(probe, rng):
    """The weight of every Linear is normal with mean 0 and variance 2 / fan, fan-in or fan-out."""
    state = _initialised(probe, "linear_net")
    for name, (fan_in, fan_out) in LINEAR.items():
        weight = _value(state, f"{name}.weight", (fan_out, fan_in))
        _expect_he(weight, f"The weight of Linear({fan_in}, {fan_out})")


def he_normal_on_conv2d(probe, rng):
    """The weight of every Conv2d is He-normal too, its fan counting the kernel positions."""
    state = _initialised(probe, "conv_net")
    for name, shape in CONV.items():
        weight = _value(state, f"{name}.weight", shape)
        _expect_he(weight, f"The weight of Conv2d({shape[1]}, {shape[0]}, {shape[2:]})")


def units_start_out_different(probe, rng):
    """The weights of a layer are independent draws: no two units start as copies of each other."""
    kinds = (("linear_net", LINEAR), ("conv_net", CONV))
    for kind, layers in kinds:
        state = _initialised(probe, kind)
        for name, shape in layers.items():
            shape = shape if len(shape) == 4 else shape[::-1]
            weight = _value(state, f"{name}.weight", shape).flatten(1)
            for rows, axis in ((weight, "output"), (weight.T, "input")):
                alike = torch.corrcoef(rows).fill_diagonal_(0).nan_to_num(nan=1.0).abs().max()
                expect(
                    float(alike) < 0.8,
                    f"Two {axis} units of one layer ({kind}, layer {name}) have weights with "
                    f"correlation {float(alike):.2f}: they start (nearly) equal.",
                )


def biases_become_zero(probe, rng):
    """The biases of Linear and Conv2d layers are exactly zero afterwards."""
    for kind, layers in (("linear_net", LINEAR), ("conv_net", CONV)):
        state = _initialised(probe, kind)
        for name, shape in layers.items():
            size = shape[0] if len(shape) == 4 else shape[1]
            bias = _value(state, f"{name}.bias", (size,))
            expect_close(bias, torch.zeros(size), f"bias of layer {name} ({kind})", rtol=0, atol=0)


def works_without_bias(probe, rng):
    """Linear and Conv2d with bias=False get weights like those with a bias, and nothing crashes."""
    for kind, layers in (("linear_net", LINEAR), ("conv_net", CONV)):
        usual, state = _initialised(probe, kind), _initialised(probe, kind, False)
        for name, shape in layers.items():
            shape = shape if len(shape) == 4 else shape[::-1]
            what = f"The weight of layer {name} without bias ({kind})"
            weight = _value(state, f"{name}.weight", shape)
            expect(not bool((weight == MARK).all()), f"{what} was left as it was.")
            got, wanted = _moments(weight), _moments(_value(usual, f"{name}.weight", shape))
            expect(
                abs(got[0] - wanted[0]) < 0.06 * wanted[0] and abs(got[1] - wanted[1]) < 0.6,
                f"{what}: expected the distribution of a layer with a bias, with standard "
                f"deviation {wanted[0]:.4f} and kurtosis {wanted[1]:.2f}; found {got[0]:.4f} and "
                f"{got[1]:.2f}.",
            )


def _moments(weight):
    """Standard deviation and kurtosis."""
    std = float(weight.std())
    return std, float(((weight - weight.mean()) / max(std, 1e-12)).pow(4).mean())


def leaves_norm_layers_alone(probe, rng):
    """Batch, group, instance, layer and RMS norm keep their parameters and buffers exactly."""
    model = _made(probe, "mixed_net")
    before = probe.state(model)
    ours = {f"{name}.{part}" for name in ("0.body.0", "4", "10") for part in ("weight", "bias")}
    drawn = {
        name: torch.rand(value.shape, generator=rng) + 0.5
        for name, value in before.items()
        if name not in ours and value.is_floating_point()
    }
    probe.set_state(model, drawn)
    probe.call("prelude:_apply_to", model, probe.entry("init_weights"))
    after = probe.state(model)
    for name, value in drawn.items():
        hint = "Only Linear and Conv2d are to be initialised."
        expect_close(after.get(name), value, name, rtol=0, atol=0, hint=hint)


def parameters_stay_trainable(probe, rng):
    """Every parameter keeps its name, shape and dtype, and still requires a gradient."""
    for kind in ("linear_net", "conv_net", "mixed_net"):
        model = _made(probe, kind)
        before, types = probe.parameters(model), _types(probe, model)
        probe.call("prelude:_apply_to", model, probe.entry("init_weights"))
        after, types_after = probe.parameters(model), _types(probe, model)
        for name, (shape, trains) in before.items():
            found = after.get(name)
            expect(found is not None, f"{name} ({kind}) is not a parameter any more.")
            expect(
                list(found[0]) == list(shape),
                f"{name} ({kind}): expected shape {tuple(shape)}, got {tuple(found[0])}.",
            )
            expect(found[1] == trains, f"{name} ({kind}) no longer requires a gradient.")
        for name, wanted in types.items():
            got = types_after.get(name)
            expect(got == wanted, f"{name} ({kind}): expected {wanted}, got {got}.")


def _types(probe, model):
    return {name: value.dtype for name, value in probe.state(model).items()}


def activations_keep_their_scale(probe, rng):
    """Through 30 Linear layers with ReLU the activations neither vanish nor explode."""
    state = _initialised(probe, "deep_net")
    x = torch.randn(64, WIDTH, generator=rng, dtype=torch.float64)
    start = float(x.pow(2).mean())
    for layer in range(DEPTH):
        weight = _value(state, f"{2 * layer}.weight", (WIDTH, WIDTH))
        x = torch.relu(x @ weight.T + _value(state, f"{2 * layer}.bias", (WIDTH,)))
    ratio = float(x.pow(2).mean()) / start
    way = "vanish" if ratio < 1 else "explode"
    expect(
        1e-3 < ratio < 1e3,
        f"After {DEPTH} layers of Linear({WIDTH}, {WIDTH}) and ReLU the mean square of the "
        f"activations is {ratio:.3g} times that of the input: they {way}.",
    )
