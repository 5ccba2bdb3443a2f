"""Checks all content, as `python -m interviewer check` does: one line per fault. Runs no code."""

from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

from interviewer.content import Content, Kind
from interviewer.content_rules import (
    CODE_FILES,
    Fault,
    code_faults,
    item_faults,
    label_faults,
    rubric_faults,
    samples_faults,
    verdict_counts,
)
from interviewer.errors import ContentError
from interviewer.label_tables import ItemLabels
from interviewer.toml_fields import KEBAB
from interviewer.toml_lines import line_numbers, line_of

T = TypeVar("T")


def check_content(content: Content, slug: str | None = None, labels: bool = False) -> list[str]:
    """The faults of one item or of all, each `file:line: what was found, what was expected`.

    With `labels`, also samples whose score is far from their verdicts. Raises InputError when
    there is no such item or no bank.
    """
    slugs = _slugs(content, slug)
    if not slugs:
        return ["bank:1: found no item, expected at least one folder with an item.toml"]
    return [fault for each in slugs for fault in _check_item(content, each, labels)]


def item_labels(content: Content, slug: str | None = None) -> list[ItemLabels]:
    """The labelled answers of one item or of all. Faulty content is left out."""
    found = []
    for each in _slugs(content, slug):
        item = _read(content.item, each, [])
        rubric = _read(content.rubric, each, [])
        samples = _read(content.samples, each, []) if rubric else None
        if item and rubric and samples:
            second = _read(content.second_pass, each, [])
            found.append(ItemLabels(item, rubric, samples, second))
    return found


def label_counts(items: Sequence[ItemLabels]) -> list[str]:
    """How many samples have each verdict, per criterion."""
    return [
        f"{each.item.slug} {criterion.id}: {verdict_counts(each.samples, criterion.id)}"
        for each in items
        for criterion in each.rubric.criteria
    ]


def _slugs(content: Content, slug: str | None) -> list[str]:
    if slug is not None:
        return [slug]
    return sorted({*content.folders("bank"), *content.folders("rubrics")})


def _check_item(content: Content, slug: str, labels: bool) -> list[str]:
    if not KEBAB.fullmatch(slug) and slug in _slugs(content, None):
        return [f"{slug}:1: found folder {slug!r}, expected a slug in kebab-case"]
    faults: list[str] = []
    item = _read(content.item, slug, faults)
    rubric = _read(content.rubric, slug, faults)
    samples = _read(content.samples, slug, faults) if rubric else None
    if item:
        files = [name for name in CODE_FILES if content.file("bank", slug, name)]
        found = [*item_faults(item, rubric), *code_faults(item, files)]
        faults += _placed(content, "bank", slug, "item.toml", found)
    if rubric:
        faults += _placed(content, "rubrics", slug, "rubric.toml", rubric_faults(rubric))
    if rubric and samples is not None:
        found = [*samples_faults(samples), *(label_faults(samples, rubric) if labels else ())]
        faults += _placed(content, "rubrics", slug, "samples.toml", found)
        _read(content.second_pass, slug, faults)
    return faults


def _read(read: Callable[[str], T], slug: str, faults: list[str]) -> T | None:
    try:
        return read(slug)
    except ContentError as error:
        faults += error.faults
        return None


def _placed(
    content: Content, kind: Kind, slug: str, name: str, found: Iterable[Fault]
) -> list[str]:
    """Faults as lines, in the order of the file."""
    text, file = content.source(kind, slug, name)
    lines = line_numbers(text)
    placed = sorted((line_of(lines, place), message) for place, message in found)
    return [f"{file}:{line}: {message}" for line, message in placed]
