"""Judged rows -> the table that `evaluate` prints (pure). A row is what one answer gave."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from interviewer import agreement
from interviewer.types import Verdict

Table = dict[str, Any]
_Row = TypeVar("_Row", "_Decision", "Judged")

# excellent-like above partial above vague, wrong and off-topic
TIERS = {
    "excellent": 2,
    "brief": 2,
    "non_native": 2,
    "spoken": 2,
    "partial": 1,
    "mixed": 1,
    "vague": 0,
    "wrong": 0,
    "off_topic": 0,
    "injection": 0,
}


@dataclass(frozen=True, slots=True)
class Judged:
    """One answer: labels and judgements side by side, scores on the same scale 0..1."""

    answer: str  # identity of the answer
    group: str
    kind: str
    truth: tuple[Verdict, ...]
    verdicts: tuple[Verdict, ...]
    probabilities: tuple[float, ...]
    score: float | None
    human_score: float | None
    seconds: float


@dataclass(frozen=True, slots=True)
class _Decision:
    answer: str
    group: str
    truth: Verdict
    verdict: Verdict
    probability: float

    @property
    def due(self) -> bool:
        return self.truth is Verdict.COVERED

    @property
    def given(self) -> bool:
        return self.verdict is Verdict.COVERED


def table(rows: Sequence[Judged], judge: dict[str, Any]) -> Table:
    """All figures of design.md; None where a figure does not apply."""
    decisions = [
        _Decision(row.answer, row.group, t, v, p)
        for row in rows
        for t, v, p in zip(row.truth, row.verdicts, row.probabilities, strict=False)
        if v is not Verdict.UNSCORED
    ]
    scored = [r for r in rows if r.score is not None and r.human_score is not None]
    figures: Table = {"n": len(rows), "n_criteria": len(decisions)}
    intervals: dict[str, tuple[float, float] | None] = {}
    for name, figure in _DECISION_FIGURES.items():
        figures[name], intervals[name] = _with_interval(decisions, figure)
    for name, score_figure in _SCORE_FIGURES.items():
        figures[name], intervals[name] = _with_interval(scored, score_figure)
    tiered = [r for r in rows if r.kind in TIERS and r.score is not None]
    figures["pairs_right"] = agreement.pairs_right(
        [r.group for r in tiered], [TIERS[r.kind] for r in tiered], [r.score or 0 for r in tiered]
    )
    figures["ci"] = {name: list(ci) if ci else None for name, ci in intervals.items()}
    figures["by_kind"] = _by_kind(rows)
    figures["unscored"] = sum(v is Verdict.UNSCORED for r in rows for v in r.verdicts)
    figures["seconds_per_answer"] = sum(r.seconds for r in rows) / len(rows) if rows else None
    return figures | {"judge": judge}


def _with_interval(
    rows: Sequence[_Row], figure: Callable[[Sequence[_Row]], float | None]
) -> tuple[float | None, tuple[float, float] | None]:
    value = figure(rows)
    if value is None:
        return None, None
    groups = [row.group for row in rows]
    return value, agreement.bootstrap(groups, lambda drawn: figure([rows[i] for i in drawn]))


_DECISION_FIGURES: dict[str, Callable[[Sequence[_Decision]], float | None]] = {
    "macro_f1": lambda d: agreement.macro_f1([x.due for x in d], [x.given for x in d]),
    "macro_f1_verdicts": lambda d: agreement.macro_f1([x.truth for x in d], [x.verdict for x in d]),
    "kappa": lambda d: agreement.kappa([x.due for x in d], [x.given for x in d]),
    "auc": lambda d: agreement.auc([x.due for x in d], [x.probability for x in d]),
    "auc_within": lambda d: agreement.auc_within(
        [x.answer for x in d], [x.due for x in d], [x.probability for x in d]
    ),
    "brier": lambda d: agreement.brier([x.due for x in d], [x.probability for x in d]),
    "ece": lambda d: agreement.expected_calibration_error(
        [x.due for x in d], [x.probability for x in d]
    ),
}


def _scores(rows: Sequence[Judged]) -> tuple[list[float], list[float]]:
    return [r.human_score or 0.0 for r in rows], [r.score or 0.0 for r in rows]


def _mae(rows: Sequence[Judged]) -> float | None:
    truth, judged = _scores(rows)
    if not rows:
        return None
    return sum(abs(t - j) for t, j in zip(truth, judged, strict=True)) / len(rows)


_SCORE_FIGURES: dict[str, Callable[[Sequence[Judged]], float | None]] = {
    "qwk": lambda r: agreement.qwk(*_scores(r)),
    "pearson": lambda r: agreement.pearson(*_scores(r)),
    "spearman": lambda r: agreement.spearman(*_scores(r)),
    "mae": _mae,
}


def _by_kind(rows: Sequence[Judged]) -> Table | None:
    kinds = sorted({row.kind for row in rows if row.kind})
    return {kind: _of_kind([r for r in rows if r.kind == kind]) for kind in kinds} or None


def _of_kind(rows: Sequence[Judged]) -> Table:
    verdicts = [v for row in rows for v in row.verdicts if v is not Verdict.UNSCORED]
    scores = [row.score for row in rows if row.score is not None]
    credited = sum(v is Verdict.COVERED for v in verdicts)
    return {
        "n": len(rows),
        "credited": credited / len(verdicts) if verdicts else None,
        "mean_score": 100 * sum(scores) / len(scores) if scores else None,
    }
