"""One way to call a function and ask for gradients, the same in the child and for a reference."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import torch


def call_with_gradients(
    function: Callable[..., Any],
    args: Sequence[object],
    kwargs: Mapping[str, object],
    seed: int,
    wrt: Sequence[int] | None = None,
    of: Sequence[int] | None = None,
) -> tuple[Any, list[torch.Tensor | None], dict[str, torch.Tensor | None]]:
    """Value, gradients of tensors in `args`, gradients of parameters by name.

    `wrt` picks arguments by position (None: every floating-point tensor), `of` picks outputs by
    their order among the floating-point tensors of the value (None: all).

    Outputs are weighted with random cotangents drawn from `seed`, so the gradient of a sum does
    not hide errors that cancel. A gradient that nothing reached is None; parameters are those of
    `function` when it is a module.
    """
    picked = args if wrt is None else [args[i] for i in wrt]
    inputs = [a for a in picked if isinstance(a, torch.Tensor) and a.is_floating_point()]
    for tensor in inputs:
        tensor.requires_grad_(True)
        tensor.grad = None
    named = dict(function.named_parameters()) if isinstance(function, torch.nn.Module) else {}
    for parameter in named.values():
        parameter.grad = None
    value = function(*args, **kwargs)
    outputs, weights = [], []
    generator = torch.Generator().manual_seed(seed)
    for number, output in enumerate(tensors_in(value)):
        weight = torch.randn(output.shape, generator=generator).to(output.dtype)
        if output.requires_grad and (of is None or number in of):
            outputs.append(output)
            weights.append(weight)
    if outputs:
        torch.autograd.backward(outputs, weights)
    return value, [t.grad for t in inputs], {name: p.grad for name, p in named.items()}


def tensors_in(value: object) -> Iterator[torch.Tensor]:
    """Floating-point tensors of nested lists, tuples and dictionaries, in order."""
    if isinstance(value, torch.Tensor):
        if value.is_floating_point():
            yield value
    elif isinstance(value, (list, tuple)):
        for item in value:
            yield from tensors_in(item)
    elif isinstance(value, dict):
        for item in value.values():
            yield from tensors_in(item)
