"""What a grader can ask of modules that live in the child, beyond calling them."""

from collections.abc import Callable
from typing import Any

import torch


def state(module: torch.nn.Module) -> dict[str, torch.Tensor]:
    """All parameters and buffers by name."""
    return dict(module.state_dict())


def set_state(module: torch.nn.Module, values: dict[str, torch.Tensor]) -> None:
    """Copy values into the named parameters and buffers; names that are absent stay as they are."""
    own = module.state_dict(keep_vars=True)
    with torch.no_grad():
        for name, value in values.items():
            own[name].copy_(value)


def parameters(module: torch.nn.Module) -> dict[str, tuple[list[int], bool]]:
    """Shape of every parameter and whether it trains, by name."""
    return {n: (list(p.shape), p.requires_grad) for n, p in module.named_parameters()}


def mode(module: torch.nn.Module, training: bool) -> None:
    """Training or evaluation mode."""
    module.train(training)


def attribute(value: object, name: str) -> Any:
    """An attribute by name."""
    return getattr(value, name)


OPERATIONS: dict[str, Callable[..., Any]] = {
    function.__name__: function for function in (state, set_state, parameters, mode, attribute)
}
