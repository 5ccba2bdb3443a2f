"""Checks of manual_backward against autograd: each gradient, units that are off, no_grad."""

import torch

from interviewer.compare import describe, expect, expect_close, expect_tuple

ENTRIES = ("manual_backward(x, W1, b1, W2, y)",)
SHAPES = ((5, 7, 3), (4, 4, 4), (6, 2, 1), (1, 3, 2), (1, 1, 1))  # inputs, hidden units, outputs
NAMES = ("loss", "dW1", "db1", "dW2")
AUTOGRAD = (
    "Here autograd seems to do the whole task. That counts where it works under torch.no_grad(), "
    "but be ready to be asked: which product of local derivatives is dW1?"
)
GUIDANCE = dict.fromkeys(
    ("enable_grad", "set_grad_enabled", "grad_and_value", "vjp", "jacrev", "jacfwd"), AUTOGRAD
)

PRELUDE = """
import torch


def _without_grad(function, *args):
    with torch.no_grad():
        return function(*args)


def _arguments_after(function, *args):
    function(*args)
    return args
"""


def _inputs(rng, shape):
    inputs, hidden, outputs = shape
    sizes = ((inputs,), (hidden, inputs), (hidden,), (outputs, hidden), (outputs,))
    return [0.7 * torch.randn(size, generator=rng) for size in sizes]


def _reference(x, w1, b1, w2, y):
    x, w1, b1, w2, y = (t.double() for t in (x, w1, b1, w2, y))
    weights = [t.requires_grad_(True) for t in (w1, b1, w2)]
    loss = (w2 @ torch.relu(w1 @ x + b1) - y).square().sum()
    return dict(zip(NAMES, (loss.detach(), *torch.autograd.grad(loss, weights)), strict=True))


def _parts(value):
    return dict(zip(NAMES, expect_tuple(value, 4, "manual_backward"), strict=True))


def _compare(probe, inputs, name, hint):
    found = _parts(probe.call("manual_backward", *inputs))
    n, k, m = inputs[0].numel(), inputs[2].numel(), inputs[4].numel()
    expect_close(
        found[name], _reference(*inputs)[name], f"{name} at n={n}, k={k}, m={m}", hint=hint
    )


def loss_is_a_sum_of_squares(probe, rng):
    """The loss is the sum, not the mean, of the squared errors over the outputs: one number."""
    for shape in SHAPES:
        _compare(probe, _inputs(rng, shape), "loss", "It is the sum of (y_hat - y)^2.")


def gradient_of_the_second_weight(probe, rng):
    """dW2 equals autograd's: the output's gradient times the hidden activations."""
    for shape in SHAPES:
        hint = "dW2 is an outer product: 2 * (y_hat - y), and h after the ReLU."
        _compare(probe, _inputs(rng, shape), "dW2", hint)


def gradient_of_the_bias(probe, rng):
    """db1 equals autograd's: the output's gradient brought back through W2 and the ReLU."""
    for shape in SHAPES:
        hint = "It is W2 transposed times 2 * (y_hat - y), where the ReLU was on, and 0 elsewhere."
        _compare(probe, _inputs(rng, shape), "db1", hint)


def gradient_of_the_first_weight(probe, rng):
    """dW1 equals autograd's: the gradient at the hidden layer's input, times x."""
    for shape in SHAPES:
        hint = "dW1 is an outer product: the gradient at W1 x + b1, and x."
        _compare(probe, _inputs(rng, shape), "dW1", hint)


def units_that_are_off_pass_nothing(probe, rng):
    """A unit whose input is 0 or below, exactly 0 included, passes no gradient back."""
    x, w1, b1, w2, y = _inputs(rng, SHAPES[0])
    dead = -(w1 @ x).abs() - 1 - b1.abs()
    found = _parts(probe.call("manual_backward", x, w1, dead, w2, y))
    for name in ("dW1", "db1", "dW2"):
        _expect_zero(found[name], f"{name}: every ReLU is off here, so no gradient passes.")
    x = torch.randint(1, 4, x.shape, generator=rng).float()
    w1 = torch.randint(-2, 3, w1.shape, generator=rng).float()
    b1[::2] = -(w1 @ x)[::2]  # whole numbers: exactly 0 in any order of summation
    w1[2], b1[2] = 0.0, 0.0
    found = _parts(probe.call("manual_backward", x, w1, b1, w2, y))
    for name in ("dW1", "db1"):
        told = f"{name}: a unit at exactly 0 got a gradient. ReLU's derivative at 0 is 0."
        _expect_zero(found[name], told, every=2)


def _expect_zero(gradient, told, every=1):
    """Zero in every so many rows; the other rows and the shape are other checks' business."""
    known = isinstance(gradient, torch.Tensor) and gradient.dim() > 0
    expect(known and not bool((gradient[::every] != 0).any()), told)


def works_without_autograd(probe, rng):
    """Under torch.no_grad() it returns the same values as outside."""
    probe.prelude(PRELUDE)
    inputs = _inputs(rng, SHAPES[0])
    usual = _parts(probe.call("manual_backward", *inputs))
    own = probe.entry("manual_backward")
    found = _parts(probe.call("prelude:_without_grad", own, *inputs))
    for name, want in usual.items():
        expect(isinstance(want, (torch.Tensor, float, int)), f"{name} is {describe(want)}.")
        expect_close(found[name], torch.as_tensor(want), f"{name} under torch.no_grad()")


def arguments_are_left_alone(probe, rng):
    """The five arguments have their values after the call."""
    probe.prelude(PRELUDE)
    inputs = _inputs(rng, SHAPES[0])
    after = probe.call("prelude:_arguments_after", probe.entry("manual_backward"), *inputs)
    for name, before, now in zip(("x", "W1", "b1", "W2", "y"), inputs, after, strict=True):
        expect_close(now, before, f"{name} after the call", hint="It was changed in place.")
