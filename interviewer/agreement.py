"""Agreement between judge and labels: kappa, QWK, AUC, calibration, intervals (pure).

Every figure is None when it is not defined for the rows at hand, never a silent zero.
"""

from collections.abc import Callable, Hashable, Sequence
from itertools import combinations

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]


def mean(values: Sequence[float]) -> float | None:
    """The mean, of truth values their share."""
    return sum(values) / len(values) if values else None


def macro_f1(truth: Sequence[Hashable], judged: Sequence[Hashable]) -> float | None:
    """Mean F1 over the classes that occur in either."""
    classes = sorted(set(truth) | set(judged), key=str)
    if not classes:
        return None
    scores = []
    for name in classes:
        hits = sum(t == name == j for t, j in zip(truth, judged, strict=True))
        wrong = sum((t == name) != (j == name) for t, j in zip(truth, judged, strict=True))
        scores.append(2 * hits / (2 * hits + wrong))
    return float(np.mean(scores))


def kappa(truth: Sequence[Hashable], judged: Sequence[Hashable]) -> float | None:
    """Cohen's kappa (1960): (observed - chance) / (1 - chance)."""
    n = len(truth)
    classes = set(truth) | set(judged)
    if n == 0 or len(classes) < 2:
        return None
    observed = sum(t == j for t, j in zip(truth, judged, strict=True)) / n
    chance = sum(
        (sum(t == c for t in truth) / n) * (sum(j == c for j in judged) / n) for c in classes
    )
    return (observed - chance) / (1 - chance)


def qwk(truth: Sequence[float], judged: Sequence[float]) -> float | None:
    """Quadratically weighted kappa in its continuous form.

    1 - E(t - j)^2 / E over independent pairs (t - j)^2, which equals the usual QWK on integer
    ratings and needs no binning.
    """
    t, j = np.asarray(truth, float), np.asarray(judged, float)
    if t.size < 2:
        return None
    chance = t.var() + j.var() + (t.mean() - j.mean()) ** 2
    return None if chance == 0 else float(1 - np.mean((t - j) ** 2) / chance)


def auc(labels: Sequence[bool], scores: Sequence[float]) -> float | None:
    """Probability that a positive outranks a negative, ties counting half."""
    s, y = np.asarray(scores, float), np.asarray(labels, bool)
    positive, negative = s[y], s[~y]
    if not positive.size or not negative.size:
        return None
    difference = positive[:, None] - negative[None, :]
    return float(np.mean((difference > 0) + 0.5 * (difference == 0)))


def auc_within(
    groups: Sequence[Hashable], labels: Sequence[bool], scores: Sequence[float]
) -> float | None:
    """Mean AUC among the criteria of one answer, over the answers that have both labels."""
    rows: dict[Hashable, list[int]] = {}
    for index, group in enumerate(groups):
        rows.setdefault(group, []).append(index)
    values = [auc([labels[i] for i in r], [scores[i] for i in r]) for r in rows.values()]
    defined = [value for value in values if value is not None]
    return float(np.mean(defined)) if defined else None


def brier(labels: Sequence[bool], probabilities: Sequence[float]) -> float | None:
    """Mean squared error of a probability."""
    if not labels:
        return None
    return float(np.mean((np.asarray(probabilities, float) - np.asarray(labels, float)) ** 2))


def expected_calibration_error(
    labels: Sequence[bool], probabilities: Sequence[float], bins: int = 10
) -> float | None:
    """ECE over equal-width bins: mean |share of positives - mean probability|, by bin size."""
    if not labels:
        return None
    p, y = np.asarray(probabilities, float), np.asarray(labels, float)
    which = np.minimum((p * bins).astype(int), bins - 1)
    gaps = [
        abs(y[which == b].mean() - p[which == b].mean()) * np.mean(which == b)
        for b in np.unique(which)
    ]
    return float(np.sum(gaps))


def pearson(truth: Sequence[float], judged: Sequence[float]) -> float | None:
    """Linear correlation; None when either side is constant."""
    t, j = np.asarray(truth, float), np.asarray(judged, float)
    if t.size < 2 or t.std() == 0 or j.std() == 0:
        return None
    return float(np.corrcoef(t, j)[0, 1])


def spearman(truth: Sequence[float], judged: Sequence[float]) -> float | None:
    """Rank correlation, ties sharing their mean rank."""
    return pearson(_ranks(truth).tolist(), _ranks(judged).tolist())


def pairs_right(
    groups: Sequence[Hashable], tiers: Sequence[float], scores: Sequence[float]
) -> float | None:
    """Share of pairs of one question and different tiers in which the higher tier scores more."""
    right = total = 0
    for a, b in combinations(range(len(groups)), 2):
        if groups[a] == groups[b] and tiers[a] != tiers[b]:
            total += 1
            right += (tiers[a] - tiers[b]) * (scores[a] - scores[b]) > 0
    return right / total if total else None


def bootstrap(
    questions: Sequence[Hashable],
    figure: Callable[[list[int]], float | None],
    rounds: int = 300,
    seed: int = 0,
) -> tuple[float, float] | None:
    """95 % interval of `figure(row indices)` when whole questions are drawn with replacement."""
    rows: dict[Hashable, list[int]] = {}
    for index, question in enumerate(questions):
        rows.setdefault(question, []).append(index)
    if len(rows) < 2:
        return None
    rng = np.random.default_rng(seed)
    blocks = list(rows.values())
    values = []
    for _ in range(rounds):
        drawn = [i for b in rng.integers(len(blocks), size=len(blocks)) for i in blocks[b]]
        value = figure(drawn)
        if value is not None:
            values.append(value)
    if not values:
        return None
    low, high = np.percentile(values, [2.5, 97.5])
    return float(low), float(high)


def _ranks(values: Sequence[float]) -> Floats:
    array = np.asarray(values, float)
    _, inverse, counts = np.unique(array, return_inverse=True, return_counts=True)
    ends = np.cumsum(counts)
    mean_rank = ends - (counts - 1) / 2
    ranks: Floats = mean_rank[inverse].astype(float)
    return ranks
