"""The names and parameters a task asks for, and which object of a submission stands for each."""

import ast
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Signature:
    """One entry of a task: `text` as the candidate reads it, kind, number of parameters."""

    text: str
    name: str
    kind: str
    parameters: int


def parse_signature(text: str) -> Signature:
    """`f(x, y=1)` or `class C(dim)`. Raises SyntaxError."""
    kind = "class" if text.startswith("class ") else "function"
    tree = ast.parse(f"def {text.removeprefix('class ')}: pass").body[0]
    assert isinstance(tree, ast.FunctionDef)  # noqa: S101  the parsed text begins with def
    arguments = tree.args
    count = len(arguments.posonlyargs) + len(arguments.args) + len(arguments.kwonlyargs)
    return Signature(text, tree.name, kind, count)


def resolve(
    entries: Sequence[Signature], defined: Sequence[Mapping[str, Any]]
) -> tuple[dict[str, str], list[str], list[str]]:
    """Aliases for entries that go by another name, what to say about them, what is missing."""
    names = {str(found["name"]) for found in defined}
    wanted = {entry.name for entry in entries}
    lacking = [entry for entry in entries if entry.name not in names]
    aliases: dict[str, str] = {}
    said, missing = [], []
    for entry in lacking:
        fits = [str(f["name"]) for f in defined if f["name"] not in wanted and _fits(f, entry)]
        rivals = [each.name for each in lacking if each is not entry and _alike(each, entry)]
        if len(fits) == 1 and not rivals:
            aliases[entry.name] = fits[0]
            said.append(f"There is no {entry.name}; {fits[0]} was used in its place.")
        else:
            missing.append(
                f"Expected {entry.text}, found nothing of that name{_why(fits, rivals)}."
            )
    return aliases, said, missing


def _fits(found: Mapping[str, Any], entry: Signature) -> bool:
    alike = found["kind"] == entry.kind and found["parameters"] == entry.parameters
    return found["own"] is True and alike


def _alike(one: Signature, other: Signature) -> bool:
    return (one.kind, one.parameters) == (other.kind, other.parameters)


def _why(fits: Sequence[str], rivals: Sequence[str]) -> str:
    if len(fits) > 1:
        return f"; {len(fits)} others fit ({', '.join(fits)})"
    return f"; {fits[0]} fits it, and {rivals[0]} as well" if fits else ""


def called_names(source: str) -> frozenset[str]:
    """Last parts of everything a source names, read from its syntax; empty where it has none.

    For guidance: a determined author can hide a call from it.
    """
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return frozenset()
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute):
            found.add(node.attr)
        elif isinstance(node, ast.Name):
            found.add(node.id)
        elif isinstance(node, ast.alias):
            found.add(node.name.rpartition(".")[2])
    return frozenset(found)
