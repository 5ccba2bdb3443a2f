"""Labelled rows for `evaluate`: three kinds of JSON lines -> answers to judge (pure)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import isfinite
from typing import Any

from interviewer.errors import InputError
from interviewer.rubric import rubric_version
from interviewer.sentences import split_sentences
from interviewer.types import DECIDED, Criterion, Misconception, Rubric, Verdict

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Labelled:
    """One answer with what a person said of it; a label that nobody gave is absent or None."""

    group: str  # the question or document: the unit of splits and of the bootstrap
    question: str
    reference: str
    rubric: Rubric
    answer: str
    kind: str
    labels: tuple[tuple[str, Verdict], ...] = ()
    misconceptions: tuple[str, ...] | None = None
    score: float | None = None  # in units of `max_score`
    max_score: float = 100.0


def labelled_answers(row: Row, where: str, reference: str = "") -> Iterator[Labelled]:
    """The answers of one row of any kind; `reference` is used where the row has none.

    Raises InputError that says what the row lacks.
    """
    if "answers" in row:
        yield from _answers(row, where, reference)
    elif "key_point" in row:
        yield _key_point(row, where)
    elif "max_score" in row:
        yield _exam(row, where)
    else:
        raise InputError(
            f"{where}: found keys {sorted(row)}, expected `answers` (labelled answers), "
            "`key_point` (key points) or `max_score` (exam)"
        )


def _answers(row: Row, where: str, reference: str) -> Iterator[Labelled]:
    rubric = _rubric(
        _text(row, "item", where),
        tuple(
            Criterion(
                _text(c, "id", where), _text(c, "text", where), _number(c, "weight", where, 1)
            )
            for c in _list(row, "criteria", where)
        ),
        tuple(
            Misconception(_text(m, "id", where), _text(m, "text", where))
            for m in _list(row, "misconceptions", where, [])
        ),
    )
    for answer in _list(row, "answers", where):
        text = _text(answer, "text", where)
        labels = answer.get("labels")
        if not isinstance(labels, Mapping):
            raise InputError(f"{where}: labels: found {labels!r:.60}, expected an object")
        yield Labelled(
            group=rubric.item,
            question=_text(row, "question", where),
            reference=str(row.get("reference") or reference),
            rubric=rubric,
            answer=text,
            kind=str(answer.get("kind", "")),
            labels=tuple((c.id, _verdict(labels, c.id, where)) for c in rubric.criteria),
            misconceptions=tuple(_list(answer, "misconceptions", where, [])),
            score=None if answer.get("score") is None else _number(answer, "score", where),
        )


def _key_point(row: Row, where: str) -> Labelled:
    label = row.get("label")
    if label not in (0, 1):
        raise InputError(f"{where}: label: found {label!r}, expected 0 or 1")
    rubric = _rubric("key-point", (Criterion("key-point", _text(row, "key_point", where)),), ())
    return Labelled(
        group=str(row.get("group", "")),
        question="",
        reference="",
        rubric=rubric,
        answer=_text(row, "answer", where),
        kind="",
        labels=(("key-point", Verdict.COVERED if label else Verdict.MISSING),),
    )


def _exam(row: Row, where: str) -> Labelled:
    reference = _text(row, "reference", where)
    most = _number(row, "max_score", where)
    if most <= 0:
        raise InputError(f"{where}: max_score: found {most:g}, expected a number above 0")
    drafted = tuple(
        Criterion(f"sentence-{n}", span.text)
        for n, span in enumerate(split_sentences(reference), 1)
        if sum(ch.isalpha() for ch in span.text) > 2
    )
    question = _text(row, "question", where)
    return Labelled(
        group=str(row.get("question_id", question)),
        question=question,
        reference=reference,
        rubric=_rubric("exam", drafted, ()),
        answer=_text(row, "answer", where),
        kind="",
        score=_number(row, "score", where),
        max_score=most,
    )


def _verdict(labels: Mapping[str, Any], criterion: str, where: str) -> Verdict:
    value = labels.get(criterion)
    if value not in [v.value for v in DECIDED]:  # a list: the value may not be hashable
        expected = " | ".join(v.value for v in DECIDED)
        raise InputError(f"{where}: labels.{criterion}: found {value!r}, expected {expected}")
    return Verdict(value)


def _text(row: Row, name: str, where: str) -> str:
    value = row.get(name) if isinstance(row, Mapping) else None
    if not isinstance(value, str):
        raise InputError(f"{where}: {name}: found {value!r:.60}, expected text")
    return value


def _number(row: Row, name: str, where: str, default: float | None = None) -> float:
    value = row.get(name, default)
    if not isinstance(value, int | float) or isinstance(value, bool) or not isfinite(value):
        raise InputError(f"{where}: {name}: found {value!r:.60}, expected a number")
    return float(value)


def _list(row: Row, name: str, where: str, default: list[Any] | None = None) -> list[Any]:
    value = row.get(name) or default
    if not isinstance(value, list):
        raise InputError(f"{where}: {name}: found {value!r:.60}, expected a list")
    return value


def _rubric(
    item: str, criteria: tuple[Criterion, ...], misconceptions: tuple[Misconception, ...]
) -> Rubric:
    return Rubric(item, criteria, misconceptions, rubric_version(criteria, misconceptions))
