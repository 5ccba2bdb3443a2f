"""Judgements -> score. Tiny, pure, recomputable from what is stored."""

from collections.abc import Sequence

from interviewer.types import Judgement, MisconceptionJudgement, Score, Verdict

SHARE = {Verdict.COVERED: 1.0, Verdict.PARTIAL: 0.5}
LEAST_COVERAGE = 0.5


def points_earned(verdict: Verdict, possible: float) -> float:
    """Points for a verdict: all, half or none of `possible`."""
    return SHARE.get(verdict, 0.0) * possible


def score_judgements(
    criteria: Sequence[Judgement], misconceptions: Sequence[MisconceptionJudgement] = ()
) -> Score:
    """100 * max(0, earned) / possible over judged criteria; None when coverage is below half."""
    judged = [j for j in criteria if j.verdict is not Verdict.UNSCORED]
    possible = sum(j.possible for j in judged)
    everything = sum(j.possible for j in criteria)
    coverage = possible / everything if everything else 0.0
    if not possible or coverage < LEAST_COVERAGE:
        return Score(None, coverage)
    earned = sum(points_earned(j.verdict, j.possible) for j in judged)
    lost = sum(m.points for m in misconceptions if m.asserted)
    return Score(100.0 * max(0.0, earned + lost) / possible, coverage)
