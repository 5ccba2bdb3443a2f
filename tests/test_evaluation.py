"""The table on rows small enough to be worked by hand."""

from typing import Any

import pytest

from interviewer.evaluation import TIERS, Judged, table
from interviewer.types import KINDS, Verdict

COVERED, PARTIAL, MISSING = Verdict.COVERED, Verdict.PARTIAL, Verdict.MISSING
CONTRADICTED, UNSCORED = Verdict.CONTRADICTED, Verdict.UNSCORED

ROWS = (
    Judged(
        answer="a",
        group="q1",
        kind="excellent",
        truth=(COVERED, MISSING),
        verdicts=(COVERED, COVERED),
        probabilities=(0.5, 0.6),
        score=0.75,
        human_score=1.0,
        seconds=1.0,
    ),
    Judged(
        answer="b",
        group="q1",
        kind="wrong",
        truth=(MISSING, CONTRADICTED),
        verdicts=(MISSING, CONTRADICTED),
        probabilities=(0.2, 0.1),
        score=0.0,
        human_score=0.25,
        seconds=3.0,
    ),
    Judged(
        answer="c",
        group="q2",
        kind="partial",
        truth=(COVERED, PARTIAL),
        verdicts=(UNSCORED, PARTIAL),
        probabilities=(0.0, 0.3),
        score=None,
        human_score=0.5,
        seconds=2.0,
    ),
)
JUDGE = {"model": "by hand"}

# five decisions: due 1 0 0 0 0, given 1 1 0 0 0, probabilities .5 .6 .2 .1 .3
BY_HAND = {
    "n": 3,
    "n_criteria": 5,
    "unscored": 1,
    # covered: 2 / (2 + 1); not covered: 6 / (6 + 1)
    "macro_f1": (2 / 3 + 6 / 7) / 2,
    # covered 2/3, missing 2/3, contradicted 1, partial 1
    "macro_f1_verdicts": (2 / 3 + 2 / 3 + 1 + 1) / 4,
    # observed 4/5, chance 1/5 * 2/5 + 4/5 * 3/5 = 14/25
    "kappa": 6 / 11,
    "auc": 3 / 4,
    # only answer a has both labels, and ranks them the wrong way round
    "auc_within": 0.0,
    "brier": (0.25 + 0.36 + 0.04 + 0.01 + 0.09) / 5,
    "ece": (0.5 + 0.6 + 0.2 + 0.1 + 0.3) / 5,
    # squared error 1/16; variances 9/64 each, means apart by 1/4
    "qwk": 1 - (1 / 16) / (18 / 64 + 1 / 16),
    "pearson": 1.0,
    "spearman": 1.0,
    "mae": 0.25,
    "pairs_right": 1.0,
    "seconds_per_answer": 2.0,
}


@pytest.mark.parametrize("name", BY_HAND)
def test_a_figure_is_what_it_is_by_hand(name: str) -> None:
    assert table(ROWS, JUDGE)[name] == pytest.approx(BY_HAND[name])


def test_the_table_has_the_binding_keys() -> None:
    found = table(ROWS, JUDGE)
    keys = (
        "n macro_f1 macro_f1_verdicts kappa auc auc_within brier ece qwk pearson spearman mae "
        "pairs_right ci by_kind seconds_per_answer judge"
    )
    assert set(keys.split()) <= set(found)
    assert found["judge"] == JUDGE


def test_by_kind_leaves_out_what_was_not_judged() -> None:
    assert table(ROWS, JUDGE)["by_kind"] == {
        "excellent": {"n": 1, "credited": 1.0, "mean_score": 75.0},
        "partial": {"n": 1, "credited": 0.0, "mean_score": None},
        "wrong": {"n": 1, "credited": 0.0, "mean_score": 0.0},
    }


def test_intervals_are_drawn_over_questions() -> None:
    found = table(ROWS, JUDGE)["ci"]
    low, high = found["brier"]
    # drawing q1 twice or q2 twice gives the ends
    assert (low, high) == pytest.approx((0.09, (0.25 + 0.36 + 0.04 + 0.01) / 4))
    assert found["mae"] is None  # the scored rows are of one question


def test_a_label_and_a_human_score_may_be_absent() -> None:
    exam = Judged("e", "q", "", (), (COVERED, MISSING), (0.9, 0.1), 0.5, 0.4, 1.0)
    found = table([exam], JUDGE)
    assert found["n_criteria"] == 0
    assert found["macro_f1"] is None
    assert found["mae"] == pytest.approx(0.1)
    assert found["by_kind"] is None
    labelled = Judged("k", "q", "", (COVERED,), (COVERED,), (0.9,), 1.0, None, 1.0)
    found = table([labelled], JUDGE)
    assert found["mae"] is None
    assert found["macro_f1"] == 1.0


def test_no_rows_give_no_figures() -> None:
    found: dict[str, Any] = table([], JUDGE)
    assert found["n"] == 0
    for name in ("macro_f1", "kappa", "auc", "qwk", "pairs_right", "by_kind", "seconds_per_answer"):
        assert found[name] is None


def test_every_kind_of_answer_has_a_tier() -> None:
    assert set(TIERS) == set(KINDS)
