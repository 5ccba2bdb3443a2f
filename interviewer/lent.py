"""The judge where a GPU is lent for one call at a time, as it is on ZeroGPU Spaces.

Nothing here knows Spaces: `lend` is what runs a generator function where the GPU is, in a process
forked from this one. So arguments and what is yielded must pickle; the judge itself, which the
fork inherits, need not.
"""

import logging
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import ParamSpec, Protocol, TypeVar

from interviewer.errors import ModelError
from interviewer.judge import LlmJudge, Question, nothing_said, says_nothing, unscored
from interviewer.types import (
    JudgeInfo,
    Judgement,
    LanguageModel,
    Message,
    MisconceptionJudgement,
    Rubric,
)

log = logging.getLogger(__name__)
P = ParamSpec("P")
T = TypeVar("T")


class Lend(Protocol):
    """Gives a generator function of the same signature that runs where the GPU is.

    Where no GPU is to be had, the given function raises ModelError.
    """

    def __call__(self, function: Callable[P, Iterator[T]], /) -> Callable[P, Iterator[T]]:
        """The function to call instead."""
        ...


class Lent:
    """A judge and a speaker by lent calls.

    The calls are declared before there is a judge: Spaces refuses an app that declares none, and
    the app must start without a model too.
    """

    def __init__(self, lend: Lend) -> None:
        self._own: tuple[LlmJudge, LanguageModel] | None = None
        self._judge_there = lend(self._judge_here)
        self._speak_there = lend(self._speak_here)

    def take(self, judge: LlmJudge, model: LanguageModel) -> None:
        """From now on this judge and this model are what the calls use."""
        self._own = (judge, model)

    @property
    def info(self) -> JudgeInfo:
        """As `LlmJudge.info`."""
        return self._taken()[0].info

    def warm(self, question: Question) -> None:
        """Nothing: a GPU is lent for answers, not for what may be asked next."""

    def judge(
        self, question: Question, rubric: Rubric, answer: str
    ) -> Iterator[Judgement | MisconceptionJudgement]:
        """As `LlmJudge.judge`; an answer that says nothing asks for no GPU."""
        if says_nothing(answer):
            yield from nothing_said(rubric)
            return
        judged = 0
        try:
            for judgement in self._judge_there(question, rubric, answer):
                yield judgement
                judged += 1
        except ModelError as error:
            log.warning("%s", error)
            yield from islice(unscored(rubric), judged, None)

    def stream(self, messages: Sequence[Message], max_tokens: int = 256) -> Iterator[str]:
        """As `LanguageModel.stream`."""
        return self._speak_there(messages, max_tokens)

    def _judge_here(
        self, question: Question, rubric: Rubric, answer: str
    ) -> Iterator[Judgement | MisconceptionJudgement]:
        yield from self._taken()[0].judge(question, rubric, answer)

    def _speak_here(self, messages: Sequence[Message], max_tokens: int) -> Iterator[str]:
        yield from self._taken()[1].stream(messages, max_tokens)

    def _taken(self) -> tuple[LlmJudge, LanguageModel]:
        if self._own is None:
            raise ModelError("no judge has been loaded")
        return self._own
