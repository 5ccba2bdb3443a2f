"""Edits of the tables in a TOML text that leave every other byte, comments and order included.

Each edit is proved: the new text is read back and must say what was wanted, else InputError.
"""

import re
import tomllib
from collections.abc import Mapping, Sequence
from difflib import SequenceMatcher
from typing import Any

import tomlkit
from tomlkit.items import Array, Item, String

from interviewer.errors import InputError
from interviewer.toml_lines import line_numbers

Document = dict[str, Any]
BY_HAND = "The form cannot make this change without touching other lines: make it in the TOML."
_QUIET = re.compile(r"\s*(#.*)?")  # a blank line, or a comment alone


def read_document(text: str) -> Document:
    """The values of a text. Raises InputError when it is not TOML."""
    _refuse_surrogates(text)
    try:
        return tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        raise InputError("found a text that is not TOML, expected a rubric") from error


def tables(document: Document, kind: str) -> list[Document]:
    """The tables of an array of tables; none where the value is something else."""
    found = document.get(kind, [])
    fits = isinstance(found, list) and all(isinstance(each, dict) for each in found)
    return found if fits else []


def set_keys(text: str, kind: str, index: int, values: Mapping[str, Any]) -> str:
    """The text with these keys of one table set to these texts, numbers or lists."""
    wanted = read_document(text)
    table = tables(wanted, kind)[index]
    new = {name: value for name, value in values.items() if name not in table}
    changed = {name: value for name, value in values.items() if name in table}
    table.update(values)
    return _proved(_changed(_extended(text, kind, index, new), kind, index, changed), wanted)


def add_table(text: str, kind: str, block: str) -> str:
    """The text with one more table, given as TOML, after the last of its kind."""
    wanted = read_document(text)
    count = len(tables(wanted, kind))
    lines = text.split("\n")
    end = _end(text, kind, count - 1) if count else _last(lines, len(lines))
    wanted.setdefault(kind, []).append(tomllib.loads(block)[kind][0])
    return _proved("\n".join([*lines[:end], "", block, *(lines[end:] or [""])]), wanted)


def remove_table(text: str, kind: str, index: int) -> str:
    """The text without one table; comments before and after it stay."""
    wanted = read_document(text)
    found = tables(wanted, kind)
    start = line_numbers(text).get((kind, index))
    if start is None or not 0 <= index < len(found):
        raise InputError(BY_HAND)
    lines = text.split("\n")
    end = _end(text, kind, index)
    if end < len(lines) and not lines[end].strip():
        end += 1
    del found[index]
    if not found:
        del wanted[kind]
    return _proved("\n".join([*lines[: start - 1], *lines[end:]]), wanted)


def _extended(text: str, kind: str, index: int, new: Mapping[str, Any]) -> str:
    """The text with new keys after a table's last one: tomlkit would put them behind comments."""
    if not new:
        return text
    lines = text.split("\n")
    end = _end(text, kind, index)
    added = [f"{name} = {_item(value, None).as_string()}" for name, value in new.items()]
    return "\n".join([*lines[:end], *added, *lines[end:]])


def _changed(text: str, kind: str, index: int, values: Mapping[str, Any]) -> str:
    try:
        document = tomlkit.parse(text)
        if document.as_string() != text:  # it would move tables of mixed order
            raise InputError(BY_HAND)
        table: Any = document[kind][index]  # type: ignore[index]  # tables, as tomllib said
        for name, value in values.items():
            old = table.get(name)
            if isinstance(value, list) and isinstance(old, Array):
                _rewrite(old, value)
            else:
                table[name] = _item(value, old)
        return document.as_string()
    except (tomlkit.exceptions.TOMLKitError, ValueError, RecursionError, LookupError) as error:
        raise InputError(BY_HAND) from error


def _item(value: Any, old: object) -> Item:
    """A value as TOML, a text in the quotes that the old one had where they fit."""
    if isinstance(value, list):
        array = tomlkit.array()
        for each in value:
            array.append(_item(each, None))
        return array.multiline(bool(value))
    if not isinstance(value, str):
        number: Item = tomlkit.item(value)
        return number
    literal = isinstance(old, String) and old.as_string().startswith("'")
    if "\n" in value:
        return tomlkit.string(value, multiline=True)
    return tomlkit.string(value, literal=literal and "'" not in value and value.isprintable())


def _rewrite(array: Array, wanted: Sequence[Any]) -> None:
    """Make an array hold the wanted values; those that stay keep their line and comment."""
    held = [repr(each) for each in array.unwrap()]
    steps = SequenceMatcher(None, held, [repr(each) for each in wanted], autojunk=False)
    for step, start, end, low, high in reversed(steps.get_opcodes()):
        if step == "equal":
            continue
        both = min(end - start, high - low)
        for position in reversed(range(start + both, end)):
            del array[position]
        for offset in range(both):
            array[start + offset] = _item(wanted[low + offset], array[start + offset])
        for offset in range(both, high - low):
            array.insert(start + offset, _item(wanted[low + offset], None))


def _proved(new: str, wanted: Document) -> str:
    """The new text, if it says what was wanted and nothing else. Raises InputError."""
    _refuse_surrogates(new)
    try:
        if repr(tomllib.loads(new)) == repr(wanted):  # repr: NaN is not equal to itself
            return new
    except (ValueError, RecursionError):
        pass
    raise InputError(BY_HAND)


def _refuse_surrogates(text: str) -> None:
    if any("\ud800" <= each <= "\udfff" for each in text):  # JSON carries these, UTF-8 can't
        raise InputError("found half a surrogate pair, expected text")


def _end(text: str, kind: str, index: int) -> int:
    """How many lines there are up to the end of a table's last value."""
    places, lines = line_numbers(text), text.split("\n")
    start = places.get((kind, index))
    if start is None:
        raise InputError(BY_HAND)
    others = [n for place, n in places.items() if n > start and place[:2] != (kind, index)]
    return _last(lines, min(others, default=len(lines) + 1) - 1)


def _last(lines: list[str], end: int) -> int:
    """The number of the last line up to `end` that says something."""
    while end > 0 and _QUIET.fullmatch(lines[end - 1]):
        end -= 1
    return end
