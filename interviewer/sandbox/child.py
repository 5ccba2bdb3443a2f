"""What runs in the locked child: answers the grader's questions with values of candidate code.

Nothing here is trusted by the grader: candidate code shares this process and can change all of
it. It can only ever answer with values, and values are compared elsewhere.
"""

import contextlib
import inspect
import linecache
import os
import random
import sys
import types
from collections.abc import Callable
from typing import Any

import numpy as np
import torch

from interviewer import faults
from interviewer.probe import Name, Ref
from interviewer.sandbox import operations, wire
from interviewer.sandbox.gradients import call_with_gradients

QUESTIONS, ANSWERS = 3, 4


class Child:
    """The objects of one submission, and the questions it can be asked."""

    def __init__(self, layers: tuple[str, ...], worked: tuple[str, ...]) -> None:
        self.layers, self.worked = layers, worked
        self.kept: dict[int, object] = {}
        self.spaces: dict[str, dict[str, Any]] = {"operation": dict(operations.OPERATIONS)}

    def hello(self) -> dict[str, object]:
        """Which layers hold, and which forbidden things worked."""
        return {"layers": list(self.layers), "worked": list(self.worked)}

    def load(self, source: str, space: str = "submission", name: str = "") -> dict[str, object]:
        """Run a source as a module; what it defines."""
        module = types.ModuleType(name or space)
        file = f"<{space}>"
        module.__file__ = file
        sys.modules[module.__name__] = module
        linecache.cache[file] = (len(source), None, source.splitlines(keepends=True), file)
        self.spaces[space] = module.__dict__
        try:
            code = compile(source, file, "exec", dont_inherit=True)
        except (SyntaxError, ValueError, RecursionError, MemoryError, OverflowError) as error:
            return {"syntax": faults.describe_syntax(error)}
        exec(code, module.__dict__)  # noqa: S102  this locked process exists for it
        return {"defined": _defined(module)}

    def call(
        self,
        target: object,
        args: list[object],
        kwargs: dict[str, object],
        seed: int | None,
        gradients: dict[str, list[int] | None] | None,
    ) -> object:
        """Call something with plain values; its value, with gradients if they are asked for."""
        function = self.find(target)
        if seed is not None:
            torch.manual_seed(seed)
            random.seed(seed)
            np.random.seed(seed % 2**32)
        if gradients is None:
            return {"value": function(*args, **kwargs)}
        value, inputs, parameters = call_with_gradients(
            function, args, kwargs, seed or 0, **gradients
        )
        return {"value": value, "inputs": inputs, "parameters": parameters}

    def find(self, target: object) -> Callable[..., Any]:
        """The callable meant by a decoded target: itself, or (object, method name)."""
        if isinstance(target, tuple):
            return getattr(target[0], target[1])  # type: ignore[no-any-return]
        return target  # type: ignore[return-value]

    def keep(self, value: object) -> Ref:
        """A handle for an object that is not plain data."""
        handle = len(self.kept)
        self.kept[handle] = value
        return Ref(handle, type(value).__name__)

    def resolve(self, found: object) -> object:
        """The object behind a handle or a name."""
        if isinstance(found, Ref):
            return self.kept[found.id]
        assert isinstance(found, Name)  # noqa: S101  _decode makes no third kind
        return self.spaces[found.space][found.name]

    def answer(self, tree: bytes, blob: bytes) -> object:
        """The answer to one question: `{"ok": value}` or `{"error": data}`."""
        try:
            question = wire.unpack(tree, blob, self.resolve)
            operation = {"hello": self.hello, "load": self.load, "call": self.call}
            return {"ok": operation[question.pop("ask")](**question)}  # type: ignore[operator]
        except BaseException as error:  # noqa: BLE001  sys.exit and KeyboardInterrupt are answers too
            return {"error": faults.describe(error)}


def _defined(module: types.ModuleType) -> list[dict[str, object]]:
    found = []
    for name, value in list(vars(module).items()):
        own = getattr(value, "__module__", None) == module.__name__
        if not callable(value):
            continue
        kind = "class" if isinstance(value, type) else "function"
        parameters = None
        with contextlib.suppress(ValueError, TypeError):
            parameters = len(inspect.signature(value).parameters)
        found.append({"name": name, "kind": kind, "parameters": parameters, "own": own})
    return found


def seed_generators() -> None:
    """Fresh randomness for this process; `torch.seed` must not open the system's device."""

    def seed() -> int:
        fresh = int.from_bytes(os.urandom(7), "little")
        torch.manual_seed(fresh)
        return fresh

    torch.seed = torch.random.seed = seed
    seed()
    random.seed()
    np.random.seed(int.from_bytes(os.urandom(4), "little"))


def serve(child: Child) -> None:
    """Answer questions until the grader closes the pipe; only the first when the lock leaks."""
    while header := _read(wire.HEADER.size):
        nonce, tree, blob = wire.unpack_header(header)
        answer = child.answer(_read(tree), _read(blob))
        try:
            frame = wire.pack(nonce, answer, child.keep)
        except wire.TooLarge as error:
            frame = wire.pack(nonce, {"large": str(error)})
        except BaseException as error:  # noqa: BLE001  encoding runs methods of candidate objects
            frame = wire.pack(nonce, {"error": faults.describe(error)})
        with contextlib.suppress(Exception):
            sys.stdout.flush()
            sys.stderr.flush()
        _write(frame)
        if child.worked:
            return


def _read(size: int) -> bytes:
    data = bytearray()
    while len(data) < size:
        piece = os.read(QUESTIONS, min(size - len(data), 1 << 20))
        if not piece:
            return b""
        data += piece
    return bytes(data)


def _write(data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(ANSWERS, view) :]
