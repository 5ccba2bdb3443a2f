"""Checks of gan_losses on small networks: values, where gradients go, what the caller may do."""

import torch

from interviewer.compare import (
    RTOL,
    describe,
    expect,
    expect_close,
    expect_scalar,
    expect_tuple,
    fail,
)

ENTRIES = ("gan_losses(discriminator, generator, real, z)",)
SIZES = ((1, 3, 4), (2, 5, 6), (7, 3, 4), (16, 2, 9))  # batch, noise, numbers in a sample
HIDDEN = 8
FLOOR = 1e-12
NAMES = ("d_loss", "g_loss")

PRELUDE = """
import torch
from torch import nn


class Discriminator(nn.Module):
    def __init__(self, weights, column):
        super().__init__()
        self.weights = nn.ParameterList([nn.Parameter(w.clone()) for w in weights])
        self.column = column

    def forward(self, x):
        first, second, third, bias = self.weights
        hidden = torch.tanh(x.flatten(1) @ first + second)
        out = torch.sigmoid(hidden @ third + bias)
        return out.unsqueeze(1) if self.column else out


class Generator(nn.Module):
    def __init__(self, weights, shape):
        super().__init__()
        self.weights = nn.ParameterList([nn.Parameter(w.clone()) for w in weights])
        self.shape = shape

    def forward(self, z):
        first, second, third = self.weights
        return (torch.tanh(z @ first + second) @ third).reshape(-1, *self.shape)


def _networks(ours, theirs, shape, column):
    return Discriminator(ours, column), Generator(theirs, shape)


def _losses(function, ours, theirs, real, z, column):
    networks = _networks(ours, theirs, real.shape[1:], column)
    return networks, function(*networks, real, z)


def _grads(network):
    return [p.grad for p in network.parameters()]


def _plain(value):
    if isinstance(value, torch.Tensor):
        return value.detach()
    if isinstance(value, (tuple, list)):
        return tuple(_plain(part) for part in value)
    return value


def _values(*given):
    return _plain(_losses(*given)[1])


def _backward(order, *given):
    (discriminator, generator), losses = _losses(*given)
    found = {"losses": _plain(losses), "error": None, "with graph": [], "after": []}
    if not isinstance(losses, (tuple, list)) or len(losses) != 2:
        return found
    for which in order:
        loss = losses[which]
        fit = isinstance(loss, torch.Tensor) and loss.numel() == 1 and not loss.is_complex()
        found["with graph"].append(bool(fit and loss.requires_grad))
        if found["with graph"][-1]:
            try:
                loss.backward()
            except RuntimeError as error:
                found["error"] = str(error)[:200]
        found["after"].append({"ours": _grads(discriminator), "theirs": _grads(generator)})
        for network in (discriminator, generator):
            network.zero_grad()
    return found


def _state(network):
    return {
        "values": [p.detach().clone() for p in network.parameters()],
        "trains": [p.requires_grad for p in network.parameters()],
        "grads": [p.grad is not None and bool(p.grad.any()) for p in network.parameters()],
        "mode": network.training,
    }


def _left(function, ours, theirs, real, z, column):
    networks, _ = _losses(function, ours, theirs, real, z, column)
    return {"networks": [_state(network) for network in networks], "real": real, "z": z}
"""


def _inputs(rng, size, bias=0.0):
    batch, noise, width = size

    def normal(*shape):
        return torch.randn(shape, generator=rng)

    ours = [normal(width, HIDDEN) / width**0.5, 0.3 * normal(HIDDEN), 0.6 * normal(HIDDEN)]
    ours.append(torch.tensor(float(bias)))
    theirs = [normal(noise, HIDDEN) / noise**0.5, 0.3 * normal(HIDDEN), 0.5 * normal(HIDDEN, width)]
    return ours, theirs, normal(batch, width), normal(batch, noise), False


def _reference(ours, theirs, real, z, _column):
    """Values of both losses, and the gradients that matter, in float64."""
    ours, theirs = ([w.double().requires_grad_(True) for w in part] for part in (ours, theirs))
    fake = torch.tanh(z.double() @ theirs[0] + theirs[1]) @ theirs[2]

    def score(x):
        return torch.tanh(x @ ours[0] + ours[1]) @ ours[2] + ours[3]

    softplus = torch.nn.functional.softplus
    d_loss = softplus(-score(real.double())).mean() + softplus(score(fake.detach())).mean()
    g_loss = softplus(-score(fake)).mean()
    wanted = torch.autograd.grad(d_loss, ours), torch.autograd.grad(g_loss, theirs)
    return (d_loss.item(), g_loss.item()), wanted


def _ask(probe, name, inputs, *before):
    probe.prelude(PRELUDE)
    return probe.call(f"prelude:{name}", *before, probe.entry("gan_losses"), *inputs)


def _discriminators(found, wanted, where):
    """The sum of both terms or half of it."""
    got = expect_scalar(found, f"d_loss {where}")
    near = any(abs(got - f * wanted) <= 1e-5 + RTOL * wanted for f in (1.0, 0.5))
    expect(
        near,
        f"d_loss {where}: expected {wanted:.6g} or its half {wanted / 2:.6g}, got {got:.6g}. "
        "It is -log D(real) - log(1 - D(fake)), each a mean over the batch.",
    )


def _generators(found, wanted, where):
    hint = "It is the mean of -log D(fake): the generator wants its samples called real."
    expect_scalar(found, f"g_loss {where}")
    expect_close(found, wanted, f"g_loss {where}", hint=hint)


def _pair(value):
    return expect_tuple(value, 2, "gan_losses")


def _direction(got, wanted, what, hint):
    """Gradients up to one positive factor: size is a matter for the checks of the values."""
    parts = []
    for mine, want in zip(got, wanted, strict=True):
        fit = isinstance(mine, torch.Tensor) and mine.shape == want.shape
        parts.append(mine.double().flatten() if fit else torch.zeros(want.numel()).double())
    have, want = torch.cat(parts), torch.cat([w.flatten() for w in wanted])
    size = float(have.norm())
    expect(size > FLOOR, f"{what}: nothing arrived. {hint}")
    angle = float((have / size - want / want.norm()).norm())
    expect(
        angle < 5e-3,
        f"{what}: the direction is off, its distance from the expected unit vector is {angle:.3g} "
        f"(at most 0.005). {hint}",
    )


def _after(probe, inputs, order):
    found = _ask(probe, "_backward", inputs, list(order))
    _pair(found["losses"])
    if len(order) == 1 and found["error"] is not None:
        fail(f"Backward on {NAMES[order[0]]} alone ended in: {found['error']}")
    return found


def discriminator_loss(probe, rng):
    """d_loss is cross-entropy with real as 1 and fake as 0, each a mean: the sum or its half."""
    for size in SIZES:
        for bias in (-1.0, 0.5, 1.5):
            inputs = _inputs(rng, size, bias=bias)
            (wanted, _), _ = _reference(*inputs)
            _discriminators(_pair(_ask(probe, "_values", inputs))[0], wanted, f"at B={size[0]}")


def generator_loss(probe, rng):
    """g_loss is the non-saturating loss: the mean of -log D(fake)."""
    for size in SIZES:
        for bias in (-3.0, 0.0, 1.5):
            inputs = _inputs(rng, size, bias=bias)
            (_, wanted), _ = _reference(*inputs)
            _generators(_pair(_ask(probe, "_values", inputs))[1], wanted, f"at B={size[0]}")


def probabilities_in_a_column(probe, rng):
    """Both losses stay the same when the discriminator's output is (B, 1), also for images."""
    for size, image in ((SIZES[2], False), (SIZES[1], True), (SIZES[0], False)):
        *inputs, _ = _inputs(rng, size)
        flat = _pair(_ask(probe, "_values", [*inputs, False]))
        if image:
            inputs[2] = inputs[2].reshape(size[0], 1, 2, size[2] // 2)
        column = _pair(_ask(probe, "_values", [*inputs, True]))
        for name, was, now in zip(NAMES, flat, column, strict=True):
            kind = f"{name} for {'images' if image else 'vectors'}"
            wanted = expect_scalar(was, f"{kind} with D's output of shape ({size[0]},)")
            hint = f"With D's output of shape ({size[0]},) it is what was expected here."
            expect_scalar(now, f"{kind} with D's output of shape ({size[0]}, 1)")
            expect_close(now, wanted, f"{kind} with D's output of shape ({size[0]}, 1)", hint=hint)


def discriminator_learns_from_both_terms(probe, rng):
    """d_loss moves the discriminator's parameters as the real and the fake term together do."""
    for size in SIZES:
        inputs = _inputs(rng, size, bias=0.5)
        _, (wanted, _) = _reference(*inputs)
        found = _after(probe, inputs, [0])
        expect(found["with graph"][0], f"d_loss: {describe(found['losses'][0])} has no graph.")
        hint = "Both discriminator(real) and discriminator(fake) have to be in d_loss's graph."
        what = "gradient of d_loss for the discriminator"
        _direction(found["after"][0]["ours"], wanted, what, hint)


def generator_gets_nothing_from_d_loss(probe, rng):
    """d_loss sends no gradient to the generator."""
    for size in SIZES:
        found = _after(probe, _inputs(rng, size), [0])
        for gradient in found["after"][0]["theirs"]:
            reached = isinstance(gradient, torch.Tensor) and bool(gradient.ne(0).any())
            expect(
                not reached,
                "The backward pass of d_loss left a gradient in the generator's parameters: a "
                "discriminator step would teach it to make worse fakes.",
            )


def generator_learns_from_g_loss(probe, rng):
    """g_loss moves the generator by the gradient of -log D(fake), also when D is sure of fakes."""
    for size in SIZES:
        for bias in (0.0, -4.0):
            inputs = _inputs(rng, size, bias=bias)
            _, (_, wanted) = _reference(*inputs)
            found = _after(probe, inputs, [1])
            expect(found["with graph"][0], f"g_loss: {describe(found['losses'][1])} has no graph.")
            hint = "It is that of -log D(fake), through the discriminator into generator(z)."
            what = "gradient of g_loss for the generator"
            _direction(found["after"][0]["theirs"], wanted, what, hint)


def backward_on_one_then_the_other(probe, rng):
    """Backward on d_loss and then g_loss works, and so does the reverse order."""
    for order in ((0, 1), (1, 0)):
        found = _after(probe, _inputs(rng, SIZES[2]), order)
        first, second = (NAMES[which] for which in order)
        if found["error"] is not None:
            fail(f"Backward on {first} and then on {second} ended in: {found['error']}")


def networks_and_inputs_are_left_alone(probe, rng):
    """After the call both networks, real and z are as before: weights, gradients, flags, mode."""
    inputs = _inputs(rng, SIZES[2])
    found = _ask(probe, "_left", inputs)
    names = ("discriminator", "generator")
    for name, state, before in zip(names, found["networks"], inputs[:2], strict=True):
        for now, was in zip(state["values"], before, strict=True):
            expect_close(now, was, f"a parameter of the {name} after the call")
        expect(all(state["trains"]), f"A parameter of the {name} no longer requires a gradient.")
        expect(not any(state["grads"]), f"The call left a gradient in the {name}: run no backward.")
        expect(state["mode"], f"The {name} was in training mode and is now in evaluation mode.")
    for name, now, was in zip(("real", "z"), (found["real"], found["z"]), inputs[2:4], strict=True):
        expect_close(now, was, f"{name} after the call", hint="It was changed in place.")
