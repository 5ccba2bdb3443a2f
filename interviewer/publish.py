"""Checks the draft of a rubric and saves it: only what `check` passes, read back before it counts.

Judges look the rubric up for each answer, so answers judged from then on get the new one; stored
judgements name the version they were made with, which is stored beside them.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from interviewer.check import check_content
from interviewer.content import RUBRIC_FILES, Change, Content
from interviewer.errors import ContentError, InputError, InterviewerError
from interviewer.overlay import digest
from interviewer.toml_lines import Place, line_numbers

_FAULT = re.compile(
    r"(?:.*?/)??(?P<file>(?:bank|rubrics)/[^/:]+/[^/:]+):(?P<line>\d+): (?P<what>.*)", re.DOTALL
)


@dataclass(frozen=True, slots=True)
class DraftFault:
    """A fault of a draft; `place` is the innermost table and key on its line, if there is one."""

    file: str  # bank/<slug>/item.toml, rubrics/<slug>/rubric.toml or .../samples.toml
    line: int
    message: str
    place: Place = ()


@dataclass(frozen=True, slots=True)
class Published:
    """What was saved, and the rubric's version before (empty when it had none) and now."""

    files: tuple[str, ...]
    before: str
    version: str


def open_texts(content: Content, slug: str) -> tuple[Change, ...]:
    """The texts of an item's rubric as they are, to be changed. Raises InputError."""
    try:
        texts = [(name, content.text(slug, name)) for name in RUBRIC_FILES]
    except ContentError as error:  # its faults name the server's folders
        found = [_located(each, slug, {}) for each in error.faults]
        raise InputError("; ".join(f"{each.file}: {each.message}" for each in found)) from error
    return tuple(Change(name, text, digest(text)) for name, text in texts)


def draft_faults(content: Content, slug: str, texts: Mapping[str, str]) -> tuple[DraftFault, ...]:
    """What `check` would say of the item with these texts. Raises InputError: no such item."""
    try:
        found = check_content(content.drafted(slug, texts), slug)
    except ContentError as error:
        found = error.faults
    places = {name: _places(text) for name, text in texts.items()} if found else {}
    return tuple(_located(each, slug, places) for each in found)


def publish(content: Content, slug: str, changes: Sequence[Change]) -> Published:
    """Save a draft that has no faults.

    Raises ContentError with its faults, ConflictError when someone else saved in between,
    InterviewerError when it could not be written or does not read back as it was meant.
    """
    texts = {change.name: change.text for change in changes}
    if faults := draft_faults(content, slug, texts):
        raise ContentError([f"{each.file}:{each.line}: {each.message}" for each in faults])
    before = _version(content, slug)
    old = {name: content.text(slug, name) for name in texts}
    try:
        content.save(slug, changes)
        if any(content.text(slug, name) != text for name, text in texts.items()):
            raise InterviewerError("The file reads otherwise than it was saved. Open it again.")
        version = content.rubric(slug).version
    except OSError as error:
        raise InterviewerError(f"It could not be written ({error.strerror}).") from error
    return Published(tuple(n for n in texts if texts[n] != old[n]), before, version)


def _version(content: Content, slug: str) -> str:
    try:
        return content.rubric(slug).version
    except InputError:
        return ""


def _places(text: str) -> dict[int, Place]:
    """The innermost place on each line."""
    innermost: dict[int, Place] = {}
    for place, line in line_numbers(text).items():
        innermost[line] = max(innermost.get(line, ()), place, key=len)
    return innermost


def _located(fault: str, slug: str, places: Mapping[str, Mapping[int, Place]]) -> DraftFault:
    found = _FAULT.fullmatch(fault)
    if found is None:
        return DraftFault(f"bank/{slug}/item.toml", 1, fault)
    file, line = found["file"], int(found["line"])
    known = places.get(file.rpartition("/")[2], {}) if file.startswith("rubrics/") else {}
    return DraftFault(file, line, found["what"], known.get(line, ()))
