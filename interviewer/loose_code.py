"""Code that was sent in a message without a fence, parted from the words around it (pure).

A line of words may happen to be valid Python ("class imbalance: weights", a formula, a bullet).
Code is only what also shows it: a function, a class, imports in use, or a loop or print that
reads nothing undefined.
In doubt it is words: those are judged and never run.
"""

import ast
import builtins
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from interviewer.unknown_names import USUAL, unknown_names

_BEGINS = re.compile(
    r"^(?:(?:async )?(?:def|class|import|from|for|while|with|if|try)\b|@|print\()", re.M
)
_GOES_ON = re.compile(r"\s|[)\]}]|(?:else|elif|except|finally)\b")
_MOST_JOINED = 12  # pieces of one statement that stands at the left edge, as a bracket may
_ACTS = (ast.Return, ast.Assign, ast.AnnAssign, ast.AugAssign, ast.Raise, ast.Yield, ast.Call)
_DEFINES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
_BLOCKS = (ast.For, ast.While, ast.With, ast.If, ast.Try)
_IMPORTS = (ast.Import, ast.ImportFrom)


@dataclass(frozen=True, slots=True)
class _Piece:
    """Lines from one at the left edge to the next; `body` is None where they are words."""

    text: str
    body: tuple[ast.stmt, ...] | None  # empty for a comment


def split_loose_code(text: str) -> tuple[str, str]:
    """The words and the code of a message without fences; all words when no code is certain."""
    words, code = list[str](), list[str]()
    runs = _runs(_pieces(text.splitlines(keepends=True))) if _BEGINS.search(text) else ()
    for run in runs:
        first, last = _ends(run)
        if not _is_meant(run[first:last]):
            first = last = len(run)
        words += [piece.text for piece in (*run[:first], *run[last:])]
        code += ["".join(piece.text for piece in run[first:last]).rstrip()] * (first < last)
    return ("".join(words).strip(), "\n\n".join(code)) if code else (text.strip(), "")


def _pieces(lines: Sequence[str]) -> Iterator[_Piece]:
    groups: list[str] = []
    for line in lines:
        marked = bool(groups) and groups[-1].splitlines()[-1].startswith(("#", "@"))
        if groups and (marked or not line.strip() or _GOES_ON.match(line)):
            groups[-1] += line
        else:
            groups.append(line)
    at = 0
    while at < len(groups):
        most = _MOST_JOINED if _BEGINS.match(groups[at]) or '"""' in groups[at] else 1
        for size in range(1, min(most, len(groups) - at) + 1):
            piece = _piece(groups[at : at + size])
            if piece.body is not None:
                break
        else:
            size, piece = 1, _Piece(groups[at], None)
        yield piece
        at += size


def _piece(groups: Sequence[str]) -> _Piece:
    text = "".join(groups)
    return _Piece(text, _parsed(text))


def _parsed(text: str) -> tuple[ast.stmt, ...] | None:
    """The statements of a text, None where one is a bare expression: words often are."""
    try:
        body = ast.parse(text).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    bare = [s.value for s in body if isinstance(s, ast.Expr)]
    meant = all(isinstance(value, ast.Call) or _is_text(value) for value in bare)
    return tuple(body) if meant else None


def _is_text(value: ast.expr) -> bool:
    return isinstance(value, ast.Constant) and isinstance(value.value, str)


def _runs(pieces: Iterator[_Piece]) -> Iterator[tuple[_Piece, ...]]:
    """Neighbours that parse, together; each piece of words alone."""
    run: tuple[_Piece, ...] = ()
    for piece in pieces:
        if piece.body is not None:
            run += (piece,)
            continue
        if run:
            yield run
        yield (piece,)
        run = ()
    if run:
        yield run


def _ends(run: Sequence[_Piece]) -> tuple[int, int]:
    """From where to where a run is code: without formulas and calls of unknown things around."""
    unknown = set(unknown_names("".join(piece.text for piece in run))) - set(USUAL)
    first, last = 0, len(run)
    while first < last and _is_loose(run[first], unknown):
        first += 1
    while first < last and _is_loose(run[last - 1], unknown):
        last -= 1
    return first, last


def _is_loose(piece: _Piece, unknown: set[str]) -> bool:
    if piece.body is None:
        return True
    simple = (ast.Expr, ast.Assign, ast.AnnAssign, ast.AugAssign)
    if not all(isinstance(statement, simple) for statement in piece.body):
        return False
    nodes = (node for statement in piece.body for node in ast.walk(statement))
    return any(isinstance(node, ast.Name) and node.id in unknown for node in nodes)


def _is_meant(run: Sequence[_Piece]) -> bool:
    """Whether statements show that they are code to run: they define, or stand on their own."""
    body = [statement for piece in run for statement in piece.body or ()]
    if any(isinstance(s, _DEFINES) and _acts(s) for s in body):
        return True
    imports = sum(isinstance(s, _IMPORTS) for s in body)
    if imports and len(body) > imports:
        return True
    # a loop that illustrates an answer reads names of which only the words tell
    if set(unknown_names("".join(piece.text for piece in run))) - set(USUAL):
        return False
    return any(_works(s) or (len(body) > 1 and _is_print(s)) for s in body)


def _acts(statement: ast.stmt) -> bool:
    return any(isinstance(node, _ACTS) for node in ast.walk(statement))


def _works(block: ast.stmt) -> bool:
    """Whether it is a loop or condition of several statements that calls methods."""
    inner = list(ast.walk(block)) if isinstance(block, _BLOCKS) else []
    methods = [n for n in inner if isinstance(n, ast.Call) and isinstance(n.func, ast.Attribute)]
    return bool(methods) and sum(isinstance(n, ast.stmt) for n in inner) > 2


def _is_print(statement: ast.stmt) -> bool:
    call = statement.value if isinstance(statement, ast.Expr) else None
    return isinstance(call, ast.Call) and getattr(call.func, "id", "") in dir(builtins)
