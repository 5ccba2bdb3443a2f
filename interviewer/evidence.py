"""Spans x claims -> evidence: which sentences may bear on which claim. Retrieves, never decides."""

from collections.abc import Sequence

import numpy as np

from interviewer.types import Embedder, Evidence, Span

TOP = 3  # spans kept per claim


def find_evidence(
    spans: Sequence[Span], claims: Sequence[Sequence[str]], embedder: Embedder
) -> tuple[Evidence, ...]:
    """One `Evidence` per claim; a claim is its statement and paraphrases, the nearest counts.

    Similarity is the cosine of a span and the nearest wording, -1..1.
    """
    if not spans or not any(claims):
        return tuple(Evidence((), ()) for _ in claims)
    span_rows = embedder.embed([span.text for span in spans])
    wordings = [text for claim in claims for text in claim]
    cosine = span_rows @ embedder.embed(wordings).T
    found: list[Evidence] = []
    column = 0
    for claim in claims:
        if not claim:
            found.append(Evidence((), ()))
            continue
        nearest = cosine[:, column : column + len(claim)].max(axis=1)
        column += len(claim)
        order = np.argsort(-nearest, kind="stable")[:TOP]
        found.append(
            Evidence(tuple(spans[i] for i in order), tuple(float(nearest[i]) for i in order))
        )
    return tuple(found)
