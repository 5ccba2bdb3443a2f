"""Checks of dropout: what survives and how large, how often, the two modes, the ends of p."""

from math import sqrt

import torch

from interviewer.compare import (
    expect,
    expect_close,
    expect_tensor,
    fail,
    reference_gradients,
)

ENTRIES = ("dropout(x, p=0.5, training=True)",)
SHAPES = ((64,), (16, 12), (3, 5, 7), (2, 3, 4, 5), (1, 40))
RATES = (0.1, 0.25, 0.5, 0.8)
MANY = 40_000
SIGMAS = 6.0  # a right program fails about once in a hundred million runs
REPEATS = 5
FRAMEWORK = (
    "Where the framework's own dropout does the whole task, that counts, but be ready to be asked: "
    "what does it do to an element in training, and what in evaluation?"
)
GUIDANCE = dict.fromkeys(("dropout", "Dropout", "native_dropout"), FRAMEWORK)

PRELUDE = """
import torch


def _argument_after(function, x, p, training):
    function(x, p=p, training=training)
    return x


def _without_grad(function, x, p):
    with torch.no_grad():
        return function(x, p=p, training=True)
"""


def _input(rng, shape):
    """Values away from zero, so that a zero in the output is one that was dropped."""
    sign = torch.where(torch.rand(shape, generator=rng) < 0.5, -1.0, 1.0)
    return sign * (0.5 + torch.rand(shape, generator=rng))


def _output(value, x, what):
    return expect_tensor(value, tuple(x.shape), what).detach()


def _train(probe, x, p):
    found = probe.call("dropout", x, p=p, training=True)
    return _output(found, x, f"dropout at p={p} in training")


def survivors_are_scaled_up(probe, rng):
    """In training each element is either 0 or x/(1-p), for x of any shape."""
    for shape in SHAPES:
        for p in RATES:
            x = _input(rng, shape)
            out = _train(probe, x, p)
            want = torch.where(out == 0, 0.0, x.double() / (1 - p))
            hint = "An element that is not dropped is multiplied by 1/(1-p) in training."
            expect_close(out, want, f"survivors at p={p}, x of shape {shape}", hint=hint)


def _expect_share(out, p, call):
    share = float((out == 0).double().mean())
    bound = SIGMAS * sqrt(p * (1 - p) / out.numel())
    expect(
        abs(share - p) <= bound,
        f"{call} set {share:.4f} of {out.numel()} elements to zero, expected {p} within "
        f"{bound:.4f}. p is the probability to be dropped, not to be kept.",
    )


def drops_with_probability_p(probe, rng):
    """In training a share of about p of the elements is set to zero."""
    for p in (0.2, 0.5, 0.8):
        _expect_share(_train(probe, _input(rng, (1, MANY)), p), p, f"dropout at p={p}")


def has_the_defaults_of_the_contract(probe, rng):
    """dropout(x) alone is dropout in training with p = 0.5."""
    x = _input(rng, (1, MANY))
    _expect_share(_output(probe.call("dropout", x), x, "dropout(x)"), 0.5, "dropout(x)")


def elements_are_dropped_one_by_one(probe, rng):
    """Whether an element is dropped is drawn for it alone, not for a whole row or column."""
    for shape in ((48, 40), (24, 20, 16)):
        dropped = _train(probe, _input(rng, shape), 0.5) == 0
        for axis in range(len(shape)):
            mixed = dropped.any(axis) & ~dropped.all(axis)
            expect(
                bool(mixed.any()),
                f"For x of shape {shape} the elements along axis {axis} are always dropped "
                "together or kept together: the mask needs the full shape of x.",
            )


def draws_a_new_mask_for_each_call(probe, rng):
    """Calls in training with the same x drop different elements."""
    x = _input(rng, (30, 20))
    masks = [_train(probe, x, 0.5) == 0 for _ in range(REPEATS)]
    for earlier in range(REPEATS):
        for later in range(earlier):
            expect(
                not torch.equal(masks[earlier], masks[later]),
                f"Two of {REPEATS} calls with the same x of {x.numel()} elements dropped exactly "
                "the same ones. Is the mask stored, or a generator seeded anew in each call?",
            )


def is_the_identity_in_evaluation(probe, rng):
    """With training=False x comes back unchanged at any p, and its gradient passes unchanged."""
    for p in (0.0, 0.3, 0.5, 1.0):
        _expect_identity(probe, _input(rng, (20, 15)), p, False)


def drops_without_autograd_too(probe, rng):
    """With training=True it drops under torch.no_grad() as well: the argument alone decides."""
    probe.prelude(PRELUDE)
    x = _input(rng, (30, 20))
    out = probe.call("prelude:_without_grad", probe.entry("dropout"), x, 0.5)
    dropped = _output(out, x, "dropout(x) under torch.no_grad()") == 0
    expect(
        bool(dropped.any()),
        "Under torch.no_grad() with training=True nothing was dropped. Gradient tracking and the "
        "mode are two things: Monte Carlo dropout, for one, drops without gradients.",
    )


def is_the_identity_at_p_zero(probe, rng):
    """At p = 0 x comes back unchanged in training too, and so does its gradient."""
    for shape in SHAPES:
        _expect_identity(probe, _input(rng, shape), 0.0, True)


def _expect_identity(probe, x, p, training):
    where = f"at p={p} with training={training}"
    found = probe.gradients("dropout", x, p=p, training=training, wrt=[0])
    out = _output(found.value, x, f"dropout {where}")
    expect_close(out, x, f"output {where}", hint="Nothing is dropped or scaled here.")
    _, wanted = reference_gradients(lambda t: t * 1.0, x, seed=found.seed)
    _expect_gradient(found, wanted, where)


def _expect_gradient(found, wanted, where):
    got = found.inputs[0]
    if got is None:
        fail(f"x got no gradient {where}. Was it detached, or computed outside of autograd?")
    hint = "The gradient is multiplied by the same mask and factor as the element itself."
    expect_close(got, wanted[0], f"gradient of x {where}", hint=hint)


def is_zero_at_p_one(probe, rng):
    """At p = 1 in training all elements are zero, not NaN."""
    for shape in ((64,), (16, 12)):
        x = _input(rng, shape)
        hint = "1/(1-p) does not exist at p = 1: treat it apart."
        expect_close(_train(probe, x, 1.0), torch.zeros(shape), "output at p=1", hint=hint)


def leaves_x_alone(probe, rng):
    """After the call x has its values, in both modes."""
    probe.prelude(PRELUDE)
    for training in (True, False):
        for p in (0.5, 1.0):
            x = _input(rng, (20, 15))
            own = probe.entry("dropout")
            after = probe.call("prelude:_argument_after", own, x, p, training)
            where = f"x after the call with p={p}, training={training}"
            expect_close(after, x, where, hint="It was changed in place.")


def gradient_goes_through_the_survivors(probe, rng):
    """For p < 1 the gradient of a survivor is multiplied by 1/(1-p), that of the others by 0."""
    for p in (0.3, 0.5, 0.8):
        x = _input(rng, (20, 15))
        found = probe.gradients("dropout", x, p=p, training=True, wrt=[0])
        kept = (_output(found.value, x, f"dropout at p={p}") != 0).float()
        _, wanted = reference_gradients(_masked, x, kept / (1 - p), seed=found.seed, wrt=[0])
        _expect_gradient(found, wanted, f"at p={p} in training")


def _masked(x, factor):
    return x * factor


def refuses_p_outside_zero_and_one(probe, rng):
    """A p below 0 or above 1 is a ValueError, with training=True and with training=False."""
    x = _input(rng, (4, 6))
    for training in (True, False):
        for p in (-0.1, 1.1, -2.0, 3.0):
            error = probe.raises("dropout", x, p=p, training=training)
            got = "no exception" if error is None else error.describe()
            expect(
                error is not None and "ValueError" in error.types,
                f"p={p} with training={training}: expected a ValueError, got {got}.",
            )
