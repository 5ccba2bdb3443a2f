"""Spans x claims -> evidence: which sentences may bear on which claim. Retrieves, never decides."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from interviewer.types import Embedder, Evidence, Span

TOP = 3  # spans kept per claim
Rows = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Wordings:
    """What a claim is compared by: its statement first, then paraphrases; and its near misses."""

    counting: tuple[str, ...]
    near_misses: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Comparison:
    """A claim's evidence and the similarities (cosines, -1..1) that go into its decision."""

    evidence: Evidence
    signals: Mapping[str, float]


def compare(
    spans: Sequence[Span], claims: Sequence[Wordings], embedder: Embedder
) -> tuple[Comparison, ...]:
    """One comparison per claim; `spans` must not be empty.

    A similarity that a claim has no wordings for (no near misses, no other claim to compare
    with) is left out of its signals.
    """
    texts = [
        *(span.text for span in spans),
        *(text for claim in claims for text in (*claim.counting, *claim.near_misses)),
    ]
    rows = embedder.embed(texts)
    answer, position = rows[: len(spans)], len(spans)
    counting: list[Rows] = []
    near_misses: list[Rows] = []
    for claim in claims:
        for found, group in ((counting, claim.counting), (near_misses, claim.near_misses)):
            found.append(rows[position : position + len(group)])
            position += len(group)
    return tuple(
        _compare(spans, answer, counting, near, index) for index, near in enumerate(near_misses)
    )


def _compare(
    spans: Sequence[Span], answer: Rows, counting: Sequence[Rows], near: Rows, index: int
) -> Comparison:
    cosine = answer @ counting[index].T  # (spans, wordings)
    nearest = cosine.max(axis=1)
    order = np.argsort(-nearest, kind="stable")[:TOP]
    best, stated = int(order[0]), int(cosine[:, 0].argmax())
    signals = {
        "similarity": nearest[best],
        "similarity_mean": cosine.mean(axis=1).max(),
        "similarity_statement": cosine[stated, 0],
    }
    if len(near):
        to_near = answer @ near.T
        signals["similarity_near_miss"] = to_near.max()
        signals["similarity_near_mean"] = to_near.mean(axis=1).max()
        signals["similarity_margin"] = nearest[best] - to_near[best].max()
    if others := [rows for other, rows in enumerate(counting) if other != index]:
        signals["similarity_rival"] = (answer[best] @ np.vstack(others).T).max()
        statements = np.vstack([rows[:1] for rows in others])
        signals["similarity_rival_statement"] = (answer[stated] @ statements.T).max()
    evidence = Evidence(tuple(spans[i] for i in order), tuple(float(nearest[i]) for i in order))
    return Comparison(evidence, {name: float(value) for name, value in signals.items()})


def passage_of(spans: Sequence[Span]) -> str:
    """The sentences of a claim's evidence as one text, in the order of the answer."""
    return " ".join(span.text for span in sorted(spans, key=lambda span: span.start))
