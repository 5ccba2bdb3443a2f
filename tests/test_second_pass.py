"""The second reader's labels: what is a fault, and how agreement is counted."""

from pathlib import Path

import pytest

from interviewer.agreement import kappa
from interviewer.check import check_content, item_labels
from interviewer.content import Content
from interviewer.errors import ContentError
from interviewer.label_tables import balance_table
from interviewer.rubric import parse_rubric, parse_samples
from interviewer.second_pass import parse_second_pass, pass_agreement
from interviewer.types import Rubric, Sample
from tests.content_texts import RUBRIC, SAMPLES, SLUG, write

FILE = f"rubrics/{SLUG}/second_pass.toml"
SETTLED = """
[[disagreements]]
sample = "{sample}"
claim = "claim-1"
first = "{first}"
second = "missing"
stands = "covered"
why = "It says so in its second sentence."
"""


@pytest.fixture
def read() -> tuple[Rubric, tuple[Sample, ...]]:
    rubric = parse_rubric(RUBRIC, f"rubrics/{SLUG}/rubric.toml")
    return rubric, parse_samples(SAMPLES, f"rubrics/{SLUG}/samples.toml", rubric)


def readings(rubric: Rubric, samples: tuple[Sample, ...], changed: str = "") -> str:
    """The same labels as the first reader's, but for the first claim of one sample."""
    lines = [f"criteria = {[c.id for c in rubric.criteria]}"]
    for sample in samples:
        verdicts = [verdict.value for _, verdict in sample.verdicts]
        if sample.id == changed:
            verdicts[0] = "missing"
        lines += ["[[readings]]", f'sample = "{sample.id}"', f"verdicts = {verdicts}"]
        lines += [f"misconceptions = {list(sample.misconceptions)}"]
    return "\n".join(lines) + "\n"


def covered_sample(samples: tuple[Sample, ...]) -> str:
    return next(s.id for s in samples if s.verdicts[0][1] == "covered")


def test_readers_who_agree_have_kappa_one(read: tuple[Rubric, tuple[Sample, ...]]) -> None:
    second = parse_second_pass(readings(*read), FILE, *read)
    found = pass_agreement([(second, read[1], read[0])])
    assert (found.n, found.differing) == (len(read[1]) * len(read[0].criteria), 0)
    kinds = {verdict for sample in read[1] for _, verdict in sample.verdicts}
    assert found.kappa_verdicts == (pytest.approx(1) if len(kinds) > 1 else None)


def test_a_difference_must_be_settled(read: tuple[Rubric, tuple[Sample, ...]]) -> None:
    sample = covered_sample(read[1])
    with pytest.raises(ContentError, match=f"'missing' for {sample}/claim-1"):
        parse_second_pass(readings(*read, sample), FILE, *read)


def test_agreement_counts_labels_as_they_were_before_settling(
    read: tuple[Rubric, tuple[Sample, ...]],
) -> None:
    sample = covered_sample(read[1])
    text = readings(*read, sample) + SETTLED.format(sample=sample, first="covered")
    second = parse_second_pass(text, FILE, *read)
    found = pass_agreement([(second, read[1], read[0])])
    assert found.differing == 1
    first = [v.value == "covered" for s in read[1] for _, v in s.verdicts]
    other = [
        v.value == "covered" and (s.id, c) != (sample, "claim-1")
        for s in read[1]
        for c, v in s.verdicts
    ]
    assert found.kappa_covered == pytest.approx(kappa(first, other))


@pytest.mark.parametrize(
    ("good", "bad", "message"),
    [
        ('stands = "covered"', 'stands = "partial"', "stands: found 'partial', expected 'covered'"),
        ('first = "covered"', 'first = "missing"', "first: found 'missing', expected another"),
        ('second = "missing"', 'second = "partial"', "second: found 'partial', expected 'missing'"),
        ('claim = "claim-1"', 'claim = "claim-9"', "claim-9"),
        ('["claim-1", ', '["claim-2", ', "criteria: found claim-2"),
    ],
)
def test_faults_name_what_was_found(
    read: tuple[Rubric, tuple[Sample, ...]], good: str, bad: str, message: str
) -> None:
    sample = covered_sample(read[1])
    text = readings(*read, sample) + SETTLED.format(sample=sample, first="covered")
    text = text.replace("'", '"')
    assert good in text
    with pytest.raises(ContentError) as error:
        parse_second_pass(text.replace(good, bad), FILE, *read)
    assert any(message in fault for fault in error.value.faults)


def test_a_sample_that_was_not_read_is_a_fault(read: tuple[Rubric, tuple[Sample, ...]]) -> None:
    with pytest.raises(ContentError, match=f"no reading of {read[1][-1].id}"):
        parse_second_pass(readings(read[0], read[1][:-1]), FILE, *read)


def test_check_reads_the_second_pass_and_prints_agreement(
    tmp_path: Path, read: tuple[Rubric, tuple[Sample, ...]]
) -> None:
    content = Content(write(tmp_path))
    assert "| - | - | - | - |" in balance_table(item_labels(content))
    path = tmp_path / FILE
    path.write_text(readings(*read), encoding="utf-8")
    labels = len(read[1]) * len(read[0].criteria)
    assert f"| {labels} | 0 | 1.000 | 1.000 |" in balance_table(item_labels(content))
    path.write_text(readings(*read, covered_sample(read[1])), encoding="utf-8")
    assert any("second_pass.toml" in fault for fault in check_content(content))
