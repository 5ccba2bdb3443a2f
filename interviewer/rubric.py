"""The texts of rubric.toml and samples.toml -> Rubric and samples, checked and hashed."""

import hashlib
import json
import sys
from collections.abc import Sequence
from pathlib import PurePath

from interviewer.toml_fields import Table, nearest, parse_toml
from interviewer.types import DECIDED, KINDS, Criterion, Misconception, Rubric, Sample, Verdict

_TINY, _HUGE = sys.float_info.min, 1000.0


def parse_rubric(text: str, file: str) -> Rubric:
    """The rubric in the text of a file, whose folder is the item's slug. Raises ContentError."""
    table = parse_toml(text, file)
    item, slug = table.text("item"), PurePath(file).parent.name
    if item and item != slug:
        table.fault("item", repr(item), f"{slug!r}, the name of its folder")
    rubric = read_rubric(table, item)
    table.finish()
    return rubric


def read_rubric(table: Table, item: str) -> Rubric:
    """The rubric of an item under `criteria` and `misconceptions` of a table."""
    taken: set[str] = set()
    criteria = tuple(_criterion(each, taken) for each in table.tables("criteria"))
    if not criteria:
        table.fault("criteria", "none", "at least one [[criteria]]")
    misconceptions = tuple(_misconception(each, taken) for each in table.tables("misconceptions"))
    return Rubric(item, criteria, misconceptions, rubric_version(criteria, misconceptions))


def rubric_version(criteria: Sequence[Criterion], misconceptions: Sequence[Misconception]) -> str:
    """12 hex digits over all that is graded: ids, statements and points, in any order.

    Paraphrases, near misses, feedback and sources are left out: rewording them keeps old scores.
    """
    graded = [
        sorted([each.id, each.statement, float(each.points)] for each in claims)
        for claims in (criteria, misconceptions)
    ]
    return hashlib.sha256(json.dumps(graded).encode()).hexdigest()[:12]


def parse_samples(text: str, file: str, rubric: Rubric) -> tuple[Sample, ...]:
    """The graded answers in the text of a file, in its order. Raises ContentError."""
    table = parse_toml(text, file)
    samples = read_samples(table, rubric)
    table.finish()
    return samples


def read_samples(table: Table, rubric: Rubric) -> tuple[Sample, ...]:
    """The graded answers under `samples` of a table, in its order."""
    taken: set[str] = set()
    tables = table.tables("samples")
    samples = tuple(_sample(each, rubric, taken) for each in tables)
    for each, sample in zip(tables, samples, strict=True):
        if sample.pair and (sample.pair not in taken or sample.pair == sample.id):
            others = taken - {sample.id}
            near = nearest(sample.pair, others)
            each.fault("pair", repr(sample.pair), f"the id of another sample{near}")
    return samples


def is_held_out(slug: str, sample_id: str) -> bool:
    """Whether a sample is kept from tuning: a third of them, chosen by the hash of its name."""
    digest = hashlib.sha256(f"{slug}/{sample_id}".encode()).hexdigest()
    return int(digest, 16) % 3 == 0


def _criterion(table: Table, taken: set[str]) -> Criterion:
    return Criterion(
        id=table.identifier("id", taken),
        statement=table.text("statement"),
        points=table.number("points", _TINY, _HUGE, "a number above 0, at most 1000"),
        paraphrases=table.texts("paraphrases"),
        near_misses=table.texts("near_misses"),
        follow_up=table.text("follow_up"),
        missed=table.text("missed"),
        contradicted=table.text("contradicted"),
        source=table.text("source"),
    )


def _misconception(table: Table, taken: set[str]) -> Misconception:
    return Misconception(
        id=table.identifier("id", taken),
        statement=table.text("statement"),
        points=table.number("points", -_HUGE, -_TINY, "a number below 0, at least -1000"),
        paraphrases=table.texts("paraphrases"),
        correction=table.text("correction"),
        source=table.text("source"),
    )


def _sample(table: Table, rubric: Rubric, taken: set[str]) -> Sample:
    sample_id = table.identifier("id", taken)
    return Sample(
        id=sample_id,
        kind=table.choice("kind", KINDS),
        text=table.text("text"),
        verdicts=_verdicts(table, [each.id for each in rubric.criteria]),
        misconceptions=_asserted(table, [each.id for each in rubric.misconceptions]),
        score=table.number("score", 0, 100, "a number from 0 to 100"),
        held_out=is_held_out(rubric.item, sample_id),
        pair=table.text("pair", blank=True),
    )


def _verdicts(table: Table, criteria: list[str]) -> tuple[tuple[str, Verdict], ...]:
    """One verdict per criterion, in the rubric's order."""
    labels = table.table("verdicts")
    if labels is None:
        if "verdicts" not in table:
            table.fault("verdicts", "none", "a verdict for every criterion")
        return ()
    chosen = [(each, labels.choice(each, DECIDED)) for each in criteria]
    return tuple((each, Verdict(value)) for each, value in chosen if value)


def _asserted(table: Table, misconceptions: list[str]) -> tuple[str, ...]:
    asserted = table.texts("misconceptions")
    for each in dict.fromkeys(asserted):
        if each not in misconceptions:
            near = nearest(each, misconceptions)
            table.fault("misconceptions", repr(each), f"ids of the rubric's misconceptions{near}")
        if asserted.count(each) > 1:
            table.fault("misconceptions", f"{each!r} more than once", "each id once")
    return asserted
