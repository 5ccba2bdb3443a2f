"""What the reader is trained on, and the model whose decisions are remembered."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from interviewer.errors import ContentError
from interviewer.evidence import passage_of
from interviewer.models.remembering import RememberingModel
from interviewer.rubric import parse_rubric, parse_samples
from interviewer.training import (
    answer_pairs,
    claim_pairs,
    is_kept_for_calibration,
    wording_pairs,
)
from interviewer.types import Message, Span, Verdict
from tests.content_texts import RUBRIC, SAMPLES, SLUG
from tests.fakes import ScriptedModel

READ = parse_rubric(RUBRIC, f"rubrics/{SLUG}/rubric.toml")
ASKED = (Message("user", "An answer."),)


def test_wordings_state_their_claim_and_near_misses_do_not() -> None:
    pairs = [p for p in wording_pairs(READ, seed=0) if p.claim == "Statement number 1."]
    due = {pair.passage: (pair.states, pair.conflicts) for pair in pairs}
    assert due["One way 1."] == due["A third way 1."] == (1, 0)
    assert due["Nearly 1."] == due["Not quite 1."] == (0, 0.5)
    assert "Statement number 1." not in due
    others = [states for passage, (states, _) in due.items() if "1" not in passage]
    assert others and not any(others)
    assert len({pair.group for pair in pairs}) == 1


def test_the_same_seed_draws_the_same_pairs() -> None:
    assert list(wording_pairs(READ, 3)) == list(wording_pairs(READ, 3))


def test_an_answers_pairs_carry_its_labels_and_share_a_group_with_its_twin() -> None:
    samples = parse_samples(SAMPLES, f"rubrics/{SLUG}/samples.toml", READ)
    claims = [c.id for c in READ.criteria] + [m.id for m in READ.misconceptions]
    span = Span(0, 4, "Text")
    sample = replace(samples[0], pair="its-twin", misconceptions=(READ.misconceptions[0].id,))
    pairs = list(answer_pairs(READ, sample, dict.fromkeys(claims, (span,))))
    assert [pair.claim for pair in pairs] == [
        *(c.statement for c in READ.criteria),
        *(m.statement for m in READ.misconceptions),
    ]
    for pair, (_, verdict) in zip(pairs, sample.verdicts, strict=False):
        assert (pair.states == 1) == (verdict is Verdict.COVERED)
        assert (pair.conflicts == 1) == (verdict is Verdict.CONTRADICTED)
    asserted = [m.id in sample.misconceptions for m in READ.misconceptions]
    assert [pair.states == 1 for pair in pairs[len(READ.criteria) :]] == asserted
    assert {pair.group for pair in pairs} == {f"{SLUG}/its-twin"}


def test_claims_outside_the_bank_are_said_denied_or_fallen_short_of() -> None:
    text = "".join(
        f'[[claims]]\nstatement = "S{n}"\nsays = ["A{n}", "B{n}"]\ndenies = ["D{n}"]\n'
        f'falls_short = ["F{n}"]\n'
        for n in (1, 2)
    )
    pairs = list(claim_pairs(text, "training/topic.toml"))
    due = {(p.claim, p.passage): (p.states, p.conflicts) for p in pairs}
    assert due["S1", "A1"] == due["A1", "S1"] == (1, 0)
    assert due["S1", "D1"] == due["A1", "D1"] == (0, 1)
    assert due["S1", "F1"] == due["S1", "A2"] == (0, 0)
    assert ("S1", "S1") not in due and ("B1", "A1") not in due
    with pytest.raises(ContentError, match=r"training/t.toml:2: found unknown key 'state'"):
        list(claim_pairs('[[claims]]\nstate = "x"\n', "training/t.toml"))


def test_every_training_file_can_be_read(repository: Path) -> None:
    files = sorted((repository / "training").glob("*.toml"))
    assert files
    for path in files:
        pairs = list(claim_pairs(path.read_text(encoding="utf-8"), str(path)))
        assert {pair.states for pair in pairs} == {0.0, 1.0}, path.name


def test_a_passage_is_in_the_answers_order() -> None:
    assert passage_of([Span(9, 12, "two"), Span(0, 3, "one")]) == "one two"


def test_some_items_are_kept_for_calibration_and_most_are_not() -> None:
    kept = [is_kept_for_calibration(f"item-{number}") for number in range(200)]
    assert 20 < sum(kept) < 60
    assert is_kept_for_calibration("convolution")
    assert not is_kept_for_calibration("self-attention")


def test_what_was_decided_is_not_asked_again(tmp_path: Path) -> None:
    path = tmp_path / "decisions.jsonl"
    model = ScriptedModel(lambda prompt, claim: 0.9 if claim == "a" else 0.2)
    first = RememberingModel(model, path).choose(ASKED, ["a", "b"], ("Yes", "No"))
    with path.open("a", encoding="utf-8") as file:
        file.write('["torn')
    again = RememberingModel(model, path)
    assert np.allclose(again.choose(ASKED, ["b", "a"], ("Yes", "No")), first[::-1])
    assert len(model.prompts) == 2
    again.choose(ASKED, ["c"], ("Yes", "No"))
    again.choose((Message("user", "Another."),), ["a"], ("Yes", "No"))
    assert len(model.prompts) == 4
    assert all(json.loads(line) for line in path.read_text().splitlines() if line[-1:] == "]")
    RememberingModel(model, path).choose(ASKED, ["c"], ("Yes", "No"))
    assert len(model.prompts) == 4
