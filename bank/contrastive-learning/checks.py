"""Checks of nt_xent_loss: value, scale, temperature, default, one pair, gradient, arguments."""

import torch
from torch.nn import functional as F

from interviewer.compare import expect, expect_close, expect_scalar, reference_gradients
from interviewer.probe import CandidateError

ENTRIES = ("nt_xent_loss(z1, z2, temperature=0.5)",)
SHAPES = ((5, 8), (2, 3), (3, 16), (8, 4))  # images, dimensions
TERMS = (
    "Each of the 2N views is an anchor; its softmax runs over the 2N - 1 other views, its partner "
    "among them, and the result is the mean over all anchors."
)
NUMBER = (
    "If your function returns a plain or detached number, that passes the checks, but no training "
    "step can start from it: be ready to be asked what the optimizer needs from this loss."
)
GUIDANCE = dict.fromkeys(("item", "numpy", "no_grad"), NUMBER)

PRELUDE = """
def _arguments_after(function, *args):
    function(*args)
    return args
"""


def _inputs(rng, shape, noise=1.0):
    first = torch.randn(shape, generator=rng)
    second = first + noise * torch.randn(shape, generator=rng)
    return F.normalize(first, dim=1), F.normalize(second, dim=1)


def _reference(z1, z2, temperature=0.5):
    z = F.normalize(torch.cat([z1, z2]), dim=1).double()
    logits = z @ z.T / temperature
    others = logits.masked_fill(torch.eye(len(z), dtype=torch.bool), -torch.inf)
    partners = (z * z.roll(len(z1), 0)).sum(1) / temperature
    return (others.logsumexp(1) - partners).mean()


def _loss(probe, inputs, what, **settings):
    return expect_scalar(probe.call("nt_xent_loss", *inputs, **settings), what)


def matches_nt_xent(probe, rng):
    """For rows of length 1 at temperature 0.5 it is the mean over 2N views of -log p(partner)."""
    for shape in SHAPES:
        n, dim = shape
        cases = [("", _inputs(rng, shape, noise)) for noise in (0.4, 3.0)]
        first, second = _inputs(rng, shape)
        second[0] = first[1] = first[0]
        cases.append(
            (" with three equal views (only the anchor itself is left out)", [first, second])
        )
        for which, inputs in cases:
            what = f"loss at N={n}, D={dim}, temperature=0.5{which}"
            found = _loss(probe, inputs, what, temperature=0.5)
            expect_close(found, float(_reference(*inputs)), what, hint=TERMS)


def length_of_the_rows_is_ignored(probe, rng):
    """Rows of any length, each its own, give the loss that the same rows of length 1 give."""
    for low, high in ((0.01, 0.3), (3.0, 100.0)):
        inputs = _inputs(rng, SHAPES[0])
        plain = _loss(probe, inputs, "loss for rows of length 1", temperature=0.5)
        spread = [low + (high - low) * torch.rand(len(z), 1, generator=rng) for z in inputs]
        scaled = [z * factor for z, factor in zip(inputs, spread, strict=True)]
        what = f"loss for the same rows with lengths between {low:g} and {high:g}"
        hint = "Expected is what you gave for length 1: similarity here is the cosine."
        expect_close(_loss(probe, scaled, what, temperature=0.5), plain, what, hint=hint)


def temperature_divides_the_similarities(probe, rng):
    """The loss is right at other temperatures too, passed by name."""
    for temperature in (0.2, 1.0, 3.0):
        inputs = _inputs(rng, SHAPES[0])
        what = f"loss at temperature={temperature:g}"
        found = _loss(probe, inputs, what, temperature=temperature)
        wanted = float(_reference(*inputs, temperature))
        expect_close(found, wanted, what, hint="Cosine similarities are divided by it.")


def default_temperature_is_one_half(probe, rng):
    """Without a temperature the loss is the one at 0.5."""
    inputs = _inputs(rng, SHAPES[0])
    named = _loss(probe, inputs, "loss at temperature=0.5", temperature=0.5)
    expect_close(_loss(probe, inputs, "loss"), named, "loss without a temperature")


def a_single_pair_costs_nothing(probe, rng):
    """With N = 1 each view has its partner as the only other view, so the loss is 0."""
    inputs = _inputs(rng, (1, 6))
    found = _loss(probe, inputs, "loss at N=1", temperature=0.5)
    expect_close(found, 0.0, "loss at N=1", hint="Which views is the softmax taken over?")


def both_views_get_the_gradient(probe, rng):
    """A loss that can be backpropagated brings z1 and z2 the gradient of NT-Xent."""
    inputs = _inputs(rng, SHAPES[0])
    try:
        found = probe.gradients("nt_xent_loss", *inputs, temperature=0.5)
    except CandidateError as error:
        if "requires grad" not in error.message:  # a plain number by way of NumPy is allowed
            raise
        return
    if all(gradient is None for gradient in found.inputs):
        return
    _, wanted = reference_gradients(_reference, *inputs, seed=found.seed)
    for name, got, want in zip(("z1", "z2"), found.inputs, wanted, strict=True):
        expect(got is not None, f"No gradient reached {name}: both views train the encoder.")
        expect_close(got, want, f"gradient of {name}, randomly weighted")


def arguments_are_left_alone(probe, rng):
    """z1 and z2 have their values after the call."""
    probe.prelude(PRELUDE)
    inputs = [3 * z for z in _inputs(rng, SHAPES[0])]
    after = probe.call("prelude:_arguments_after", probe.entry("nt_xent_loss"), *inputs)
    for name, before, now in zip(("z1", "z2"), inputs, after, strict=True):
        expect_close(now, before, f"{name} after the call", hint="It was changed in place.")
