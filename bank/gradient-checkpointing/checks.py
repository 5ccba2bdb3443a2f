"""Checks of checkpointed_forward against the plain loop: values, runs, memory held, dropout."""

import torch

from interviewer.compare import expect, expect_close, expect_tensor

ENTRIES = ("checkpointed_forward(blocks, x)",)
WHOLE = (
    "torch.utils.checkpoint does the whole task. That counts, but be ready to be asked: how would "
    "you write it as a torch.autograd.Function, and what has to be restored before the second run?"
)
LAST = (
    "checkpoint_sequential leaves its last segment without a checkpoint. Be ready to be asked: why "
    "would recomputing that one save little in practice?"
)
GUIDANCE = {"checkpoint": WHOLE, "checkpoint_sequential": LAST}
LENGTHS = (1, 2, 5, 9)
ROWS, WIDTH, HIDDEN = 6, 4, 32

PRELUDE = """
import gc

import torch
import torch.nn.functional as F
from torch.multiprocessing.reductions import StorageWeakRef
from torch.utils._python_dispatch import TorchDispatchMode

starts = []


class Block(torch.nn.Module):
    def __init__(self, number, first, second):
        super().__init__()
        self.number = number
        self.first, self.second = torch.nn.Parameter(first), torch.nn.Parameter(second)

    def forward(self, x):
        starts[self.number] += 1
        return x + torch.tanh(x @ self.first) @ self.second


class Noisy(torch.nn.Module):
    def __init__(self, weight, p):
        super().__init__()
        self.weight, self.p = torch.nn.Parameter(weight), p

    def forward(self, x):
        return F.dropout(x * self.weight, self.p, self.training)


class Made(TorchDispatchMode):
    def __init__(self):
        super().__init__()
        self.storages = {}

    def __torch_dispatch__(self, function, types, args=(), kwargs=None):
        result = function(*args, **(kwargs or {}))
        for part in result if isinstance(result, (tuple, list)) else (result,):
            if isinstance(part, torch.Tensor):
                storage = part.untyped_storage()
                known = self.storages.get(storage._cdata)
                if known is None or known[0].expired():
                    self.storages[storage._cdata] = (StorageWeakRef(storage), storage.nbytes())
        return result

    def held(self):
        gc.collect()
        return sum(size for storage, size in self.storages.values() if not storage.expired())


def _plain(blocks, x):
    for block in blocks:
        x = block(x)
    return x


def _blocks(weights):
    starts[:] = [0] * len(weights)
    return [Block(number, *pair) for number, pair in enumerate(weights)]


def _run(function, weights, x, cotangent):
    blocks, x = _blocks(weights), x.clone().requires_grad_(True)
    out = function(blocks, x)
    before = list(starts)
    if isinstance(out, torch.Tensor) and out.requires_grad and out.shape == cotangent.shape:
        torch.autograd.backward(out, cotangent)
    found = [(block.first.grad, block.second.grad) for block in blocks]
    value = out.detach() if isinstance(out, torch.Tensor) else out
    return {"out": value, "x": x.grad, "blocks": found, "before": before, "after": list(starts)}


def _held(function, weights, x):
    sizes = []
    for run in (function, _plain):
        blocks, given = _blocks(weights), x.clone().requires_grad_(True)
        with Made() as made:
            out = run(blocks, given)
        sizes.append(made.held())
        del out
    return sizes


def _noisy(function, weights, x, p):
    blocks, x = [Noisy(weight, p) for weight in weights], x.clone().requires_grad_(True)
    out = function(blocks, x)
    if isinstance(out, torch.Tensor) and out.requires_grad:
        torch.autograd.backward(out, torch.ones_like(out))
    grads = [x.grad, *(block.weight.grad for block in blocks)]
    return {"out": out.detach() if isinstance(out, torch.Tensor) else out, "grads": grads}
"""


def _weights(rng, count):
    sizes = ((WIDTH, HIDDEN), (HIDDEN, WIDTH))
    return [[0.3 * torch.randn(size, generator=rng) for size in sizes] for _ in range(count)]


def _ask(probe, rng, count):
    probe.prelude(PRELUDE)
    weights = _weights(rng, count)
    x, cotangent = (torch.randn(ROWS, WIDTH, generator=rng) for _ in range(2))
    own = probe.entry("checkpointed_forward")
    found = probe.call("prelude:_run", own, weights, x, cotangent)
    leaves = [t.clone().requires_grad_(True) for t in (x, *(t for pair in weights for t in pair))]
    out = leaves[0]
    for first, second in zip(leaves[1::2], leaves[2::2], strict=True):
        out = out + torch.tanh(out @ first) @ second
    wanted = torch.autograd.grad(out, leaves, cotangent)
    return found, out.detach(), wanted


def _gradient(got, want, what, hint):
    expect(got is not None, f"{what}: nothing reached it in the backward pass. {hint}")
    expect_close(got, want, what, atol=1e-4, hint=hint)


def output_equals_the_plain_loop(probe, rng):
    """The output is that of running the blocks one after the other."""
    for count in LENGTHS:
        found, out, _ = _ask(probe, rng, count)
        expect_close(found["out"], out, f"output of {count} blocks")


def gradient_of_the_input(probe, rng):
    """The gradient of x is that of the plain loop."""
    for count in LENGTHS:
        found, _, wanted = _ask(probe, rng, count)
        hint = "The graph has to lead from the output back to the x that was given."
        _gradient(found["x"], wanted[0], f"gradient of x with {count} blocks", hint)


def gradients_of_the_parameters(probe, rng):
    """Every parameter of every block gets the gradient that it gets in the plain loop."""
    for count in LENGTHS:
        found, _, wanted = _ask(probe, rng, count)
        got = [gradient for pair in found["blocks"] for gradient in pair]
        for number, (mine, want) in enumerate(zip(got, wanted[1:], strict=True)):
            name = f"gradient of a parameter of block {number // 2} of {count}"
            _gradient(mine, want, name, "Which block does the second run really go through?")


def every_block_starts_twice(probe, rng):
    """In one forward and backward pass every block, the last one too, starts exactly twice."""
    for count in LENGTHS:
        found, _, _ = _ask(probe, rng, count)
        for number, (before, after) in enumerate(zip(found["before"], found["after"], strict=True)):
            expect(
                after == 2,
                f"Block {number} of {count}: expected 2 starts, got {after} "
                f"({before} in the forward pass, {after - before} in the backward pass).",
            )


def less_is_held_for_backward(probe, rng):
    """After the forward pass fewer bytes are held for the backward pass than by the plain loop."""
    probe.prelude(PRELUDE)
    for count in LENGTHS:
        x = torch.randn(8 * ROWS, WIDTH, generator=rng)
        own = probe.entry("checkpointed_forward")
        held, plain = probe.call("prelude:_held", own, _weights(rng, count), x)
        expect(
            held < plain,
            f"{count} blocks: {held} bytes made in the forward pass are still held after it; "
            f"the plain loop holds {plain}. What is inside a block should be gone by then.",
        )


def _noise(probe, rng, count, p, size):
    weights = [0.5 + torch.rand(size, generator=rng) for _ in range(count)]
    x = 0.5 + torch.rand(size, generator=rng)
    own = probe.entry("checkpointed_forward")
    found = probe.call("prelude:_noisy", own, weights, x, p)
    return x, weights, expect_tensor(found["out"], (size,), "output"), found["grads"]


def dropout_masks_agree(probe, rng):
    """With dropout in the blocks, the second run uses the masks of the first."""
    probe.prelude(PRELUDE)
    for count in (1, 3):
        x, weights, out, grads = _noise(probe, rng, count, 0.3, 500)
        reached = [(g, v) for g, v in zip(grads, (x, *weights), strict=True) if g is not None]
        expect(bool(reached), "No gradient came back from blocks with dropout.")
        for gradient, value in reached:  # the output is a product, so its derivative is out / value
            hint = "Output and gradient come from different masks. What is the second run's seed?"
            what = f"gradient with {count} blocks"
            expect_close(gradient, out / value, what, rtol=0.02, hint=hint)  # a mask is 0 or not


def dropout_stays_random(probe, rng):
    """Dropout stays on: each block and each call draws a mask of its own."""
    probe.prelude(PRELUDE)
    size = 4000
    _, _, first, _ = _noise(probe, rng, 2, 0.5, size)
    _, _, second, _ = _noise(probe, rng, 2, 0.5, size)
    kept = float((first != 0).float().mean())
    expect(
        abs(kept - 0.25) < 0.06,
        f"Two blocks with dropout 0.5: expected 0.25 of the values to survive, got {kept:.3f}. "
        "Is dropout on, and does each block draw its own mask?",
    )
    same = float(((first != 0) == (second != 0)).float().mean())
    expect(same < 0.9, f"Two calls used the same mask: {same:.3f} of its places agree.")
