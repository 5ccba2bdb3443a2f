"""Checks of dpo_loss: the margins, beta, the mean, large margins and the gradient's sign."""

import math

import torch
from torch.nn import functional as F

from interviewer.compare import expect, expect_close, expect_scalar, fail, reference_gradients

ENTRIES = (
    "dpo_loss(policy_logprobs_chosen, policy_logprobs_rejected,"
    " ref_logprobs_chosen, ref_logprobs_rejected, beta=0.1)",
)


def _inputs(rng, size=7, spread=8.0):
    return tuple(-spread * torch.rand(size, generator=rng) - 1 for _ in range(4))


def _reference(chosen, rejected, ref_chosen, ref_rejected, beta=0.1):
    return F.softplus(-beta * ((chosen - rejected) - (ref_chosen - ref_rejected))).mean()


def no_preference_costs_log_two(probe, rng):
    """A policy equal to its reference has loss log 2, a single number whatever the batch size."""
    chosen, rejected, _, _ = _inputs(rng)
    for size in (1, 7):
        pair = (chosen[:size], rejected[:size])
        loss = expect_scalar(probe.call("dpo_loss", *pair, *pair), "loss")
        hint = "-log sigmoid(0) = log 2 for each pair, and the loss is the mean over pairs."
        expect_close(loss, math.log(2), "loss", hint=hint)


def reference_margin_is_subtracted(probe, rng):
    """The reference's margin is taken off the policy's: with both known, the loss is exact."""
    for _ in range(2):
        inputs = _inputs(rng)
        loss = probe.call("dpo_loss", *inputs)
        hint = "The logit is beta * ((policy chosen - rejected) - (reference chosen - rejected))."
        expect_close(loss, _reference(*inputs), "loss", hint=hint)


def beta_scales_the_logit(probe, rng):
    """beta multiplies the difference of margins inside the sigmoid."""
    inputs = _inputs(rng)
    for beta in (0.5, 0.01):
        loss = probe.call("dpo_loss", *inputs, beta=beta)
        expect_close(loss, _reference(*inputs, beta), f"loss at beta={beta}")


def large_margins_stay_exact(probe, rng):
    """Margins of +-10,000 give a finite loss, linear on the wrong side and 0 on the right one."""
    zero = torch.zeros(3)
    big = torch.tensor([1e4, 2e4, 3e4])
    wrong = expect_scalar(probe.call("dpo_loss", -big, zero, zero, zero), "loss")
    hint = "Use logsigmoid or softplus: log(sigmoid(x)) becomes log(0)."
    expect_close(wrong, 2000.0, "loss when the rejected answer is far ahead", hint=hint)
    right = expect_scalar(probe.call("dpo_loss", big, zero, zero, zero), "loss")
    expect_close(right, 0.0, "loss when the chosen answer is far ahead", hint=hint)


def gradient_raises_the_chosen(probe, rng):
    """Descending the loss raises the chosen answers' log-probability and lowers the rejected ones'."""
    inputs = _inputs(rng)
    picked = {"wrt": (0, 1)}
    found = probe.gradients("dpo_loss", *inputs, **picked)
    _, wanted = reference_gradients(_reference, *inputs, seed=found.seed, **picked)
    for name, got, want in zip(("chosen", "rejected"), found.inputs, wanted):
        expect(got is not None, f"No gradient reached policy_logprobs_{name}.")
        if isinstance(got, torch.Tensor) and got.shape == want.shape and bool((got * want < 0).any()):
            fail(f"The gradient of policy_logprobs_{name} has the wrong sign.")
        expect_close(got, want, f"gradient of policy_logprobs_{name}")


def gradient_survives_large_margins(probe, rng):
    """A pair that is far on the wrong side still gets its full gradient, -beta / B."""
    zero = torch.zeros(2)
    inputs = (torch.tensor([-5e3, -9e3]), zero, zero, zero)
    found = probe.gradients("dpo_loss", *inputs, wrt=(0,))
    _, wanted = reference_gradients(_reference, *inputs, seed=found.seed, wrt=(0,))
    expect(found.inputs[0] is not None, "No gradient reached policy_logprobs_chosen.")
    hint = "Clamping the logit or the sigmoid cuts the gradient exactly where it is needed."
    expect_close(found.inputs[0], wanted[0], "gradient of policy_logprobs_chosen", hint=hint)
