"""Comparisons that teach: what was expected, what came, where they first differ, by how much.

Run in the grader's process on plain values; the bank's checks are written with these.
"""

import math
from collections.abc import Callable, Sequence
from typing import Any, NoReturn

import torch

from interviewer.sandbox.gradients import call_with_gradients

RTOL, ATOL = 1e-4, 1e-5


class CheckFailure(Exception):
    """The submission lacks the property; the message is for the candidate."""


def fail(message: str) -> NoReturn:
    """End the check as a wrong answer."""
    raise CheckFailure(message)


def expect(condition: bool, message: str) -> None:
    """Fail with `message` unless the condition holds."""
    if not condition:
        fail(message)


def expect_tuple(value: object, size: int, what: str) -> tuple[Any, ...]:
    """The value as a tuple of `size` parts (a list will do)."""
    if not isinstance(value, (tuple, list)) or len(value) != size:
        fail(f"{what}: expected a tuple of {size} values, got {describe(value)}.")
    return tuple(value)


def expect_scalar(value: object, what: str) -> float:
    """A Python number, a NumPy scalar or a 0-d tensor as a float."""
    if isinstance(value, torch.Tensor) and value.dim() == 0 and not value.is_complex():
        return float(value)
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        try:
            return float(value)
        except OverflowError:
            return math.inf
    fail(f"{what}: expected a single number, got {describe(value)}.")


def expect_tensor(value: object, shape: tuple[int, ...], what: str) -> torch.Tensor:
    """A tensor of exactly this shape; a plain number stands for a 0-d one."""
    if shape == () and not isinstance(value, torch.Tensor):
        return torch.tensor(expect_scalar(value, what))
    if not isinstance(value, torch.Tensor):
        fail(f"{what}: expected a tensor of shape {shape}, got {describe(value)}.")
    if tuple(value.shape) != shape:
        fail(f"{what}: expected shape {shape}, got shape {tuple(value.shape)} of {value.dtype}.")
    return value


def expect_close(
    actual: object,
    expected: torch.Tensor | float,
    what: str,
    *,
    rtol: float = RTOL,
    atol: float = ATOL,
    hint: str = "",
) -> None:
    """Equal within |actual - expected| <= atol + rtol * |expected|; NaN equals nothing."""
    wanted = torch.as_tensor(expected).detach()
    tensor = expect_tensor(actual, tuple(wanted.shape), what).detach()
    kind = torch.complex128 if tensor.is_complex() or wanted.is_complex() else torch.float64
    got, want = tensor.to(kind), wanted.to(kind)
    error = (got - want).abs()
    # an infinite expectation has an infinite tolerance: it is met by itself alone
    near = torch.isfinite(error) & (error <= atol + rtol * want.abs())
    wrong = ~(near | (got == want))
    if not bool(wrong.any()):
        return
    first = tuple(int(i) for i in wrong.nonzero()[0])
    place = f" first at index {list(first)}" if first else ""
    text = f"{what}:{place} expected {_number(want[first])}, got {_number(got[first])}."
    if wrong.numel() > 1:
        text += f" {int(wrong.sum())} of {wrong.numel()} values differ; {_largest(error)}."
        text += _not_finite(got, want)
    text += f"{_form(tensor, wanted)} Tolerance: rtol {rtol:g}, atol {atol:g}."
    fail(f"{text} {hint}".strip())


def reference_gradients(
    function: Callable[..., Any],
    *args: object,
    seed: int,
    wrt: Sequence[int] | None = None,
    of: Sequence[int] | None = None,
    **kwargs: object,
) -> tuple[Any, list[torch.Tensor | None]]:
    """Value and argument gradients of trusted code, weighted as `Probe.gradients` did."""
    copies = [a.clone() if isinstance(a, torch.Tensor) else a for a in args]
    value, inputs, _ = call_with_gradients(function, copies, kwargs, seed, wrt, of)
    return value, inputs


def describe(value: object) -> str:
    """What a value is, in a few words."""
    if isinstance(value, torch.Tensor):
        return f"a tensor of shape {tuple(value.shape)}"
    if isinstance(value, (tuple, list)):
        return f"a {type(value).__name__} of {len(value)}"
    return "None" if value is None else f"{type(value).__name__} {str(value)[:60]}"


def _largest(error: torch.Tensor) -> str:
    finite = error[torch.isfinite(error)]
    return f"largest error {float(finite.max()):.3g}" if finite.numel() else "no error is a number"


def _not_finite(got: torch.Tensor, want: torch.Tensor) -> str:
    count = int((torch.isfinite(want) & ~torch.isfinite(got)).sum())
    return f" {count} of them should be finite and {'is' if count == 1 else 'are'} not." * (
        count > 0
    )


def _form(got: torch.Tensor, want: torch.Tensor) -> str:
    """What shape and dtype say: a wider or narrower float than ours is no fault by itself."""
    shape = f" Shape {tuple(got.shape)}"
    if got.dtype == want.dtype:
        return f"{shape} and dtype {_dtype(got)} are as expected."
    if got.is_floating_point() and want.is_floating_point():
        return f"{shape} is as expected, the dtype is {_dtype(got)}."
    return f"{shape} is as expected; dtype: expected {_dtype(want)}, got {_dtype(got)}."


def _dtype(value: torch.Tensor) -> str:
    return str(value.dtype).removeprefix("torch.")


def _number(value: torch.Tensor) -> str:
    item = value.item()
    return f"{item:.6g}"
