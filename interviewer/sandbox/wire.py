"""Frames on the pipes between grader and child: a nonce, a JSON tree, tensors as safetensors.

Plain data in both directions, never pickle. Sizes are checked before anything is allocated, and
what a frame says is a claim: only the values in it are used.
"""

import json
import math
import struct
from collections.abc import Callable
from typing import Any

import numpy as np
import safetensors.torch
import torch

from interviewer.probe import Name, Ref

MAX_TREE = 1 << 20
MAX_TENSORS = 64 << 20
MAX_DEPTH = 40
NOT_A_VALUE = (ValueError, LookupError, TypeError, AttributeError, ArithmeticError, RuntimeError)
HEADER = struct.Struct("<16sIQ")


class WireError(Exception):
    """A frame or tree that is not one of ours."""


class TooLarge(WireError):
    """A value beyond MAX_TREE or MAX_TENSORS."""


def pack(nonce: bytes, value: object, keep: Callable[[object], Ref] | None = None) -> bytes:
    """One frame. `keep` turns an object that is not plain into a handle; TypeError without it."""
    tensors: dict[str, torch.Tensor] = {}
    tree = json.dumps(_encode(value, tensors, keep, 0), separators=(",", ":")).encode()
    size = sum(t.numel() * t.element_size() for t in tensors.values())
    if len(tree) > MAX_TREE or size > MAX_TENSORS:
        raise TooLarge(
            f"the value is too large: {len(tree):,} bytes of plain data and {size:,} of tensors; "
            f"at most {MAX_TREE:,} and {MAX_TENSORS:,} can be returned"
        )
    blob = safetensors.torch.save(tensors) if tensors else b""
    return HEADER.pack(nonce, len(tree), len(blob)) + tree + blob


def unpack_header(header: bytes) -> tuple[bytes, int, int]:
    """Nonce and the two sizes. Raises TooLarge."""
    nonce, tree, blob = HEADER.unpack(header)
    if tree > MAX_TREE or blob > MAX_TENSORS + MAX_TREE:
        raise TooLarge(f"a frame of {tree + blob:,} bytes")
    return nonce, tree, blob


def unpack(tree: bytes, blob: bytes, resolve: Callable[[object], object] | None = None) -> Any:
    """The value of a frame's body. `resolve` replaces Ref and Name. Raises WireError."""
    try:
        tensors = safetensors.torch.load(blob) if blob else {}
        return _decode(json.loads(tree), tensors, resolve, 0)
    except NOT_A_VALUE as error:
        raise WireError(f"not a value: {type(error).__name__}") from error
    except safetensors.SafetensorError as error:
        raise WireError("not a safetensors block") from error


def _encode(
    value: object,
    tensors: dict[str, torch.Tensor],
    keep: Callable[[object], Ref] | None,
    depth: int,
) -> object:
    if depth > MAX_DEPTH:
        raise TooLarge(f"the value is nested deeper than {MAX_DEPTH} levels")
    if value is None or isinstance(value, (bool, str)):
        return value
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, int):
        return int(value)
    if isinstance(value, float):
        return float(value) if math.isfinite(value) else {"f": str(float(value))}
    if isinstance(value, complex):
        return {"z": [repr(value.real), repr(value.imag)]}
    if isinstance(value, np.ndarray):
        value = torch.from_numpy(np.ascontiguousarray(value))
    if isinstance(value, torch.Tensor):
        return _encode_tensor(value, tensors)
    if isinstance(value, Ref):
        return {"r": value.id, "type": value.type}
    if isinstance(value, Name):
        return {"e": value.name, "space": value.space}

    def inner(item: object) -> object:
        return _encode(item, tensors, keep, depth + 1)

    if isinstance(value, (list, tuple)):
        return {"u" if isinstance(value, tuple) else "l": [inner(item) for item in value]}
    if isinstance(value, dict):
        return {"d": [[inner(key), inner(item)] for key, item in value.items()]}
    if keep is None:
        raise TypeError(f"{type(value).__name__} is not plain data")
    return inner(keep(value))


def _encode_tensor(value: torch.Tensor, tensors: dict[str, torch.Tensor]) -> object:
    with torch._C.DisableTorchFunctionSubclass():
        plain = value.detach()
        if plain.layout != torch.strided:
            plain = plain.to_dense()
        plain = plain.as_subclass(torch.Tensor)
        tag = "t"
        if plain.is_complex():
            plain, tag = torch.view_as_real(plain.resolve_conj()), "c"
        key = str(len(tensors))
        tensors[key] = plain.resolve_neg().cpu().contiguous().clone()
    return {tag: key}


def _decode(
    tree: object,
    tensors: dict[str, torch.Tensor],
    resolve: Callable[[object], object] | None,
    depth: int,
) -> object:
    if depth > 2 * MAX_DEPTH:
        raise ValueError("too deep")
    if not isinstance(tree, dict):
        if isinstance(tree, list):
            raise ValueError("a bare list")
        return tree

    def inner(item: object) -> Any:
        return _decode(item, tensors, resolve, depth + 1)

    if not tree:
        raise ValueError("an empty node")
    tag, body = next(iter(tree.items()))
    match tag:
        case "f":
            return float(body)
        case "z":
            return complex(float(body[0]), float(body[1]))
        case "t":
            return tensors[body]
        case "c":
            return torch.view_as_complex(tensors[body])
        case "l":
            return [inner(item) for item in body]
        case "u":
            return tuple(inner(item) for item in body)
        case "d":
            return {inner(key): inner(item) for key, item in body}
        case "r":
            found: object = Ref(int(body), str(tree.get("type", "")))
        case "e":
            found = Name(str(body), str(tree["space"]))
        case _:
            raise ValueError(f"unknown tag {tag!r}")
    return resolve(found) if resolve else found
