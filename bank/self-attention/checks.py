"""Checks of self_attention against scaled dot-product attention, with and without masks."""

import torch

from interviewer.compare import expect, expect_close, expect_tensor, reference_gradients

ENTRIES = ("self_attention(x, W_q, W_k, W_v, mask=None)",)
GUIDANCE = {
    "scaled_dot_product_attention": (
        "scaled_dot_product_attention does the whole task. That counts, but be ready to be asked: "
        "how would you write it with matrix products and a softmax, and why the scale?"
    ),
    "MultiheadAttention": (
        "MultiheadAttention does the whole task. That counts, but be ready to be asked: "
        "how would you write one head with matrix products and a softmax?"
    ),
}


def _inputs(rng, batch=2, length=5, width=4, d_k=4):
    """Where D = d_k, only the check of the scale depends on which of them it is taken from."""
    x = torch.randn(batch, length, width, generator=rng)
    weights = (torch.randn(width, d_k, generator=rng) for _ in range(3))
    return (x, *weights)


def _reference(x, w_q, w_k, w_v, mask=None):
    q, k, v = x @ w_q, x @ w_k, x @ w_v
    scores = torch.einsum("bqd,bkd->bqk", q, k) / w_q.shape[1] ** 0.5
    if mask is not None:
        scores = torch.where(mask.bool(), scores, torch.tensor(float("-inf")))
    return torch.einsum("bqk,bkd->bqd", scores.softmax(2), v)


def _random_mask(rng, *shape):
    mask = torch.rand(*shape, generator=rng) < 0.5
    return mask | torch.eye(shape[-1], dtype=torch.bool)


def _compare(probe, inputs, mask, hint):
    given = () if mask is None else (mask,)
    out = probe.call("self_attention", *inputs[:4], **({"mask": mask} if given else {}))
    expect_close(out, _reference(*inputs, mask), "output", hint=hint)


def attends_over_keys_at_the_right_scale(probe, rng):
    """Without a mask it is softmax(Q K^T / sqrt(d_k)) V, the softmax over keys, any d_k and D."""
    x, w_q, w_k, _ = _inputs(rng, d_k=3)
    x[..., -1] = 1.0
    w_v = torch.zeros_like(w_q)
    w_v[-1] = torch.tensor([1.0, -2.0, 0.5])
    out = probe.call("self_attention", x, w_q, w_k, w_v)
    hint = "All values are equal here, so weights that sum to 1 over the keys give them back."
    expect_close(out, w_v[-1].expand(2, 5, 3), "output", hint=hint)
    for width, d_k in ((6, 3), (4, 9), (5, 5)):
        inputs = _inputs(rng, width=width, d_k=d_k)
        _compare(probe, inputs, None, f"Here D = {width} and d_k = {d_k}; the scale is sqrt(d_k).")


def mask_hides_where_it_is_zero(probe, rng):
    """A (T, T) mask hides keys where it is 0, causal or not, as booleans, integers or floats."""
    causal = torch.ones(5, 5).tril().bool()
    hint = "This mask is causal; False means hidden, before the softmax."
    _compare(probe, _inputs(rng), causal, hint)
    for kind in (torch.bool, torch.int64, torch.uint8, torch.float32):
        mask = _random_mask(rng, 5, 5).to(kind)
        _compare(probe, _inputs(rng), mask, f"The mask is {kind}; 0 hides, 1 shows.")


def mask_per_example(probe, rng):
    """A (B, T, T) mask gives each example of the batch its own."""
    hint = "Each example has its own mask."
    _compare(probe, _inputs(rng, batch=3), _random_mask(rng, 3, 5, 5), hint)
    _compare(probe, _inputs(rng, batch=1), _random_mask(rng, 1, 5, 5), hint)


def large_scores_stay_finite(probe, rng):
    """Scores in the thousands give finite outputs: the softmax is a stable one."""
    x, w_q, w_k, w_v = _inputs(rng)
    inputs = (x, w_q * 60, w_k * 60, w_v)
    out = probe.call("self_attention", *inputs)
    out = expect_tensor(out, (2, 5, 4), "output")
    expect(bool(torch.isfinite(out).all()), "The output has inf or NaN.")


def gradients_reach_every_input(probe, rng):
    """Gradients of x and the three weights equal those of exact attention, under a causal mask."""
    inputs = (*_inputs(rng), torch.ones(5, 5).tril().bool())
    picked = {"wrt": (0, 1, 2, 3)}
    found = probe.gradients("self_attention", *inputs[:4], mask=inputs[4], **picked)
    _, wanted = reference_gradients(_reference, *inputs, seed=found.seed, **picked)
    for name, got, want in zip(("x", "W_q", "W_k", "W_v"), found.inputs, wanted, strict=True):
        expect(got is not None, f"No gradient reached {name}: was it detached on the way?")
        expect_close(got, want, f"gradient of {name}", atol=1e-4)
