import copy
import math
from typing import Any

import pytest

from interviewer.errors import InputError
from interviewer.labelled import Labelled, labelled_answers
from interviewer.types import Verdict

ANSWERS: dict[str, Any] = {
    "item": "norms",
    "question": "How do they differ?",
    "criteria": [
        {"id": "axes", "text": "Over the batch.", "weight": 2},
        {"id": "test", "text": "Running averages."},
    ],
    "misconceptions": [{"id": "always", "text": "Layer norm always wins."}],
    "answers": [
        {
            "kind": "brief",
            "text": "Over the batch.",
            "labels": {"test": "missing", "axes": "covered"},
            "misconceptions": ["always"],
            "score": 50,
        },
        {"kind": "vague", "text": "It helps.", "labels": {"axes": "missing", "test": "partial"}},
    ],
}
KEY_POINT: dict[str, Any] = {
    "answer": "It averages over the batch.",
    "key_point": "Over the batch.",
    "label": 1,
    "group": "doc-7",
}
EXAM: dict[str, Any] = {
    "question": "How do they differ?",
    "reference": "BN uses the batch. LN uses the features.\n- At test time BN uses averages.",
    "answer": "Batch against features.",
    "score": 3,
    "max_score": 5,
}


def read(row: dict[str, Any], reference: str = "") -> list[Labelled]:
    return list(labelled_answers(row, "rows.jsonl:3", reference))


def test_labelled_answers_keep_the_rubrics_order_of_labels() -> None:
    first, second = read(ANSWERS)
    assert first.group == second.group == "norms"
    assert [(c.id, c.statement, c.points) for c in first.rubric.criteria] == [
        ("axes", "Over the batch.", 2.0),
        ("test", "Running averages.", 1.0),
    ]
    assert [m.statement for m in first.rubric.misconceptions] == ["Layer norm always wins."]
    assert first.labels == (("axes", Verdict.COVERED), ("test", Verdict.MISSING))
    assert (first.answer, first.kind, first.misconceptions) == (
        "Over the batch.",
        "brief",
        ("always",),
    )
    assert (first.score, first.max_score) == (50.0, 100.0)
    assert (second.score, second.misconceptions) == (None, ())
    assert first.rubric.version == second.rubric.version


def test_a_row_s_own_reference_wins_over_the_given_one() -> None:
    assert read(ANSWERS, "From the bank.")[0].reference == "From the bank."
    assert read(ANSWERS | {"reference": "Mine."}, "From the bank.")[0].reference == "Mine."


@pytest.mark.parametrize(("label", "verdict"), [(1, Verdict.COVERED), (0, Verdict.MISSING)])
def test_a_key_point_is_one_criterion(label: int, verdict: Verdict) -> None:
    (found,) = read(KEY_POINT | {"label": label})
    assert [c.statement for c in found.rubric.criteria] == ["Over the batch."]
    assert [v for _, v in found.labels] == [verdict]
    assert (found.group, found.question, found.score) == ("doc-7", "", None)


def test_an_exam_row_drafts_a_criterion_of_each_sentence_of_the_reference() -> None:
    (found,) = read(EXAM)
    assert [c.statement for c in found.rubric.criteria] == [
        "BN uses the batch.",
        "LN uses the features.",
        "At test time BN uses averages.",
    ]
    assert len({c.id for c in found.rubric.criteria}) == 3
    assert (found.labels, found.score, found.max_score) == ((), 3.0, 5.0)
    assert found.group == EXAM["question"]
    assert read(EXAM | {"question_id": 12})[0].group == "12"


def spoilt(row: dict[str, Any], path: list[str | int], value: object) -> dict[str, Any]:
    """A copy in which the value at the path is another; None takes the key away."""
    found = copy.deepcopy(row)
    place: Any = found
    for step in path[:-1]:
        place = place[step]
    if value is None:
        del place[path[-1]]
    else:
        place[path[-1]] = value
    return found


@pytest.mark.parametrize(
    ("row", "path", "value", "words"),
    [
        (ANSWERS, ["item"], None, "item: found None, expected text"),
        (ANSWERS, ["question"], 3, "question: found 3, expected text"),
        (ANSWERS, ["criteria"], None, "criteria: found None, expected a list"),
        (ANSWERS, ["criteria", 0], "Over it.", "id: found None, expected text"),
        (ANSWERS, ["criteria", 0, "weight"], "two", "weight: found 'two', expected a number"),
        (ANSWERS, ["misconceptions"], {"id": "x"}, "misconceptions: found .*, expected a list"),
        (ANSWERS, ["answers"], "none", "answers: found 'none', expected a list"),
        (ANSWERS, ["answers", 1], "It helps.", "text: found None, expected text"),
        (ANSWERS, ["answers", 1, "text"], None, "text: found None, expected text"),
        (ANSWERS, ["answers", 1, "labels"], None, "labels: found None, expected an object"),
        (ANSWERS, ["answers", 1, "labels", "test"], None, r"labels\.test: found None, expected"),
        (ANSWERS, ["answers", 1, "labels", "test"], "yes", r"labels\.test: found 'yes', expected"),
        (ANSWERS, ["answers", 1, "labels", "test"], ["partial"], "found .*, expected covered"),
        (ANSWERS, ["answers", 1, "labels", "test"], "unscored", "found 'unscored', expected cov"),
        (ANSWERS, ["answers", 0, "score"], "high", "score: found 'high', expected a number"),
        (KEY_POINT, ["label"], None, "label: found None, expected 0 or 1"),
        (KEY_POINT, ["label"], 2, "label: found 2, expected 0 or 1"),
        (KEY_POINT, ["answer"], None, "answer: found None, expected text"),
        (EXAM, ["score"], None, "score: found None, expected a number"),
        (EXAM, ["score"], math.nan, "score: found nan, expected a number"),
        (EXAM, ["max_score"], "5", "max_score: found '5', expected a number"),
        (EXAM, ["max_score"], 0, "max_score: found 0, expected"),
        (EXAM, ["reference"], None, "reference: found None, expected text"),
        (EXAM, ["max_score"], None, r"found keys \['answer'.*expected `answers`"),
    ],
)
def test_a_faulty_row_is_refused_by_place_and_key(
    row: dict[str, Any], path: list[str | int], value: object, words: str
) -> None:
    with pytest.raises(InputError, match=r"^rows\.jsonl:3: .*" + words):
        read(spoilt(row, path, value))
