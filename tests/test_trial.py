"""Trying a rubric on its samples: expected against judged, streamed, with what agrees."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from interviewer.bank import parse_item
from interviewer.rubric import parse_rubric, parse_samples
from interviewer.trial import Agreement, agree, chosen, try_samples
from interviewer.types import Item, Rubric, Sample, Verdict
from tests.content_texts import ITEM, RUBRIC, SAMPLES, SLUG
from tests.session_fakes import PHRASES, PhraseGrader


@pytest.fixture
def parts(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Item, Rubric, tuple[Sample, ...]]]:
    folder = Path(SLUG)
    rubric = parse_rubric(RUBRIC, str(folder / "rubric.toml"))
    samples = parse_samples(SAMPLES, str(folder / "samples.toml"), rubric)
    monkeypatch.setitem(PHRASES, "claim-1", "number 1")  # samples 1 and 10 to 19 say so
    yield parse_item(ITEM, str(folder / "item.toml")), rubric, samples


Parts = tuple[Item, Rubric, tuple[Sample, ...]]


def test_a_few_samples_are_held_out_ones_and_always_the_same(parts: Parts) -> None:
    samples = parts[2]
    few = chosen(samples, 3)
    assert [each.held_out for each in few] == [True] * 3
    assert few == chosen(tuple(reversed(samples)), 3)
    assert set(chosen(samples, 99)) == set(samples)
    assert chosen(samples, 0) == chosen(samples, -1) == ()


def test_verdicts_stream_and_agree_as_counted_by_hand(parts: Parts) -> None:
    item, rubric, samples = parts
    tried = [s for s in samples if s.id in ("s-0", "s-1")]
    steps = list(try_samples(PhraseGrader(), item, rubric, tried))
    assert [sum(len(t.verdicts) for t in step) for step in steps[:7]] == [0, 1, 2, 3, 4, 5, 5]
    first, second = steps[-1]
    assert first.done
    assert second.done
    assert (first.verdicts["claim-1"], second.verdicts["claim-1"]) == (
        Verdict.MISSING,
        Verdict.COVERED,
    )
    # due: covered partial missing contradicted missing; judged: M M M M M and C M M M M.
    # Covered or not: due 1 of 5 twice, judged 0 and 1: observed .9, chance .2*.1 + .8*.9 = .74
    found = agree(steps[-1])
    assert (found.verdicts, found.same, found.samples) == (10, 5, 2)
    assert found.kappa == pytest.approx((0.9 - 0.74) / (1 - 0.74))
    assert found.held_out == sum(each.held_out for each in tried)


def test_nothing_judged_is_no_agreement(parts: Parts) -> None:
    item, rubric, samples = parts
    assert agree(()) == Agreement(0, 0, None, 0, 0)
    stopped = next(iter(try_samples(PhraseGrader(), item, rubric, samples)))
    assert agree(stopped).kappa is None


def test_a_judge_that_fails_ends_it_and_says_why(parts: Parts) -> None:
    item, rubric, samples = parts
    steps = list(try_samples(PhraseGrader(failing=True), item, rubric, samples))
    assert len(steps) == 2
    assert steps[-1][0].failed == "the scripted judge is out."
    assert agree(steps[-1]).samples == 0
