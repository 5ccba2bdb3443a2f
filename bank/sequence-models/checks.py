"""Checks of lstm_cell against the framework: c, h, biases, sizes, large values, gradients."""

from itertools import permutations

import torch

from interviewer.compare import (
    expect,
    expect_close,
    expect_tensor,
    expect_tuple,
    reference_gradients,
)

ENTRIES = ("lstm_cell(x, h, c, W_ih, W_hh, b_ih, b_hh)",)
NAMES = ("x", "h", "c", "W_ih", "W_hh", "b_ih", "b_hh")
BUILT_IN = (
    "The framework's LSTM does the whole task. That counts, but be ready to be asked: "
    "how would you write the step with two matrix products, three sigmoids and two tanh?"
)
GUIDANCE = dict.fromkeys(("LSTMCell", "LSTM"), BUILT_IN)

PRELUDE = """
def _arguments_after(function, *args):
    function(*args)
    return args
"""


def _inputs(rng, batch=5, inputs=3, hidden=4):
    """Random arguments; the biases are zero but where a check is about them."""
    sizes = ((batch, inputs), (batch, hidden), (batch, hidden))
    sizes += ((4 * hidden, inputs), (4 * hidden, hidden))
    biases = (torch.zeros(4 * hidden), torch.zeros(4 * hidden))
    return (*(torch.randn(size, generator=rng) for size in sizes), *biases)


def _with_biases(rng, inputs):
    return (*inputs[:5], *(torch.randn(b.shape, generator=rng) for b in inputs[5:]))


def _gates(x, h, _c, w_ih, w_hh, b_ih, b_hh, order="ifgo"):
    rows = torch.tensor_split(x @ w_ih.T + b_ih + h @ w_hh.T + b_hh, 4, dim=1)
    raw = dict(zip(order, rows, strict=True))
    return {k: torch.tanh(v) if k == "g" else torch.sigmoid(v) for k, v in raw.items()}


def _reference(*inputs, order="ifgo"):
    gates = _gates(*inputs, order=order)
    c = gates["f"] * inputs[2] + gates["i"] * gates["g"]
    return gates["o"] * torch.tanh(c), c


def _doubles(inputs):
    return [t.double() for t in inputs]


def _step(probe, inputs):
    """The submission's h and c, with their shapes established."""
    h, c = expect_tuple(probe.call("lstm_cell", *inputs), 2, "lstm_cell")
    for name, value in (("h", h), ("c", c)):
        expect_tensor(value, tuple(inputs[2].shape), name)
        expect(value.is_floating_point(), f"{name}: expected real numbers, got {value.dtype}.")
    return h.detach(), c.detach()


def _likely_cause(h, c, inputs):
    """A remark where the wrong cell state is that of another gate order, or is the returned h."""
    doubles = _doubles(inputs)
    if torch.allclose(h.double(), _reference(*doubles)[1], rtol=1e-3, atol=1e-4):
        return "The first value returned is the cell state: h comes first."
    for order in permutations("ifgo"):
        if torch.allclose(c.double(), _reference(*doubles, order=order)[1], rtol=1e-3, atol=1e-4):
            return f"It is as if the gates were read in the order {', '.join(order)}."
    return "The new cell state is f * c + i * g."


def new_cell_state(probe, rng):
    """The new cell state is f * c + i * g, with the gates' rows in the order i, f, g, o."""
    for sizes in ((5, 3, 4), (5, 3, 4), (3, 6, 5)):
        inputs = _inputs(rng, *sizes)
        h, c = _step(probe, inputs)
        want = _reference(*_doubles(inputs))[1]
        expect_close(c, want, "c", hint=_likely_cause(h, c, inputs))


def new_hidden_state(probe, rng):
    """The new hidden state is o * tanh of the new cell state that comes with it."""
    for sizes in ((5, 3, 4), (3, 6, 5)):
        inputs = _inputs(rng, *sizes)
        h, c = _step(probe, inputs)
        want = _gates(*_doubles(inputs))["o"] * torch.tanh(c.double())
        hint = "It is o * tanh(c) with the c you returned; o is a sigmoid of the last H rows."
        expect_close(h, want, "h", hint=hint)


def both_biases_count(probe, rng):
    """b_ih and b_hh both act as the weights of one more input of 1, and gradients reach both."""
    for sizes in ((5, 3, 4), (2, 4, 3)):
        plain = _inputs(rng, *sizes)
        x, h, c, w_ih, w_hh, b_ih, b_hh = inputs = _with_biases(rng, plain)
        ones = torch.cat([x, torch.ones(len(x), 1)], 1)
        wider = torch.cat([w_ih, (b_ih + b_hh)[:, None]], 1)
        wanted = _step(probe, (ones, h, c, wider, w_hh, *plain[5:]))
        hint = "With their sum as the weights of an input of 1 you return the expected value."
        for name, got, want in zip("hc", _step(probe, inputs), wanted, strict=True):
            expect_close(got, want, f"{name} with biases", atol=1e-4, hint=hint)
        reached = probe.gradients("lstm_cell", *inputs, wrt=(5, 6)).inputs
        for name, got in zip(NAMES[5:], reached, strict=True):
            expect(got is not None, f"No gradient reached {name}: was it detached on the way?")


def any_batch_and_width(probe, rng):
    """Each row of a batch goes its own way, also in a batch of one and with a single unit."""
    for batch, width, hidden in ((1, 3, 4), (4, 1, 3), (5, 3, 1), (1, 1, 1), (8, 3, 2), (2, 3, 33)):
        inputs = _inputs(rng, batch, width, hidden)
        together = _step(probe, inputs)
        alone = _step(probe, (*(t[-1:] for t in inputs[:3]), *inputs[3:]))
        for name, got, want in zip("hc", together, alone, strict=True):
            what = f"last row of {name} at B = {batch}, D = {width}, H = {hidden}"
            expect_close(got[-1:], want, what, hint="Alone the row gives the expected value.")


def large_values_stay_right(probe, rng):
    """Large pre-activations give finite results, and a large cell state is not clipped."""
    x, h, c, *weights = _inputs(rng)
    for factor in (300.0, -300.0):
        found = _step(probe, (factor * x.sign(), h, c, weights[0].sign(), *weights[1:]))
        for name, value in zip("hc", found, strict=True):
            finite = bool(torch.isfinite(value).all())
            expect(finite, f"{name} has inf or NaN at pre-activations of some hundreds.")
    large = 20.0 * c.sign() + 5.0 * c.clamp(-1, 1)
    nothing, once, twice = (_step(probe, (x, h, k * large, *weights))[1] for k in (0.0, 1.0, 2.0))
    hint = "Twice the old cell state has to make twice the difference: clip nothing."
    expect_close(twice - nothing, 2 * (once - nothing), "change of c", atol=1e-3, hint=hint)


def gradients_flow_through_time(probe, rng):
    """Gradients of x, h, c and both weights are those of the values: nothing is detached."""
    inputs = _inputs(rng)
    found = probe.gradients("lstm_cell", *inputs, wrt=(0, 1, 2, 3, 4))
    values = expect_tuple(found.value, 2, "lstm_cell")
    real = [v for v in values if isinstance(v, torch.Tensor) and v.is_floating_point()]
    expect(len(real) == 2, "lstm_cell: expected two tensors of real numbers.")
    _, weights = reference_gradients(lambda h, c: (h, c), *real, seed=found.seed)
    for place, (name, got) in enumerate(zip(NAMES[:5], found.inputs, strict=True)):
        expect(got is not None, f"No gradient reached {name}: was it detached on the way?")
        direction = torch.randn(got.shape, generator=rng)
        want = _slope(probe, inputs, place, direction, weights)
        what = f"slope along a random direction of {name}"
        got = (got.double() * direction).sum()
        hint = "The values returned change by the expected amount, your gradients say otherwise."
        expect_close(got, want, what, rtol=1e-2, atol=1e-2, hint=hint)


def _slope(probe, inputs, place, direction, weights):
    """How fast the weighted outputs change, from two calls a small step apart."""
    size, sums = 1e-2 / float(direction.norm()), []
    for sign in (1, -1):
        moved = list(inputs)
        moved[place] = inputs[place] + sign * size * direction
        parts = zip(_step(probe, moved), weights, strict=True)
        sums.append(sum((v.double() * w.double()).sum() for v, w in parts))
    return (sums[0] - sums[1]) / (2 * size)


def arguments_are_left_alone(probe, rng):
    """All seven arguments have their values after the call."""
    probe.prelude(PRELUDE)
    inputs = _with_biases(rng, _inputs(rng))
    after = probe.call("prelude:_arguments_after", probe.entry("lstm_cell"), *inputs)
    for name, before, now in zip(NAMES, inputs, after, strict=True):
        expect_close(now, before, f"{name} after the call", hint="It was changed in place.")
