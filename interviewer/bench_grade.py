"""What the shared prefix saves: an answer judged warm, and by one full prompt per decision."""

import time

from interviewer.content import Content
from interviewer.errors import ModelError
from interviewer.judge import LlmJudge, Question
from interviewer.types import Judgement

TOLERANCE = 0.02  # in P(covered) between the two
SLUG = "batch-vs-layer-norm"


def bench_grade(judge: LlmJudge, naive: LlmJudge, content: Content) -> dict[str, float]:
    """Seconds of both on the same sample, whose question is warm, and their ratio.

    Raises ModelError when the two disagree by more than TOLERANCE: then the ratio means nothing.
    """
    item, rubric = content.item(SLUG), content.rubric(SLUG)
    question = Question(item.stem, item.reference)
    answer = next(s.text for s in content.samples(SLUG) if s.kind == "excellent")
    judge.warm(question)
    found, warm_seconds = _timed(judge, question, content, answer)
    again, naive_seconds = _timed(naive, question, content, answer)
    worst = max(abs(a - b) for a, b in zip(found, again, strict=True))
    if worst > TOLERANCE:
        raise ModelError(
            f"bench grade: probabilities differ by {worst:.3f} with and without the cache, "
            f"expected at most {TOLERANCE}"
        )
    return {
        "grade.criteria": float(len(rubric.criteria)),
        "grade.words": float(len(answer.split())),
        "grade.warm_seconds": round(warm_seconds, 2),
        "grade.naive_seconds": round(naive_seconds, 2),
        "grade.ratio": round(naive_seconds / warm_seconds, 1),
        "grade.largest_difference": round(worst, 4),
    }


def _timed(
    judge: LlmJudge, question: Question, content: Content, answer: str
) -> tuple[list[float], float]:
    started = time.perf_counter()
    steps = list(judge.judge(question, content.rubric(SLUG), answer))
    seconds = time.perf_counter() - started
    return [s.probability or 0.0 for s in steps if isinstance(s, Judgement)], seconds
