"""What the shared prefix saves: an answer judged warm against one full prompt per decision."""

import time

from interviewer.content import Content
from interviewer.errors import ModelError
from interviewer.judge import LlmJudge, Question
from interviewer.types import Judgement

TOLERANCE = 0.02  # in P(covered) between the two
SLUG = "batch-vs-layer-norm"


def bench_grade(judge: LlmJudge, naive: LlmJudge, content: Content) -> dict[str, float]:
    """Median seconds of both over three samples, and their ratio.

    Raises ModelError when the two disagree by more than TOLERANCE: then the ratio means nothing.
    """
    item, rubric = content.item(SLUG), content.rubric(SLUG)
    question = Question(item.stem, item.reference)
    samples = [s for s in content.samples(SLUG) if s.kind in ("excellent", "partial", "wrong")][:3]
    warm_seconds, naive_seconds, worst = [], [], 0.0
    judge.warm(question)
    for sample in samples:
        found, seconds = _timed(judge, question, content, sample.text)
        warm_seconds.append(seconds)
        again, seconds = _timed(naive, question, content, sample.text)
        naive_seconds.append(seconds)
        worst = max(worst, *(abs(a - b) for a, b in zip(found, again, strict=True)))
    if worst > TOLERANCE:
        raise ModelError(
            f"bench grade: probabilities differ by {worst:.3f} with and without the cache, "
            f"expected at most {TOLERANCE}"
        )
    warm, slow = sorted(warm_seconds)[1], sorted(naive_seconds)[1]
    return {
        "grade.criteria": float(len(rubric.criteria)),
        "grade.warm_seconds": warm,
        "grade.naive_seconds": slow,
        "grade.ratio": slow / warm,
        "grade.largest_difference": worst,
    }


def _timed(
    judge: LlmJudge, question: Question, content: Content, answer: str
) -> tuple[list[float], float]:
    started = time.perf_counter()
    steps = list(judge.judge(question, content.rubric(SLUG), answer))
    seconds = time.perf_counter() - started
    return [s.probability or 0.0 for s in steps if isinstance(s, Judgement)], seconds
