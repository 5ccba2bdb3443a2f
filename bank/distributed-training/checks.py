"""Checks of tensor_parallel_mlp: one rank, many, GELU, uneven splits, full weights, arguments."""

import torch

from interviewer.compare import expect, expect_close, fail

ENTRIES = ("tensor_parallel_mlp(x, W1, W2, world_size)",)
ONE = ((3, 4, 6), (1, 5, 7), (1, 1, 1))  # B, D, F
MANY = ((3, 4, 6, 2), (2, 5, 6, 3), (1, 3, 8, 8), (4, 7, 12, 4), (2, 6, 10, 5), (5, 8, 4, 2))
WIDE = ((4, 6, 64, 2), (2, 3, 60, 3))
UNEVEN = ((2, 6, 10, 3), (2, 8, 10, 4), (3, 4, 4, 8), (1, 5, 7, 2))
# D < F and B < D / ranks: then only a weight, or a wrong cut of one, has an axis F and is as large
# as a shard
WATCHED = ((2, 12, 15, 3), (1, 14, 28, 7), (3, 8, 22, 2))

KEPT = ((3, 4, 6, 2), (2, 6, 9, 3))

PRELUDE = """
import contextlib

import numpy
import torch
from torch.overrides import TorchFunctionMode

PRODUCTS = set(
    "matmul __matmul__ __rmatmul__ mm bmm addmm baddbmm addbmm mv addmv einsum linear bilinear dot "
    "inner tensordot multi_dot linalg_multi_dot linalg_matmul linalg_vecdot chain_matmul vecdot "
    "mul multiply __mul__ __rmul__ conv1d conv2d kron".split()
)
MADE, LIMITS = [], {}


def _parts(values):
    for value in values:
        if isinstance(value, (list, tuple)):
            yield from _parts(value)
        elif isinstance(value, (torch.Tensor, numpy.ndarray)):
            yield value


def _look(name, values):
    if name.rstrip("_") not in PRODUCTS and name not in PRODUCTS:
        return
    shapes = [list(value.shape) for value in _parts(values)]
    for shape in shapes if len(shapes) > 1 else ():
        size = 1
        for side in shape:
            size *= side
        if LIMITS["axis"] in shape and size >= LIMITS["size"]:
            MADE.append(shape)


def _plain(values):
    if isinstance(values, (list, tuple)):
        return type(values)(_plain(value) for value in values)
    return values.view(numpy.ndarray) if isinstance(values, Watched) else values


class Watched(numpy.ndarray):
    def __array_ufunc__(self, ufunc, method, *inputs, out=None, **kwargs):
        _look(ufunc.__name__, inputs)
        if out is not None:
            kwargs["out"] = _plain(out)
        return _watched(getattr(ufunc, method)(*_plain(inputs), **kwargs))

    def __array_function__(self, function, types, args, kwargs):
        _look(function.__name__, args)
        kwargs = {key: _plain(value) for key, value in kwargs.items()}
        return _watched(function(*_plain(args), **kwargs))


def _watched(value):
    return value.view(Watched) if type(value) is numpy.ndarray else value


class Watch(TorchFunctionMode):
    def __torch_function__(self, function, types, args=(), kwargs=None):
        name = getattr(function, "__name__", "")
        _look(name, (*args, *(kwargs or {}).values()))
        result = function(*args, **(kwargs or {}))
        return _watched(result) if name in ("numpy", "__array__") else result


@contextlib.contextmanager
def _numpy_watched():
    kept = {name: getattr(numpy, name) for name in ("array", "asarray")}
    for name, function in kept.items():
        def wrapped(*args, _function=function, **kwargs):
            return _watched(_function(*args, **kwargs))
        setattr(numpy, name, wrapped)
    try:
        yield
    finally:
        for name, function in kept.items():
            setattr(numpy, name, function)


def _full(function, x, w1, w2, ranks):
    MADE.clear()
    LIMITS.update(axis=w1.shape[1], size=w1.numel() // ranks)
    with _numpy_watched(), Watch():
        function(x, w1, w2, ranks)
    return MADE[0] if MADE else None


def _after(function, x, w1, w2, ranks):
    function(x, w1, w2, ranks)
    return x, w1, w2
"""


def _inputs(rng, batch, width, hidden, scale=0.05):
    """x, W1 and W2; x W1 has a standard deviation of `scale`."""
    x = torch.randn(batch, width, generator=rng)
    w1 = scale * torch.randn(width, hidden, generator=rng) / x.square().sum(1).max().sqrt()
    return x, w1, torch.randn(hidden, width, generator=rng)


def _reference(x, w1, w2):
    z = x.double() @ w1.double()
    return (z / 2 * (1 + torch.erf(z / 2**0.5))) @ w2.double()


def _own(probe):
    probe.prelude(PRELUDE)
    return probe.entry("tensor_parallel_mlp")


def _compare(probe, inputs, ranks, hint):
    out = probe.call("tensor_parallel_mlp", *inputs, ranks)
    (batch, width), hidden = inputs[0].shape, inputs[1].shape[1]
    what = f"output at B={batch}, D={width}, F={hidden}, world_size={ranks}"
    expect_close(out, _reference(*inputs), what, hint=hint)


def one_rank_is_the_dense_mlp(probe, rng):
    """With world_size=1 the output is gelu(x W1) W2."""
    for shape in ONE:
        _compare(probe, _inputs(rng, *shape), 1, "One rank is allowed: it holds both weights.")


def many_ranks_equal_the_dense_mlp(probe, rng):
    """With any world_size that divides F the output is gelu(x W1) W2, whatever D is."""
    for *shape, ranks in MANY:
        hint = "Each rank pairs its columns of W1 with the same rows of W2; the parts are summed."
        _compare(probe, _inputs(rng, *shape), ranks, hint)


def gelu_is_exact(probe, rng):
    """The activation is the exact (erf) GELU, not its tanh approximation."""
    for *shape, ranks in WIDE:
        x, w1, w2 = _inputs(rng, *shape, scale=2.0)
        _compare(probe, (x, w1, 0.2 * w2), ranks, "x W1 is around 2 in size here.")


def uneven_split_is_a_value_error(probe, rng):
    """A world_size that does not divide F raises ValueError."""
    for *shape, ranks in UNEVEN:
        error = probe.raises("tensor_parallel_mlp", *_inputs(rng, *shape), ranks)
        what = f"F={shape[2]}, world_size={ranks}: expected ValueError, got"
        if error is None:
            fail(f"{what} a result.")
        expect("ValueError" in error.types, f"{what} {error.describe()}")


def no_product_with_a_full_weight(probe, rng):
    """With n > 1 ranks only shards multiply: (D, F/n) of W1 and (F/n, D) of W2."""
    own = _own(probe)
    for batch, width, hidden, ranks in WATCHED:
        inputs = _inputs(rng, batch, width, hidden)
        found = probe.call("prelude:_full", own, *inputs, ranks)
        expect(
            found is None,
            f"B={batch}, D={width}, F={hidden}, world_size={ranks}: something of shape {found} "
            "was multiplied. No rank has a weight whose F is uncut.",
        )


def arguments_are_left_alone(probe, rng):
    """x, W1 and W2 have their values after the call."""
    for *shape, ranks in KEPT:
        inputs = _inputs(rng, *shape)
        after = probe.call("prelude:_after", _own(probe), *inputs, ranks)
        for name, before, now in zip(("x", "W1", "W2"), inputs, after, strict=True):
            expect_close(now, before, f"{name} after the call", hint="It was changed in place.")
