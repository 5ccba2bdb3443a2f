"""Judging where a GPU is lent: by a process forked for the call, as ZeroGPU does it."""

import multiprocessing
import os
from collections.abc import Callable, Iterator
from typing import ParamSpec, TypeVar

import pytest

from interviewer.errors import ModelError
from interviewer.grading import Grader, grade_steps
from interviewer.judge import Question
from interviewer.lent import Lent
from interviewer.parts import load_into
from interviewer.settings import Settings
from interviewer.types import Grade, Message, Verdict
from tests.judging import ANSWER, ITEM, RUBRIC, RUNNING, scripted_judge, stating

P = ParamSpec("P")
T = TypeVar("T")
FORK = multiprocessing.get_context("fork")


class ForkingLender:
    """Runs each call in a fork of this process; arguments and values go through pipes."""

    def __init__(self) -> None:
        self.declared: list[str] = []
        self.calls = 0

    def __call__(self, function: Callable[P, Iterator[T]], /) -> Callable[P, Iterator[T]]:
        self.declared.append(function.__name__)

        def elsewhere(*args: P.args, **kwargs: P.kwargs) -> Iterator[T]:
            self.calls += 1
            given, said = FORK.SimpleQueue(), FORK.SimpleQueue()

            def work() -> None:
                args, kwargs = given.get()
                for value in function(*args, **kwargs):
                    said.put((os.getpid(), value))
                said.put(None)

            process = FORK.Process(target=work, daemon=True)
            process.start()
            given.put((args, kwargs))
            while (found := said.get()) is not None:
                pid, value = found
                assert pid == process.pid != os.getpid()
                yield value
            process.join()

        return elsewhere


def test_an_answer_is_judged_in_one_lent_call_as_it_is_judged_here() -> None:
    judge, model = scripted_judge(stating(RUNNING.statement))
    lender = ForkingLender()
    lent = Lent(lender)
    lent.take(judge, model)
    *steps, grade = grade_steps(ITEM, RUBRIC, ANSWER, lent)
    *expected, due = grade_steps(ITEM, RUBRIC, ANSWER, judge)
    assert steps == expected
    assert isinstance(grade, Grade)
    assert isinstance(due, Grade)
    assert grade.score == due.score
    assert grade.judge == judge.info
    assert lender.calls == 1


def test_the_interviewers_words_come_through_a_lent_call() -> None:
    lender = ForkingLender()
    lent = Lent(lender)
    lent.take(*scripted_judge(stating(RUNNING.statement)))
    assert list(lent.stream([Message("user", "Hello")], 8)) == ["Thank ", "you."]
    assert lender.calls == 1


def test_what_could_not_be_judged_there_is_unscored_not_missing() -> None:
    def lend(function: Callable[P, Iterator[T]], /) -> Callable[P, Iterator[T]]:
        def elsewhere(*args: P.args, **kwargs: P.kwargs) -> Iterator[T]:
            yield next(function(*args, **kwargs))
            raise ModelError("the quota is used up")

        return elsewhere

    lent = Lent(lend)
    lent.take(*scripted_judge(stating(RUNNING.statement)))
    *_, grade = grade_steps(ITEM, RUBRIC, ANSWER, lent)
    assert isinstance(grade, Grade)
    first, *others = [judgement.verdict for judgement in grade.criteria]
    assert first is Verdict.MISSING
    assert set(others) == {Verdict.UNSCORED}
    assert len(grade.criteria) == len(RUBRIC.criteria)
    assert [each.asserted for each in grade.misconceptions] == [None]


def test_nothing_is_lent_for_a_blank_answer_nor_to_prepare() -> None:
    lender = ForkingLender()
    lent = Lent(lender)
    lent.take(*scripted_judge(stating(RUNNING.statement)))
    *_, grade = grade_steps(ITEM, RUBRIC, " ... ", lent)
    assert isinstance(grade, Grade)
    assert grade.score.value == 0
    lent.warm(Question("How?"))
    assert lender.calls == 0


def test_the_calls_are_declared_though_no_model_can_be_loaded() -> None:
    lender = ForkingLender()
    grader, lent = Grader(), Lent(lender)
    load_into(grader, Settings(model="none"), lent.take)
    assert grader.state == "none"
    assert len(lender.declared) == 2
    with pytest.raises(ModelError, match="no judge has been loaded"):
        assert lent.info
