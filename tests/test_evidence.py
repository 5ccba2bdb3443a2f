"""Similarities worked by hand on vectors in the plane."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pytest

from interviewer.evidence import Wordings, compare
from interviewer.types import Span

ANGLES = {"east": 0, "north-east": 45, "north": 90, "west": 180}


class Compass:
    """Each text is a direction."""

    identity = "compass"

    def embed(self, texts: Sequence[str]) -> npt.NDArray[np.float32]:
        angles = np.radians([ANGLES[text] for text in texts])
        return np.stack([np.cos(angles), np.sin(angles)], axis=1).astype(np.float32)


SPANS = (Span(0, 5, "north"), Span(6, 10, "east"))


def test_evidence_is_the_nearest_span_to_any_wording() -> None:
    found = compare(SPANS, [Wordings(("west", "east"))], Compass())[0]
    assert found.evidence.spans[0].text == "east"
    assert found.evidence.best == pytest.approx(1)
    assert found.signals["similarity_statement"] == pytest.approx(0, abs=1e-6)  # north to west
    assert found.signals["similarity_mean"] == pytest.approx(0, abs=1e-6)


def test_near_misses_are_weighed_at_the_best_span() -> None:
    found = compare(SPANS, [Wordings(("east",), ("north", "north-east"))], Compass())[0].signals
    half = 2**-0.5
    assert found["similarity_near_miss"] == pytest.approx(1)
    assert found["similarity_near_mean"] == pytest.approx((1 + half) / 2)
    assert found["similarity_margin"] == pytest.approx(1 - half)


def test_a_rival_is_another_claim_at_the_best_span() -> None:
    claims = [Wordings(("east", "north-east")), Wordings(("north", "north-east"))]
    first, second = compare(SPANS, claims, Compass())
    assert first.signals["similarity_rival"] == pytest.approx(2**-0.5)
    assert first.signals["similarity_rival_statement"] == pytest.approx(0, abs=1e-6)
    assert second.evidence.spans[0].text == "north"


def test_what_cannot_be_compared_is_left_out() -> None:
    found = compare(SPANS, [Wordings(("east",))], Compass())[0].signals
    assert set(found) == {"similarity", "similarity_mean", "similarity_statement"}
    assert compare(SPANS, [], Compass()) == ()
