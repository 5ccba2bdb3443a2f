"""second_pass.toml -> the labels of a second reader of the samples, and how far both agree (pure).

The second reader saw texts and claims only: no kind, author or first label. Where the two differ a
disagreement says which label stands and why; samples.toml holds the labels that stand.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from interviewer import agreement
from interviewer.toml_fields import Table, nearest, parse_toml
from interviewer.types import DECIDED, Rubric, Sample

ASSERTED = ("asserted", "not asserted")
Key = tuple[str, str]  # sample id, claim id


@dataclass(frozen=True, slots=True)
class Disagreement:
    """One label on which the readers differed: both labels, the one that stands, and why."""

    sample: str
    claim: str
    first: str
    second: str
    stands: str
    why: str


@dataclass(frozen=True, slots=True)
class SecondPass:
    """The second reader's label of every claim in every sample, and the disagreements."""

    labels: tuple[tuple[Key, str], ...]
    disagreements: tuple[Disagreement, ...]


@dataclass(frozen=True, slots=True)
class PassAgreement:
    """How far two passes agree on the criteria: Cohen's kappa, over n labels."""

    n: int
    differing: int
    kappa_verdicts: float | None  # of the four verdicts
    kappa_covered: float | None  # of covered against the rest


def parse_second_pass(
    text: str, file: str, rubric: Rubric, samples: Sequence[Sample]
) -> SecondPass:
    """The second pass in the text of a file. Raises ContentError.

    Faults: a sample that is unknown or unread, a label that differs from the one in samples.toml
    without a disagreement, a disagreement about labels that are not so.
    """
    table = parse_toml(text, file)
    first = _labels(samples, rubric)
    second: dict[Key, str] = {}
    order = table.texts("criteria")
    expected = [each.id for each in rubric.criteria]
    if list(order) != expected:
        table.fault("criteria", ", ".join(order) or "none", ", ".join(expected))
    known = {each.id for each in samples}
    taken: set[str] = set()
    for each in table.tables("readings"):
        _read(each, rubric, known, taken, second)
    if unread := sorted(known - taken):
        table.fault("readings", f"no reading of {', '.join(unread[:5])}", "one of every sample")
    settled = _disagreements(table, first, second)
    for (sample, claim), label in second.items():
        if label != first.get((sample, claim), label) and (sample, claim) not in settled:
            found = f"{label!r} for {sample}/{claim} where samples.toml has another label"
            table.fault("readings", found, "a [[disagreements]] table that settles it")
    table.finish()
    return SecondPass(tuple(second.items()), tuple(settled.values()))


def pass_agreement(
    passes: Sequence[tuple[SecondPass, Sequence[Sample], Rubric]],
) -> PassAgreement:
    """Agreement before anything was settled, on all criteria of these items together."""
    first: list[str] = []
    second: list[str] = []
    for each, samples, rubric in passes:
        labels = _labels(samples, rubric)
        labels |= {(d.sample, d.claim): d.first for d in each.disagreements}
        criteria = {criterion.id for criterion in rubric.criteria}
        kept = [(key, label) for key, label in each.labels if key[1] in criteria]
        first += [labels[key] for key, _ in kept]
        second += [label for _, label in kept]
    return PassAgreement(
        n=len(first),
        differing=sum(a != b for a, b in zip(first, second, strict=True)),
        kappa_verdicts=agreement.kappa(first, second),
        kappa_covered=agreement.kappa(
            [label == "covered" for label in first], [label == "covered" for label in second]
        ),
    )


def _labels(samples: Sequence[Sample], rubric: Rubric) -> dict[Key, str]:
    """The label that stands of every claim in every sample."""
    labels: dict[Key, str] = {}
    for sample in samples:
        labels |= {(sample.id, claim): verdict.value for claim, verdict in sample.verdicts}
        for each in rubric.misconceptions:
            labels[sample.id, each.id] = ASSERTED[each.id not in sample.misconceptions]
    return labels


def _read(
    table: Table, rubric: Rubric, known: set[str], taken: set[str], second: dict[Key, str]
) -> None:
    """The reading of one sample: a verdict per criterion in order, and what it asserts."""
    sample = table.identifier("sample", taken)
    if sample and sample not in known:
        table.fault("sample", repr(sample), f"the id of a sample{nearest(sample, known)}")
    verdicts = table.texts("verdicts")
    if len(verdicts) != len(rubric.criteria):
        table.fault("verdicts", f"{len(verdicts)} verdicts", f"{len(rubric.criteria)}")
    for criterion, verdict in zip(rubric.criteria, verdicts, strict=False):
        if verdict not in DECIDED:
            table.fault("verdicts", repr(verdict), f"one of {', '.join(DECIDED)}")
        second[sample, criterion.id] = verdict
    asserted = table.texts("misconceptions") if "misconceptions" in table else ()
    myths = [each.id for each in rubric.misconceptions]
    for each in asserted:
        if each not in myths:
            expected = f"ids of the rubric's misconceptions{nearest(each, myths)}"
            table.fault("misconceptions", repr(each), expected)
    for each in myths:
        second[sample, each] = ASSERTED[each not in asserted]


def _disagreements(
    table: Table, first: dict[Key, str], second: dict[Key, str]
) -> dict[Key, Disagreement]:
    settled: dict[Key, Disagreement] = {}
    options = (*DECIDED, *ASSERTED)
    for each in table.tables("disagreements"):
        found = Disagreement(
            sample=each.text("sample"),
            claim=each.text("claim"),
            first=each.choice("first", options),
            second=each.choice("second", options),
            stands=each.choice("stands", options),
            why=each.text("why"),
        )
        key = (found.sample, found.claim)
        settled[key] = found
        if key not in second or key not in first:
            each.fault("claim", f"{found.sample}/{found.claim}", "a sample and a claim of it")
        elif found.second != second[key]:
            each.fault("second", repr(found.second), f"{second[key]!r}, as in its reading")
        elif found.stands != first[key]:
            each.fault("stands", repr(found.stands), f"{first[key]!r}, as in samples.toml")
        elif found.first == found.second:
            each.fault("first", repr(found.first), "another label than the second reader's")
    return settled
