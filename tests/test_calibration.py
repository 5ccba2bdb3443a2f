import math
from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from interviewer.calibration import (
    SIGNAL_GROUPS,
    Calibration,
    Logistic,
    fit_logistic,
    from_json,
    to_json,
    uncalibrated,
    uncalibrated_assertion,
)
from interviewer.errors import InputError
from interviewer.judge import CRITERION_SIGNALS, MISCONCEPTION_SIGNALS
from interviewer.types import DECIDED
from tests.judging import calibration

VERDICTS = tuple(v.value for v in DECIDED)
FEATURES = ("warm", "bright")
CORNERS = {"covered": (4, 4), "partial": (4, -4), "missing": (-4, -4), "contradicted": (-4, 4)}


def corners(n: int = 20) -> tuple[list[dict[str, float]], list[str]]:
    """Four classes, one in each corner of a square."""
    rng = np.random.default_rng(0)
    labels = [name for name in CORNERS for _ in range(n)]
    rows = [
        dict(zip(FEATURES, (np.array(CORNERS[name]) + rng.normal(size=2)).tolist(), strict=True))
        for name in labels
    ]
    return rows, labels


def likeliest(probabilities: Mapping[str, float]) -> str:
    return max(probabilities, key=lambda name: probabilities[name])


def test_a_fit_tells_separate_classes_apart() -> None:
    part = fit_logistic(*corners(), FEATURES, VERDICTS)
    for name, (warm, bright) in CORNERS.items():
        found = part.probabilities({"warm": warm, "bright": bright})
        assert likeliest(found) == name
        assert found[name] > 0.9


def test_a_fit_on_two_classes_tells_them_apart() -> None:
    rows = [{"x": x} for x in (-2.0, -1.5, -1.0, 1.0, 1.5, 2.0)]
    part = fit_logistic(rows, ["no"] * 3 + ["yes"] * 3, ("x",), ("no", "yes"))
    assert part.probabilities({"x": 3.0})["yes"] > 0.8
    assert part.probabilities({"x": -3.0})["yes"] < 0.2
    assert part.probabilities({"x": 0.0})["yes"] == pytest.approx(0.5, abs=0.01)


def test_a_class_that_no_label_shows_stays_improbable() -> None:
    rows, labels = corners()
    kept = [i for i, name in enumerate(labels) if name != "contradicted"]
    part = fit_logistic([rows[i] for i in kept], [labels[i] for i in kept], FEATURES, VERDICTS)
    for row in rows:
        assert likeliest(part.probabilities(row)) != "contradicted"


def test_a_signal_that_never_varies_does_not_break_the_fit() -> None:
    rows = [{"x": x, "same": 3.0} for x in (-1.0, 1.0)] * 3
    part = fit_logistic(rows, ["no", "yes"] * 3, ("x", "same"), ("no", "yes"))
    assert part.probabilities({"x": 1.0, "same": 3.0})["yes"] > 0.5


FINITE = st.floats(-50, 50)


@given(st.lists(FINITE, min_size=8, max_size=8), FINITE, FINITE)
def test_probabilities_are_positive_and_sum_to_one(
    weights: list[float], warm: float, bright: float
) -> None:
    part = Logistic(
        classes=VERDICTS,
        features=FEATURES,
        mean=(0.5, -1.0),
        scale=(2.0, 0.5),
        weights=tuple((weights[2 * i], weights[2 * i + 1]) for i in range(4)),
        bias=(0.0, 1.0, -1.0, 0.5),
    )
    found = part.probabilities({"warm": warm, "bright": bright})
    assert tuple(found) == VERDICTS
    assert min(found.values()) >= 0
    assert sum(found.values()) == pytest.approx(1)


def test_the_softmax_is_worked_by_hand() -> None:
    part = Logistic(("no", "yes"), ("x",), (1.0,), (2.0,), ((0.0,), (3.0,)), (0.0, 0.5))
    # (5 - 1) / 2 = 2; 3 * 2 + 0.5 = 6.5
    assert part.probabilities({"x": 5.0})["yes"] == pytest.approx(1 / (1 + math.exp(-6.5)))


PARTS = (
    (calibration(0.3).criteria, CRITERION_SIGNALS),
    (calibration(0.3).misconceptions, MISCONCEPTION_SIGNALS),
)


@pytest.mark.parametrize(("part", "names"), PARTS)
def test_every_signal_can_be_left_out_and_belongs_to_one_group(
    part: Logistic, names: tuple[str, ...]
) -> None:
    base = dict.fromkeys(names, 0.4)
    for name in names:
        changed = base | {name: -0.9}
        assert part.probabilities(base) != part.probabilities(changed)
        silencing = [
            group
            for group in SIGNAL_GROUPS
            if part.probabilities(base, frozenset({group}))
            == part.probabilities(changed, frozenset({group}))
        ]
        assert len(silencing) == 1


@pytest.mark.parametrize("group", SIGNAL_GROUPS)
@pytest.mark.parametrize(("part", "names"), PARTS)
def test_every_group_silences_some_signals_and_not_others(
    part: Logistic, names: tuple[str, ...], group: str
) -> None:
    base = dict.fromkeys(names, 0.4)
    without = frozenset({group})
    silenced = [
        part.probabilities(base, without) == part.probabilities(base | {name: -0.9}, without)
        for name in names
    ]
    assert set(silenced) == {True, False}


@pytest.mark.parametrize(("part", "names"), PARTS)
def test_a_signal_left_out_counts_as_average(part: Logistic, names: tuple[str, ...]) -> None:
    average = dict(zip(part.features, part.mean, strict=True))
    others = dict.fromkeys(names, 0.7)
    assert part.probabilities(others, frozenset(SIGNAL_GROUPS)) == part.probabilities(average)


def test_json_round_trip_keeps_every_probability_and_the_hash() -> None:
    rows, labels = corners()
    part = fit_logistic(rows, labels, FEATURES, VERDICTS)
    before = Calibration("sha256:abc", "0123", part, part, part, "a note – with a dash")
    after = from_json(to_json(before), "here")
    assert after == before
    assert after.hash == before.hash
    assert after.criteria.probabilities(rows[0]) == part.probabilities(rows[0])


def test_the_hash_follows_what_is_computed() -> None:
    first = calibration()
    assert first.hash == calibration().hash
    changed = replace(first, criteria=replace(first.criteria, bias=(0.0, 0.0, 0.0, 1e-3)))
    assert first.hash != changed.hash


@pytest.mark.parametrize(
    "text",
    ["", "[]", "{}", "null", '{"model": "m", "prompt": "p", "criteria": {"classes": []}}'],
)
def test_what_is_no_calibration_is_refused_with_its_place(text: str) -> None:
    with pytest.raises(InputError, match=r"data/c\.json: not a calibration"):
        from_json(text, "data/c.json")


@given(st.lists(st.floats(-9.3, 9.3), min_size=8, max_size=8))
def test_uncalibrated_probabilities_sum_to_one(values: list[float]) -> None:
    found = uncalibrated(dict(zip(CRITERION_SIGNALS, values, strict=False)))
    assert set(found) == set(VERDICTS)
    assert sum(found.values()) == pytest.approx(1)
    asserted = uncalibrated_assertion(dict(zip(MISCONCEPTION_SIGNALS, values, strict=False)))
    assert asserted["yes"] + asserted["no"] == pytest.approx(1)
