"""Checks all content, as `python -m interviewer check` does: one line per fault. Runs no code."""

from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

from interviewer.content import REPAIRS, Content, Kind
from interviewer.content_rules import (
    CODE_FILES,
    OF_A_REPAIR,
    OF_AN_ITEM,
    Fault,
    code_faults,
    item_faults,
    label_faults,
    quick_faults,
    rubric_faults,
    samples_faults,
    verdict_counts,
)
from interviewer.errors import ContentError
from interviewer.label_tables import ItemLabels
from interviewer.toml_fields import KEBAB
from interviewer.toml_lines import Place, line_numbers, line_of

T = TypeVar("T")


def check_content(content: Content, slug: str | None = None, labels: bool = False) -> list[str]:
    """The faults of one item or of all, each `file:line: what was found, what was expected`.

    The rapid-fire questions are one file: it is checked with all items, or by the id of one. With
    `labels`, also samples whose score is far from their verdicts. Raises InputError when there is
    no such item or no bank.
    """
    if slug is not None and _is_quick(content, slug):
        return _check_rapid_fire(content, labels)
    slugs = _slugs(content, slug)
    if not slugs:
        return ["bank:1: found no item, expected at least one folder with an item.toml"]
    faults = [fault for each in slugs for fault in _check_item(content, each, labels)]
    return faults + (_check_rapid_fire(content, labels) if slug is None else [])


def item_labels(content: Content, slug: str | None = None) -> list[ItemLabels]:
    """The labelled answers of one item or of all. Faulty content is left out."""
    found = []
    repairs = content.repairs() if slug is None else ()  # few samples each: on request alone
    for each in _slugs(content, slug):
        if each in repairs:
            continue
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
    return sorted({*content.folders("bank"), *content.folders("rubrics"), *content.repairs()})


def _check_item(content: Content, slug: str, labels: bool) -> list[str]:
    if not KEBAB.fullmatch(slug) and slug in _slugs(content, None):
        return [f"{slug}:1: found folder {slug!r}, expected a slug in kebab-case"]
    repair = slug in content.repairs()
    if repair and slug in content.folders("bank"):
        return [f"{REPAIRS}/{slug}:1: found a folder of the bank too, expected one of the two"]
    due = OF_A_REPAIR if repair else OF_AN_ITEM
    faults: list[str] = []
    item = _read(content.item, slug, faults)
    rubric = _read(content.rubric, slug, faults)
    samples = _read(content.samples, slug, faults) if rubric else None
    if item:
        files = [name for name in CODE_FILES if content.file("bank", slug, name)]
        found = [*item_faults(item, rubric, due), *code_faults(item, files)]
        if repair and not item.task:
            found.append(((), "found no [task], expected one that says what to repair"))
        faults += _placed(content, "bank", slug, "item.toml", found)
    if rubric:
        found = [*rubric_faults(rubric, due)]
        faults += _placed(content, "rubrics", slug, "rubric.toml", found)
    if rubric and samples is not None:
        found = [*samples_faults(samples, due)]
        found += label_faults(samples, rubric) if labels else ()
        faults += _placed(content, "rubrics", slug, "samples.toml", found)
        _read(content.second_pass, slug, faults)
    return faults


def _is_quick(content: Content, slug: str) -> bool:
    if slug in _slugs(content, None):
        return False
    try:
        return slug in [each.item.slug for each in content.rapid_fire()]
    except ContentError:
        return True  # it may be one: the faults say why that can't be told


def _check_rapid_fire(content: Content, labels: bool) -> list[str]:
    """The faults of rapid-fire.toml; a bank without one has none."""
    source = content.rapid_fire_source()
    if source is None:
        return []
    try:
        questions = content.rapid_fire()
    except ContentError as error:
        return error.faults
    folders = _slugs(content, None)
    found: list[Fault] = []
    for index, each in enumerate(questions):
        place: Place = ("questions", index)
        if each.item.slug in folders:
            expected = "an id that no folder of the bank has"
            found.append(((*place, "id"), f"id: found {each.item.slug!r}, expected {expected}"))
        told = quick_faults(each, labels)
        found += [((*place, *within), message) for within, message in told]
    return _lines(*source, found)


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
    return _lines(*content.source(kind, slug, name), found)


def _lines(text: str, file: str, found: Iterable[Fault]) -> list[str]:
    lines = line_numbers(text)
    placed = sorted((line_of(lines, place), message) for place, message in found)
    return [f"{file}:{line}: {message}" for line, message in placed]
