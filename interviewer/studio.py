"""A rubric's TOML as a form of claims, and edits of that form as edits of the TOML (pure).

The text is the truth, and a form may hold faulty values: `check` decides what is good enough.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any, Literal

from interviewer.errors import InputError
from interviewer.toml_edits import add_table, read_document, remove_table, set_keys, tables

ClaimKind = Literal["criteria", "misconceptions"]
FIELDS: dict[ClaimKind, tuple[str, ...]] = {
    "criteria": (
        "id",
        "points",
        "statement",
        "paraphrases",
        "near_misses",
        "follow_up",
        "missed",
        "contradicted",
        "source",
    ),
    "misconceptions": ("id", "points", "statement", "paraphrases", "correction", "source"),
}
LISTS = ("paraphrases", "near_misses")
BREAK = "⏎"  # a line break inside one text of a list, as each line of the form is a text
_NUMBER = re.compile(r"[+-]?(0|[1-9]\d{0,8})(\.\d{1,12})?")
_NEW: dict[ClaimKind, tuple[str, str]] = {
    "criteria": ("new-criterion", "1"),
    "misconceptions": ("new-misconception", "-1"),
}


@dataclass(frozen=True, slots=True)
class Claim:
    """A criterion or misconception as the form shows it: field name -> text, lists line by line."""

    kind: ClaimKind
    index: int  # within its kind
    fields: Mapping[str, str]


def read_form(text: str) -> tuple[Claim, ...]:
    """The claims of a rubric's text, faulty values included. Raises InputError: not TOML."""
    document = read_document(text)
    return tuple(
        Claim(kind, index, {name: _shown(table.get(name)) for name in names})
        for kind, names in FIELDS.items()
        for index, table in enumerate(tables(document, kind))
    )


def write_fields(text: str, kind: ClaimKind, index: int, fields: Mapping[str, str]) -> str:
    """The text with fields of one claim set as the form shows them; equal ones stay untouched.

    Raises InputError when there is no such claim, or the text's shape does not allow the edit.
    """
    found = tables(read_document(text), kind)
    if not 0 <= index < len(found):
        raise InputError("found no such claim in the TOML, expected one: open the item again")
    table = found[index]
    edits = {
        name: _value(name, shown, table.get(name))
        for name, shown in fields.items()
        if name in FIELDS[kind] and _clean(shown) != _shown(table.get(name))
    }
    return set_keys(text, kind, index, edits) if edits else text


def add_claim(text: str, kind: ClaimKind) -> tuple[str, int]:
    """The text with a new claim after the last of its kind, and its index; fields are blank."""
    document = read_document(text)
    taken = {each.get("id") for side in FIELDS for each in tables(document, side)}
    stem, points = _NEW[kind]
    names = (f"{stem}-{number}" if number > 1 else stem for number in range(1, len(taken) + 2))
    blank = {"id": f'"{next(name for name in names if name not in taken)}"', "points": points}
    blank |= {n: "[]" if n in LISTS else '""' for n in FIELDS[kind] if n not in blank}
    block = "\n".join([f"[[{kind}]]", *(f"{name} = {value}" for name, value in blank.items())])
    return add_table(text, kind, block), len(tables(document, kind))


def remove_claim(text: str, kind: ClaimKind, index: int) -> str:
    """The text without one claim; comments before and after it stay. Raises InputError."""
    return remove_table(text, kind, index)


def _clean(shown: str) -> str:
    lines = [line.rstrip() for line in shown.replace("\r\n", "\n").replace("\r", "\n").split("\n")]
    return "\n".join(lines).strip()


def _shown(value: object) -> str:
    """A value as a field of the form: as `_clean` leaves what comes back unchanged."""
    if isinstance(value, list):
        return _clean("\n".join(_line(each) for each in value))
    return _clean(_plain(value))


def _line(value: object) -> str:
    """One text of a list on one line."""
    return _clean(_plain(value)).replace("\n", BREAK)


def _plain(value: object) -> str:
    if isinstance(value, int) and value.bit_length() > 1024:  # Python may refuse to print it
        return f"an integer of {value.bit_length()} bits"
    if isinstance(value, bool):
        return str(value).lower()
    return "" if value is None else str(value)


def _value(name: str, shown: str, old: object) -> Any:
    """What a field's text stands for: a number, a list with the old texts kept, or a text."""
    text = _clean(shown)
    if name == "points" and _NUMBER.fullmatch(text):
        return float(text) if "." in text else int(text)
    if name not in LISTS:
        return text
    lines = [line.strip() for line in text.split("\n") if line.strip()]
    return _with_kept(old if isinstance(old, list) else [], lines)


def _with_kept(old: Sequence[Any], lines: Sequence[str]) -> list[Any]:
    """What lines stand for: the old values that still show the same, else new texts."""
    wanted: list[Any] = [line.replace(BREAK, "\n") for line in lines]
    steps = SequenceMatcher(None, [_line(each) for each in old], lines, autojunk=False)
    for start, low, size in steps.get_matching_blocks():
        wanted[low : low + size] = old[start : start + size]
    return wanted
