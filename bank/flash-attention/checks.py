"""Checks of blockwise_attention: exact values, ragged ends, causal, large scores, what is made."""

import torch

from interviewer.compare import expect, expect_close

ENTRIES = ("blockwise_attention(q, k, v, block_size=64, causal=False)",)
WHOLE = (
    "A library's fused attention does the whole task. That counts, but be ready to be asked: "
    "what would you carry from block to block, and what happens to it when the maximum grows?"
)
GUIDANCE = dict.fromkeys(
    ("scaled_dot_product_attention", "flex_attention", "_scaled_dot_product_flash_attention"), WHOLE
)
PLAIN = ((2, 3, 12, 5, 4), (3, 2, 6, 2, 1), (1, 2, 8, 7, 8), (2, 1, 5, 3, 9), (1, 1, 1, 1, 1))
RAGGED = ((13, 4), (9, 2), (7, 6), (10, 3))  # length, block size
CAUSAL = ((12, 4), (13, 5), (5, 1), (6, 9), (17, 3))
LARGE = ((12, 4, False), (8, 2, False), (6, 6, False), (6, 6, True))  # length, block, causal
# length, block size, whether T * T elements of any shape count: not where padding comes near that
MADE = ((7, 2, False), (17, 16, False), (48, 8, True), (130, 32, True), (260, 64, True))
SIDE, BLOCK = 384, 32
DEFAULT = 64  # block size

PRELUDE = """
import gc
import tracemalloc

import torch
from torch.utils._python_dispatch import TorchDispatchMode


class Made(TorchDispatchMode):
    def __init__(self, length, heads, flat):
        super().__init__()
        self.length, self.heads, self.flat, self.found = length, heads, flat, None

    def __torch_dispatch__(self, function, types, args=(), kwargs=None):
        result = function(*args, **(kwargs or {}))
        for part in result if isinstance(result, (tuple, list)) else (result,):
            if isinstance(part, torch.Tensor) and self.found is None and self.large(part):
                self.found = list(part.shape)
        return result

    def large(self, tensor):
        size, square = tensor.numel(), self.length**2
        if tensor.layout == torch.strided:  # an expanded view holds no more than its storage
            size = min(size, tensor.untyped_storage().nbytes() // tensor.element_size())
        axes = sum(side >= self.length for side in tensor.shape)
        wide = axes >= 2 and size >= square
        return wide or (self.flat and size >= self.heads * square)


def _made(function, q, k, v, block_size, causal, flat):
    options = {} if block_size is None else {"block_size": block_size}
    with Made(q.shape[2], q.shape[0] * q.shape[1], flat) as made:
        function(q, k, v, causal=causal, **options)
    return made.found


def _traced(function, q, k, v, block_size):
    function(q, k, v, block_size=block_size)  # what is imported or cached on first use
    gc.collect()
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    function(q, k, v, block_size=block_size)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak - before


def _after(function, q, k, v, block_size):
    function(q, k, v, block_size=block_size)
    return q, k, v
"""


def _inputs(rng, batch, heads, length, width):
    return [torch.randn(batch, heads, length, width, generator=rng) for _ in range(3)]


def _reference(q, k, v, causal=False):
    q, k, v = (t.double() for t in (q, k, v))
    scores = torch.einsum("bhqd,bhkd->bhqk", q, k) / q.shape[3] ** 0.5
    if causal:
        hidden = torch.ones(scores.shape[2:]).triu(1).bool()
        scores = scores.masked_fill(hidden, float("-inf"))
    return torch.einsum("bhqk,bhkd->bhqd", scores.softmax(3), v)


def _own(probe):
    probe.prelude(PRELUDE)
    return probe.entry("blockwise_attention")


def equals_exact_attention(probe, rng):
    """The output is softmax(q k^T / sqrt(d)) v at any block size, the default and 1 too."""
    for batch, heads, length, width, block in PLAIN:
        inputs = _inputs(rng, batch, heads, length, width)
        out = probe.call("blockwise_attention", *inputs, block_size=block)
        what = f"output at (B, H, T, d) = {tuple(inputs[0].shape)}, block_size={block}"
        expect_close(out, _reference(*inputs), what)
    inputs = _inputs(rng, 2, 3, 128, 5)
    out = probe.call("blockwise_attention", *inputs)
    expect_close(out, _reference(*inputs), "output at T = 128 with the default block size")


def length_need_not_be_a_multiple(probe, rng):
    """T need not be a multiple of the block size: the last, shorter block counts like the rest."""
    for length, block in RAGGED:
        inputs = _inputs(rng, 2, 4, length, 4)
        out = probe.call("blockwise_attention", *inputs, block_size=block)
        hint = "Padding must get no weight, and no key may be left out."
        what = f"output at T = {length}, block_size={block}"
        expect_close(out, _reference(*inputs), what, hint=hint)


def causal_hides_the_future(probe, rng):
    """With causal=True each query sees itself and what comes before it, in every block."""
    for length, block in CAUSAL:
        inputs = _inputs(rng, 2, 4, length, 4)
        out = probe.call("blockwise_attention", *inputs, block_size=block, causal=True)
        hint = "Compare positions in the sequence, not positions within a block."
        what = f"causal output at T = {length}, block_size={block}"
        expect_close(out, _reference(*inputs, causal=True), what, hint=hint)


def stable_for_large_scores(probe, rng):
    """With scores around 1e4 and -1e4 the output stays finite and right, causal or not."""
    for length, block, causal in LARGE:
        q, k, v = _inputs(rng, 2, 4, length, 4)
        q[..., 0], k[..., 0] = 142.0, 142.0
        q[:, :2, :, 0] *= -1  # half of the heads: all scores about -1e4
        k[:, 1::2, ::2, 0] *= -1  # in every second head the keys differ by 2e4
        out = probe.call("blockwise_attention", q, k, v, block_size=block, causal=causal)
        what = f"output for scores of 1e4 at T = {length}, block_size={block}, causal={causal}"
        expect_close(out, _reference(q, k, v, causal), what, rtol=0, atol=0.02)


def never_makes_the_whole_matrix(probe, rng):
    """When T > block_size, no T x T matrix (scores, weights, mask) is made, nor anything as big."""
    own = _own(probe)
    for length, block, flat in MADE:
        for heads in (1, 3):
            for causal in (False, True):
                inputs = _inputs(rng, 1, heads, length, 3)
                found = probe.call("prelude:_made", own, *inputs, block, causal, flat)
                expect(
                    found is None,
                    f"(B, H, T, d) = {tuple(inputs[0].shape)}, block_size={block}, "
                    f"causal={causal}: a tensor of shape {found} was made.",
                )
    for heads in (1, 3):
        inputs = _inputs(rng, 1, heads, DEFAULT + 1, 3)
        found = probe.call("prelude:_made", own, *inputs, None, False, False)
        shown = f"(B, H, T, d) = {tuple(inputs[0].shape)}, block_size not given ({DEFAULT})"
        expect(found is None, f"{shown}: a tensor of shape {found} was made.")
    peak = probe.call("prelude:_traced", own, *_inputs(rng, 1, 1, SIDE, 3), BLOCK)
    expect(
        peak < 4 * SIDE * SIDE,
        f"At T = {SIDE}, block_size={BLOCK}: NumPy arrays or Python objects took {peak} bytes at "
        f"one time. One head's whole matrix would take {4 * SIDE * SIDE}.",
    )


def arguments_are_left_alone(probe, rng):
    """q, k and v have their values after the call."""
    inputs = _inputs(rng, 2, 3, 10, 4)
    after = probe.call("prelude:_after", _own(probe), *inputs, 4)
    for name, before, now in zip("qkv", inputs, after, strict=True):
        expect_close(now, before, f"{name} after the call", hint="It was changed in place.")
