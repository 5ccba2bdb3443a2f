"""Checks of dpo_loss: the margins, the mean, beta, large margins, the gradient's sign."""

import math

import torch
from torch.nn import functional as F

from interviewer.compare import (
    expect,
    expect_close,
    expect_scalar,
    expect_tensor,
    reference_gradients,
)

ENTRIES = (
    "dpo_loss(policy_logprobs_chosen, policy_logprobs_rejected,"
    " ref_logprobs_chosen, ref_logprobs_rejected, beta=0.1)",
)
NAMES = (
    "policy_logprobs_chosen",
    "policy_logprobs_rejected",
    "ref_logprobs_chosen",
    "ref_logprobs_rejected",
)
PRELUDE = """
def _arguments_after(function, *args):
    function(*args)
    return args
"""


def _inputs(rng, size=7, spread=8.0):
    return tuple(-spread * torch.rand(size, generator=rng) - 1 for _ in range(4))


def _reference(chosen, rejected, ref_chosen, ref_rejected, beta=0.1):
    return F.softplus(-beta * ((chosen - rejected) - (ref_chosen - ref_rejected))).mean()


def reference_margin_is_subtracted(probe, rng):
    """For one pair the loss is exact: the reference's margin is taken off the policy's."""
    chosen, rejected, _, _ = _inputs(rng, 1)
    loss = expect_scalar(probe.call("dpo_loss", chosen, rejected, chosen, rejected), "loss")
    hint = "A policy equal to its reference has no preference yet: -log sigmoid(0) = log 2."
    expect_close(loss, math.log(2), "loss", hint=hint)
    for _ in range(3):
        inputs = _inputs(rng, 1)
        loss = probe.call("dpo_loss", *inputs)
        hint = "The logit is beta * ((policy chosen - rejected) - (reference chosen - rejected))."
        expect_close(loss, _reference(*inputs), "loss", hint=hint)


def pairs_are_averaged(probe, rng):
    """The loss of a batch is one number, the mean of the losses of its pairs."""
    inputs = _inputs(rng)
    parts = [
        expect_scalar(probe.call("dpo_loss", *(t[i : i + 1] for t in inputs)), "loss of one pair")
        for i in range(len(inputs[0]))
    ]
    hint = "A log-sigmoid for each pair first, then the mean over the pairs."
    loss = expect_scalar(probe.call("dpo_loss", *inputs), "loss of a batch")
    expect_close(loss, sum(parts) / len(parts), "loss of a batch", hint=hint)


def beta_scales_the_logit(probe, rng):
    """beta multiplies inside the sigmoid: five times beta is five times every log-probability."""
    inputs = _inputs(rng)
    for beta, scale in ((0.5, 5.0), (0.02, 0.2)):
        wanted = expect_scalar(probe.call("dpo_loss", *(scale * t for t in inputs)), "loss")
        loss = expect_scalar(probe.call("dpo_loss", *inputs, beta=beta), "loss")
        hint = f"It differs from the loss at the default beta=0.1 of {scale:g} times the inputs."
        expect_close(loss, wanted, f"loss at beta={beta}", hint=hint)


def large_margins_stay_exact(probe, rng):
    """Margins of +-10,000 give an exact loss, and a pair on the wrong side its full gradient."""
    zero = torch.zeros(3)
    big = torch.tensor([1e4, 2e4, 3e4])
    wrong = expect_scalar(probe.call("dpo_loss", -big, zero, zero, zero), "loss")
    hint = "Use logsigmoid or softplus: log(sigmoid(x)) becomes log(0)."
    expect_close(wrong, 2000.0, "loss when the rejected answer is far ahead", hint=hint)
    right = expect_scalar(probe.call("dpo_loss", big, zero, zero, zero), "loss")
    expect_close(right, 0.0, "loss when the chosen answer is far ahead", hint=hint)
    for margin in (-big, big):
        found = probe.gradients("dpo_loss", margin, zero, zero, zero, wrt=(0,))
        _, wanted = reference_gradients(
            _reference, margin, zero, zero, zero, seed=found.seed, wrt=(0,)
        )
        expect(found.inputs[0] is not None, "No gradient reached policy_logprobs_chosen.")
        hint = "Clamping the logit or the sigmoid cuts the gradient exactly where it is needed."
        expect_close(found.inputs[0], wanted[0], "gradient of policy_logprobs_chosen", hint=hint)


def gradient_raises_the_chosen(probe, rng):
    """Descending the loss raises the chosen answers and lowers the rejected ones, by its slope."""
    inputs = _inputs(rng)
    found = probe.gradients("dpo_loss", *inputs, wrt=(0, 1))
    expect_scalar(found.value, "loss")
    weight = torch.randn((), generator=torch.Generator().manual_seed(found.seed))
    for place, sign in enumerate((-1, 1)):
        name = NAMES[place]
        expect(found.inputs[place] is not None, f"No gradient reached {name}.")
        got = (
            expect_tensor(found.inputs[place], inputs[place].shape, f"gradient of {name}") / weight
        )
        expect(bool((got * sign > 0).all()), f"The gradient of {name} has the wrong sign.")
        hint = "That is how the loss itself changes with it: was a part of it detached?"
        slope = _slope(probe, inputs, place)
        expect_close(got, slope, f"gradient of {name}", rtol=0.01, atol=1e-4, hint=hint)


def _slope(probe, inputs, place, step=0.05):
    """The submission's own loss, differenced along each entry of one argument."""
    slopes = []
    for shift in step * torch.eye(len(inputs[place])):
        ends = [
            expect_scalar(
                probe.call("dpo_loss", *inputs[:place], moved, *inputs[place + 1 :]), "loss"
            )
            for moved in (inputs[place] + shift, inputs[place] - shift)
        ]
        slopes.append((ends[0] - ends[1]) / (2 * step))
    return torch.tensor(slopes)


def arguments_are_left_alone(probe, rng):
    """The four arguments have their values after the call."""
    probe.prelude(PRELUDE)
    inputs = _inputs(rng)
    after = probe.call("prelude:_arguments_after", probe.entry("dpo_loss"), *inputs)
    for name, before, now in zip(NAMES, inputs, after, strict=True):
        expect_close(now, before, f"{name} after the call", hint="It was changed in place.")
