"""What a mentor does with sessions: lists them, and overrides verdicts with a reason."""

import json
import time
from collections.abc import Callable, Container, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from interviewer.errors import InputError, StaleError
from interviewer.interview import State
from interviewer.overrides import Override, checked, machine_verdict
from interviewer.report import Report, build
from interviewer.store import Store
from interviewer.turns import Said, Turn
from interviewer.types import RunResult, Verdict


@dataclass(frozen=True, slots=True)
class Line:
    """A session in the list, and why a mentor might want to look at it."""

    report: Report
    disputed: bool
    unscored: bool
    overridden: int


@dataclass(frozen=True, slots=True)
class Opened:
    """A session as a mentor reads it.

    `graded` names the turn of each item that has a grade, `claims` what its misconceptions claim.
    """

    report: Report
    state: State
    runs: Mapping[int, RunResult]
    graded: Mapping[str, int]
    claims: Mapping[str, Mapping[str, str]]
    overrides: tuple[Override, ...]


class Review:
    """All that a mentor can do with sessions; raises InputError with a sentence for them."""

    def __init__(self, store: Store, clock: Callable[[], float] = time.time) -> None:
        self._store = store
        self._clock = clock

    def lines(self, most: int = 200) -> tuple[Line, ...]:
        """The sessions that a candidate disputes, those with an answer, the rest; newest first."""
        disputed = self._store.having(Said.DISAGREE)
        answered = self._store.having(Said.ANSWER, Said.CODE)
        ranked = sorted(
            self._store.sessions(), key=lambda s: (s.id not in disputed, s.id not in answered)
        )
        return tuple(_line(build(self._store, s.id)) for s in ranked[:most])

    def open(self, session: str) -> Opened:
        """A session. Raises InputError for an unknown one."""
        store = self._store
        state = State(store.session(session), store.turns(session))
        return Opened(
            build(store, session),
            state,
            store.runs(session),
            _newest(state.turns, store.grades(session)),
            {item: _claims(row) for (item, _), row in store.rubrics(session).items()},
            store.overrides(session),
        )

    def override(
        self, mentor: str, session: str, turn: int, kind: str, name: str, verdict: str, reason: str
    ) -> Override:
        """Add a mentor's word on a verdict of a graded answer.

        Raises InputError; StaleError when the item has a newer graded answer.
        """
        known, why = checked(kind, verdict, reason)
        grades = self._store.grades(session)
        found = grades.get(turn)
        if found is None:
            raise InputError("found no graded answer there, expected one of this session")
        if turn not in _newest(self._store.turns(session), grades).values():
            raise StaleError("This item has a newer graded answer: open the session again.")
        grade = found[1]
        machine = machine_verdict(grade, known, name)
        word = Override(
            turn, known, name, verdict, machine, why, mentor, grade.rubric_version, self._clock()
        )
        return self._store.keep_override(word)


def _newest(turns: Iterable[Turn], grades: Container[int]) -> dict[str, int]:
    """The last turn with a grade of each item."""
    return {turn.item: turn.id for turn in turns if turn.id in grades}


def _line(report: Report) -> Line:
    graded = [item.grade for item in report.items if item.grade]
    return Line(
        report,
        disputed=any(item.disputed for item in report.items),
        unscored=any(j.verdict is Verdict.UNSCORED for grade in graded for j in grade.criteria),
        overridden=sum(len(item.overrides) for item in report.items),
    )


def _claims(rubric: Mapping[str, Any]) -> Mapping[str, str]:
    """Of rubrics kept by an older version only the corrections are known."""
    body: Mapping[str, Mapping[str, str]] = json.loads(rubric["body"])
    return body.get("claims", body["misconceptions"])
