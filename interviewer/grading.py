"""Grades one answer, verdict by verdict: judge -> score -> feedback."""

import time
from collections.abc import Iterator, Sequence
from typing import Literal, Protocol

from interviewer.errors import InputError, ModelError
from interviewer.feedback import choose_follow_up, compose_feedback
from interviewer.judge import Question, nothing_said, says_nothing, unscored
from interviewer.score import score_judgements
from interviewer.types import (
    Grade,
    Item,
    JudgeInfo,
    Judgement,
    Message,
    MisconceptionJudgement,
    Rubric,
)

LONGEST_ANSWER = 20_000  # characters
NO_JUDGE = JudgeInfo("none", "none", calibrated=False)
Step = Judgement | MisconceptionJudgement | Grade


class Judging(Protocol):
    """Judges whole answers: `judge.LlmJudge`, or `lent.Lent` where it runs elsewhere."""

    @property
    def info(self) -> JudgeInfo:
        """What is shown and stored with each judgement."""
        ...

    def warm(self, question: Question) -> None:
        """Prepares for answers to this question."""
        ...

    def judge(
        self, question: Question, rubric: Rubric, answer: str
    ) -> Iterator[Judgement | MisconceptionJudgement]:
        """Judgements in the rubric's order."""
        ...


class Speaker(Protocol):
    """Says something in pieces: any `LanguageModel`, or `lent.Lent`."""

    def stream(self, messages: Sequence[Message], max_tokens: int = 256) -> Iterator[str]:
        """As `LanguageModel.stream`."""
        ...


def check_answer(answer: str) -> str:
    """The answer, if it can be graded. Raises InputError when it is too long or not text."""
    if len(answer) > LONGEST_ANSWER:
        raise InputError(
            f"the answer has {len(answer):,} characters, expected at most {LONGEST_ANSWER:,}"
        )
    if "\x00" in answer:
        raise InputError("the answer has NUL characters, expected text")
    if any("\ud800" <= ch <= "\udfff" for ch in answer):  # JSON can carry these, UTF-8 can't
        raise InputError("the answer has half a surrogate pair, expected text")
    return answer


def grade_steps(item: Item, rubric: Rubric, answer: str, judge: Judging | None) -> Iterator[Step]:
    """Each judgement as it is made, then the Grade; all unscored where `judge` is None."""
    check_answer(answer)
    started = time.perf_counter()
    question = Question(item.stem, item.reference)
    if judge:
        steps = judge.judge(question, rubric, answer)
    else:
        steps = nothing_said(rubric) if says_nothing(answer) else unscored(rubric)
    criteria: list[Judgement] = []
    misconceptions: list[MisconceptionJudgement] = []
    for step in steps:
        if isinstance(step, Judgement):
            criteria.append(step)
        else:
            misconceptions.append(step)
        yield step
    score = score_judgements(criteria, misconceptions)
    yield Grade(
        item=item.slug,
        rubric_version=rubric.version,
        score=score,
        criteria=tuple(criteria),
        misconceptions=tuple(misconceptions),
        feedback=compose_feedback(rubric, score, criteria, misconceptions),
        follow_up=choose_follow_up(rubric, criteria),
        judge=judge.info if judge else NO_JUDGE,
        seconds=(("total", time.perf_counter() - started),),
    )


class Grader:
    """The judge as the web app sees it: loading, ready or none, and what to say of it."""

    def __init__(self) -> None:
        self.state: Literal["loading", "ready", "none"] = "loading"
        self.status = "The judge is loading."
        self._judge: Judging | None = None
        self._model: Speaker | None = None

    @property
    def info(self) -> JudgeInfo:
        """Who judges now."""
        return self._judge.info if self._judge else NO_JUDGE

    def set_ready(self, judge: Judging, model: Speaker) -> None:
        """From now on answers are judged."""
        self._judge, self._model = judge, model
        note = "calibrated" if judge.info.calibrated else "uncalibrated: scores are provisional"
        self.status = f"Judge ready: {judge.info.model} ({note})."
        self.state = "ready"

    def set_progress(self, text: str) -> None:
        """What is being loaded."""
        self.status = text

    def set_none(self, reason: str) -> None:
        """No judge: answers are stored and stay unscored."""
        self.status = reason
        self.state = "none"

    def grade_stream(self, item: Item, rubric: Rubric, answer: str) -> Iterator[Step]:
        """As `grade_steps`, with the judge that is up now."""
        return grade_steps(item, rubric, answer, self._judge)

    def warm(self, item: Item) -> None:
        """Evaluates what doesn't depend on the answer, while the candidate is typing."""
        if self._judge:
            self._judge.warm(Question(item.stem, item.reference))

    def stream(self, messages: Sequence[Message], max_tokens: int = 256) -> Iterator[str]:
        """The interviewer's own words. Raises ModelError when there is no model."""
        if self._model is None:
            raise ModelError(self.status)
        return self._model.stream(messages, max_tokens)
