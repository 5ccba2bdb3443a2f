"""Fakes for sessions: a grader that follows a script of phrases, a runner that looks for one."""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal

from interviewer.errors import ModelError
from interviewer.feedback import choose_follow_up, compose_feedback
from interviewer.marking import Piece
from interviewer.score import points_earned, score_judgements
from interviewer.types import (
    CheckResult,
    Grade,
    Item,
    JudgeInfo,
    Judgement,
    Message,
    MisconceptionJudgement,
    Rubric,
    RunResult,
    RunVerdict,
    Span,
    Verdict,
)

PHRASES = {
    "zeroes-units": "set to zero",
    "scales-kept": "divided by the keep probability",
    "variance-grows": "variance grows",
    "not-adapted": "beside the adaptive step",
    "on-at-test": "also drops at test time",
}


INFO = JudgeInfo("phrases", "phrases-1", calibrated=False)


@dataclass
class PhraseGrader:
    """Covers a criterion when its scripted phrase is in the answer; else it is missing."""

    delay: float = 0.0  # seconds a verdict
    state: Literal["loading", "ready", "none"] = "ready"
    status: str = "Judge ready: phrases."
    info: JudgeInfo = INFO
    said: str = "Thank you, that helps."
    failing: bool = False
    graded: list[str] = field(default_factory=list)

    def grade_stream(self, item: Item, rubric: Rubric, answer: str) -> Iterator[Piece]:
        self.graded.append(answer)
        if self.failing:
            raise ModelError("the scripted judge is out.")
        criteria = []
        for criterion in rubric.criteria:
            time.sleep(self.delay)
            quote = _find(answer, PHRASES.get(criterion.id, "\0"))
            verdict = Verdict.COVERED if quote else Verdict.MISSING
            p = 0.9 if quote else 0.05
            earned = points_earned(verdict, criterion.points)
            criteria.append(
                Judgement(
                    criterion.id,
                    verdict,
                    p,
                    0.9,
                    0.5,
                    (("llm", p),),
                    quote,
                    earned,
                    criterion.points,
                )
            )
            yield criteria[-1]
        wrong = tuple(self._misconceptions(rubric, answer))
        yield from wrong
        score = score_judgements(criteria, wrong)
        yield Grade(
            item.slug,
            rubric.version,
            score,
            tuple(criteria),
            wrong,
            compose_feedback(rubric, score, criteria, wrong),
            choose_follow_up(rubric, criteria),
            self.info,
            (("total", 0.0),),
        )

    def warm(self, item: Item) -> None:
        return None

    def stream(self, messages: Sequence[Message], max_tokens: int = 256) -> Iterator[str]:
        for word in self.said.split():
            time.sleep(self.delay / 4)
            yield word + " "

    def _misconceptions(self, rubric: Rubric, answer: str) -> Iterator[MisconceptionJudgement]:
        for each in rubric.misconceptions:
            quote = _find(answer, PHRASES.get(each.id, "\0"))
            p = 0.9 if quote else 0.1
            yield MisconceptionJudgement(each.id, bool(quote), p, quote, each.points)


class PhraseRunner:
    """Accepts code that has `sqrt` or `** 0.5` in it."""

    def run(self, slug: str, code: str) -> RunResult:
        right = "sqrt" in code or "** 0.5" in code
        verdict = RunVerdict.ACCEPTED if right else RunVerdict.WRONG_ANSWER
        message = "" if right else "scale([2.0], 4): found [2.0], expected [1.0]"
        check = CheckResult("root", verdict, message, "Divides by the root of the width.")
        checks = () if slug == "-" else (check,)
        return RunResult(slug, verdict, checks, "<b>printed</b>", "", 0.01, 1 << 20, "none")


def _find(answer: str, phrase: str) -> Span | None:
    at = answer.find(phrase)
    return Span(at, at + len(phrase), phrase) if at >= 0 else None
