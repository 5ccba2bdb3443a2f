"""Checks of adamw_step against the framework: moments, bias correction, eps, decay, defaults."""

import torch

from interviewer.compare import expect_close, expect_tensor, expect_tuple

ENTRIES = (
    "adamw_step(param, grad, m, v, t, lr=1e-3, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.01)",
)
NAMES = ("param", "m", "v")
OPTIONS = {"lr": 0.05, "betas": (0.8, 0.97), "eps": 1e-8, "weight_decay": 0.0}
LIBRARY = (
    "Here the framework's optimizer seems to do the whole task. That counts, but be ready to be "
    "asked: what happens to m, v and the weight in one step?"
)
GUIDANCE = dict.fromkeys(("AdamW", "adamw", "Adam"), LIBRARY)

PRELUDE = """
def _gradient_after(function, param, grad, m, v, t, **options):
    function(param, grad, m, v, t, **options)
    return grad
"""


def _inputs(rng, shape=(6,)):
    param, grad, m, v = (torch.randn(shape, generator=rng) for _ in range(4))
    return [param, grad, m, v.square() + 0.1]


def _framework(param, grad, m, v, t, **options):
    """param, m and v after the framework's own step, in double precision."""
    weight = param.double().requires_grad_(True)
    weight.grad = grad.double()
    optimizer = torch.optim.AdamW([weight], **options)
    moments = {"exp_avg": m.double(), "exp_avg_sq": v.double()}
    optimizer.state[weight] = {"step": torch.tensor(t - 1.0), **moments}
    optimizer.step()
    state = optimizer.state[weight]
    return {"param": weight.detach(), "m": state["exp_avg"], "v": state["exp_avg_sq"]}


def _step(probe, *inputs, **options):
    value = probe.call("adamw_step", *inputs, **options)
    return dict(zip(NAMES, expect_tuple(value, 3, "adamw_step"), strict=True))


def _carry(probe, rng, name, hint):
    """Some steps from zero, one of the three carried by the submission, the rest given."""
    param, _, m, v = _inputs(rng)
    given = {"param": param, "m": torch.zeros_like(m), "v": torch.zeros_like(v)}
    wanted, options = dict(given), OPTIONS | {"weight_decay": 0.4}
    for t in range(1, 6):
        grad = torch.randn(param.shape, generator=rng)
        found = _step(probe, *_in_order(given, grad), t, **options)
        wanted = _framework(*_in_order(wanted, grad), t, **options)
        expect_close(found[name], wanted[name], f"{name} after step {t}", hint=hint)
        given = {key: value.float() for key, value in wanted.items()} | {name: found[name]}


def _in_order(state, grad):
    return state["param"].clone(), grad.clone(), state["m"].clone(), state["v"].clone()


def first_moment_is_a_running_average(probe, rng):
    """Step after step, m becomes betas[0] * m + (1 - betas[0]) * grad."""
    _carry(
        probe, rng, "m", "It is m itself, without bias correction; weight decay stays out of it."
    )


def second_moment_is_a_running_average(probe, rng):
    """Step after step, v becomes betas[1] * v + (1 - betas[1]) * grad^2."""
    _carry(
        probe, rng, "v", "It is v itself, without bias correction; weight decay stays out of it."
    )


def bias_correction_follows_t(probe, rng):
    """The weight moves by lr times corrected m over the root of corrected v, at any t from 1 on."""
    for t in (1, 2, 7, 40, 3, 2000):
        inputs = _inputs(rng)
        found = _step(probe, *inputs, t, **OPTIONS)
        wanted = _framework(*inputs, t, **OPTIONS)
        hint = "m is divided by 1 - betas[0]^t and v by 1 - betas[1]^t; the first step has t = 1."
        expect_close(found["param"], wanted["param"], f"param at t={t}", hint=hint)


def eps_is_added_to_the_root(probe, rng):
    """The eps that was passed is added to the root of the corrected v, so 0 / 0 never comes up."""
    options = OPTIONS | {"eps": 0.02}
    hint = "It is sqrt(v_hat) + eps, with eps outside the root and after the correction."
    for t in (1, 4):
        param, grad, m, v = _inputs(rng)
        inputs = (param, 0.02 * grad, 0.02 * m, 4e-4 * v)
        for tensor in inputs[1:]:
            tensor[:2] = 0.0  # weights that never had a gradient stay where they are
        found, wanted = _step(probe, *inputs, t, **options), _framework(*inputs, t, **options)
        expect_close(found["param"], wanted["param"], f"param with eps=0.02, t={t}", hint=hint)


def decay_is_decoupled(probe, rng):
    """The decay takes lr * weight_decay of the old weight away, whatever m and v are."""
    options = OPTIONS | {"lr": 0.2, "weight_decay": 0.4}
    hint = (
        "The weight shrinks by lr * weight_decay of its old value, and the step is added to that."
    )
    for t in (1, 5):
        inputs = _inputs(rng)
        found, wanted = _step(probe, *inputs, t, **options), _framework(*inputs, t, **options)
        what = f"param with weight_decay=0.4, t={t}"
        expect_close(found["param"], wanted["param"], what, hint=hint)


def defaults_are_the_contracts(probe, rng):
    """With no options passed: lr=1e-3, betas=(0.9, 0.999), eps=1e-8 and weight_decay=0.01."""
    _, grad, m, v = _inputs(rng)
    zero = torch.zeros_like(grad)
    hint = "The weight was 0 before, so this is the step without decay."
    for inputs in ((grad, m, v), (1e-8 * grad, 1e-8 * m, 1e-16 * v)):
        found, wanted = _step(probe, zero, *inputs, 3), _framework(zero, *inputs, 3)
        got = 1e3 * expect_tensor(found["param"], tuple(grad.shape), "param")
        expect_close(got, 1e3 * wanted["param"], "param (times 1000), defaults", hint=hint)
    weight = 1 + torch.rand(6, generator=rng)
    after = expect_tensor(_step(probe, weight, zero, zero, zero, 1)["param"], (6,), "param")
    change, hint = 1e5 * (weight - after), "No gradient here: only the decay is at work."
    expect_close(change, weight, "decrease of param (times 1e5), defaults", rtol=0.05, hint=hint)


def steps_at_any_shape(probe, rng):
    """Scalars, matrices and kernels take several steps as the framework's AdamW does."""
    options = OPTIONS | {"lr": 1e-3, "weight_decay": 0.5}
    for shape in ((), (3, 4), (2, 3, 2, 2)):
        given = dict(zip(("param", "grad", "m", "v"), _inputs(rng, shape), strict=True))
        wanted = dict(given)
        for t in range(1, 6):
            grad = torch.randn(shape, generator=rng)
            found = _step(probe, *_in_order(given, grad), t, **options)
            wanted = _framework(*_in_order(wanted, grad), t, **options)
            what = f"param of shape {shape} after step {t}"
            expect_close(found["param"], wanted["param"], what)
            moments = {key: wanted[key].float() for key in ("m", "v")}
            given = {"param": found["param"], **moments}


def gradient_is_left_alone(probe, rng):
    """The gradient has its values after the call."""
    probe.prelude(PRELUDE)
    inputs = _inputs(rng)
    options = OPTIONS | {"weight_decay": 0.3}
    own = probe.entry("adamw_step")
    after = probe.call("prelude:_gradient_after", own, *inputs, 2, **options)
    expect_close(after, inputs[1], "grad after the call", hint="It was changed in place.")
