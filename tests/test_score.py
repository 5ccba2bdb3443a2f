import pytest
from hypothesis import given
from hypothesis import strategies as st

from interviewer.score import points_earned, score_judgements
from interviewer.types import Judgement, MisconceptionJudgement, Verdict


def judgement(verdict: Verdict, possible: float = 1.0) -> Judgement:
    points = points_earned(verdict, possible)
    return Judgement("c", verdict, 0.5, 0.5, 0.5, (), None, points, possible)


def asserted(points: float) -> MisconceptionJudgement:
    return MisconceptionJudgement("m", True, 0.9, None, points)


def test_partial_is_half_and_contradicted_is_nothing() -> None:
    found = score_judgements(
        [judgement(Verdict.COVERED, 2), judgement(Verdict.PARTIAL), judgement(Verdict.CONTRADICTED)]
    )
    assert found.value == pytest.approx(100 * 2.5 / 4)
    assert found.coverage == 1.0


def test_unscored_criteria_leave_the_points_possible_and_lower_the_coverage() -> None:
    found = score_judgements([judgement(Verdict.COVERED, 3), judgement(Verdict.UNSCORED, 1)])
    assert found.value == 100.0
    assert found.coverage == 0.75


def test_the_score_is_null_when_less_than_half_the_points_are_judged() -> None:
    found = score_judgements([judgement(Verdict.COVERED, 1), judgement(Verdict.UNSCORED, 2)])
    assert found.value is None
    assert score_judgements([judgement(Verdict.UNSCORED)]).value is None


def test_an_asserted_misconception_subtracts_and_the_score_stays_at_zero_or_above() -> None:
    both = [judgement(Verdict.COVERED), judgement(Verdict.MISSING)]
    assert score_judgements(both, [asserted(-0.5)]).value == pytest.approx(25.0)
    assert score_judgements(both, [asserted(-9)]).value == 0.0


@given(st.lists(st.tuples(st.sampled_from(Verdict), st.floats(0.5, 5)), max_size=8))
def test_scores_stay_in_range(rows: list[tuple[Verdict, float]]) -> None:
    found = score_judgements([judgement(v, p) for v, p in rows], [asserted(-1)])
    assert found.value is None or 0 <= found.value <= 100
    assert 0 <= found.coverage <= 1
