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
    shape = tuple(inputs[2].shape)
    return expect_tensor(h, shape, "h"), expect_tensor(c, shape, "c")


def _compare(probe, inputs, where, hint=""):
    want_h, want_c = _reference(*_doubles(inputs))
    h, c = _step(probe, inputs)
    expect_close(c, want_c, f"c {where}", hint=hint)
    expect_close(h, want_h, f"h {where}", hint=hint)


def _likely_cause(h, c, inputs):
    """A remark where the wrong cell state is that of another gate order, or is the returned h."""
    doubles = _doubles(inputs)
    if torch.allclose(h.double(), _reference(*doubles)[1], rtol=1e-3, atol=1e-4):
        return "The first value returned is the cell state: h comes first."
    for order in permutations("ifgo"):
        if torch.allclose(c.double(), _reference(*doubles, order=order)[1], rtol=1e-3, atol=1e-4):
            return f"It is as if the gates were read in the order {', '.join(order)}."
    return "The new cell state is f * c + i * g."


def _real(tensor, name):
    expect(tensor.is_floating_point(), f"{name}: expected real numbers, got {tensor.dtype}.")


def new_cell_state(probe, rng):
    """The new cell state is f * c + i * g, with the gates' rows in the order i, f, g, o."""
    for _ in range(2):
        inputs = _inputs(rng)
        h, c = _step(probe, inputs)
        _real(h, "h")
        _real(c, "c")
        want = _reference(*_doubles(inputs))[1]
        expect_close(c, want, "c", hint=_likely_cause(h, c, inputs))


def new_hidden_state(probe, rng):
    """The new hidden state is o * tanh of the new cell state that comes with it."""
    inputs = _inputs(rng)
    h, c = _step(probe, inputs)
    _real(c, "c")
    want = _gates(*_doubles(inputs))["o"] * torch.tanh(c.detach().double())
    hint = "It is o * tanh(c) with the c you returned; o is a sigmoid of the last H rows."
    expect_close(h, want, "h", hint=hint)


def both_biases_count(probe, rng):
    """b_ih and b_hh are both added, and gradients reach both."""
    for sizes in ((5, 3, 4), (2, 4, 3)):
        inputs = _with_biases(rng, _inputs(rng, *sizes))
        _compare(probe, inputs, "with biases", "The gates get b_ih and b_hh, each once.")
        _compare_gradients(probe, inputs, (5, 6))


def any_batch_and_width(probe, rng):
    """It works for a batch of one, for a single feature and for a single hidden unit."""
    for batch, width, hidden in ((1, 3, 4), (4, 1, 3), (5, 3, 1), (1, 1, 1), (8, 3, 2), (2, 3, 33)):
        inputs = _inputs(rng, batch, width, hidden)
        _compare(probe, inputs, f"at B = {batch}, D = {width}, H = {hidden}")


def large_values_stay_right(probe, rng):
    """Large pre-activations and large cell states give finite, unclipped results."""
    x, h, c, w_ih, w_hh, b_ih, b_hh = _inputs(rng)
    # whole numbers: the pre-activations are exact, however they are summed
    x, h = (torch.randint(1, 4, t.shape, generator=rng).float() for t in (x, h))
    w_ih, w_hh = (torch.randint(-40, 41, t.shape, generator=rng).float() for t in (w_ih, w_hh))
    w_ih[:, 0], w_ih[::2] = 40.0, w_ih[::2].abs()
    w_ih[1::2] *= -1
    c = torch.randint(15, 31, c.shape, generator=rng) * torch.where(c < 0, -1.0, 1.0)
    inputs = (x, h, c, w_ih, w_hh, b_ih, b_hh)
    _compare(probe, inputs, "at large pre-activations")
    small = (x, h, c, 0.01 * w_ih, 0.01 * w_hh, b_ih, b_hh)
    _compare(probe, small, "at a large cell state", "A cell state may grow: clip nothing.")


def _compare_gradients(probe, inputs, wrt):
    found = probe.gradients("lstm_cell", *inputs, wrt=wrt)
    _, wanted = reference_gradients(_reference, *inputs, seed=found.seed, wrt=wrt)
    for place, got, want in zip(wrt, found.inputs, wanted, strict=True):
        name = NAMES[place]
        expect(got is not None, f"No gradient reached {name}: was it detached on the way?")
        expect_close(got, want, f"gradient of {name}", atol=1e-4)


def gradients_flow_through_time(probe, rng):
    """Gradients of x, h, c and both weights equal the framework's: nothing is detached."""
    _compare_gradients(probe, _inputs(rng), (0, 1, 2, 3, 4))


def arguments_are_left_alone(probe, rng):
    """All seven arguments have their values after the call."""
    probe.prelude(PRELUDE)
    inputs = _with_biases(rng, _inputs(rng))
    after = probe.call("prelude:_arguments_after", probe.entry("lstm_cell"), *inputs)
    for name, before, now in zip(NAMES, inputs, after, strict=True):
        expect_close(now, before, f"{name} after the call", hint="It was changed in place.")
