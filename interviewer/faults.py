"""Candidate exceptions as data: type names, message, the candidate's own traceback lines."""

import traceback

from interviewer.explained import explain_syntax

MAX_MESSAGE = 2000
MEMORY_WORDS = ("not enough memory", "can't allocate memory", "bad_alloc", "cannot allocate")


def describe(error: BaseException) -> dict[str, object]:
    """An exception as plain data; never raises, whatever its methods do."""
    try:
        message = str(error)[:MAX_MESSAGE]
    except BaseException:  # noqa: BLE001  __str__ is candidate code
        message = "(its message could not be read)"
    return {
        "types": [kind.__name__ for kind in type(error).__mro__],
        "message": message,
        "lines": _own_lines(error),
    }


def describe_syntax(error: BaseException) -> str:
    """Where a source does not parse, with the line."""
    if isinstance(error, SyntaxError):
        line = (error.text or "").rstrip()
        where = f"line {error.lineno}: {error.msg}\n{line}"
        why = explain_syntax(line)
        return f"{why}\n{where}"[:MAX_MESSAGE] if why else where[:MAX_MESSAGE]
    return f"{type(error).__name__}: {error}"[:MAX_MESSAGE]


def is_memory(types: list[str], message: str) -> bool:
    """Whether an error says that memory ran out."""
    return "MemoryError" in types or any(w in message.lower() for w in MEMORY_WORDS)


def _own_lines(error: BaseException) -> list[str]:
    try:
        frames = traceback.extract_tb(error.__traceback__)
    except BaseException:  # noqa: BLE001  candidate code may have replaced any of this
        return []
    return [
        f"line {frame.lineno}, in {frame.name}: {frame.line or ''}"[:300]
        for frame in frames
        if frame.filename == "<submission>"
    ][-8:]
