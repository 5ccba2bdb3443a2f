"""Judges stored answers in the background and lets anyone watch: whoever asked may have left.

An answer without a grade is the queue, so a restart goes on where the last process was killed.
"""

import logging
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal, Protocol

from interviewer.content import Content
from interviewer.errors import InterviewerError
from interviewer.interview import State
from interviewer.store import Store
from interviewer.types import (
    Grade,
    Item,
    JudgeInfo,
    Judgement,
    Message,
    MisconceptionJudgement,
    Rubric,
)

log = logging.getLogger(__name__)
MOST_REMEMBERED = 1000  # answers whose progress is kept; the verdicts themselves are stored
Piece = Judgement | MisconceptionJudgement | Grade


class Grading(Protocol):
    """A grader that loads in the background."""

    @property
    def state(self) -> Literal["loading", "ready", "none"]:
        """Whether it can judge now, later, or not at all."""
        ...

    @property
    def status(self) -> str:
        """The same in words, with progress."""
        ...

    @property
    def info(self) -> JudgeInfo:
        """Which judge decides."""
        ...

    def grade_stream(self, item: Item, rubric: Rubric, answer: str) -> Iterator[Piece]:
        """Verdict by verdict; the last piece is the grade."""
        ...

    def warm(self, item: Item) -> None:
        """Prepare to judge this item soon."""
        ...

    def stream(self, messages: Sequence[Message], max_tokens: int = 256) -> Iterator[str]:
        """A reply in pieces."""
        ...


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the judging of an answer is; `remark` is what the interviewer says meanwhile."""

    pieces: tuple[Judgement | MisconceptionJudgement, ...] = ()
    remark: str = ""
    done: bool = False
    failed: str = ""


Told = Callable[[str, Item, Rubric, Grade, Callable[[str], None]], None]


class Marker:
    """One thread that judges what is pending, the oldest first."""

    def __init__(self, store: Store, content: Content, grader: Grading, told: Told) -> None:
        self.grader = grader
        self._store = store
        self._content = content
        self._told = told
        self._changed = threading.Condition()
        self._progress: dict[int, Progress] = {}
        self._warm: list[str] = []
        self._woken = False

    def start(self) -> None:
        """Begin to judge."""
        threading.Thread(target=self._work, name="marker", daemon=True).start()

    def wake(self, warm: str = "") -> None:
        """Tell that there may be something to judge, or an item to prepare for."""
        with self._changed:
            self._warm = [warm] if warm else self._warm
            self._woken = True
            self._changed.notify_all()

    def progress(self, turn: int) -> Progress:
        """How far an answer is now."""
        with self._changed:
            return self._progress.get(turn, Progress())

    def watch(self, turn: int, patience: float = 600.0) -> Iterator[Progress]:
        """Each change until the answer is judged, no judge is there, or `patience` seconds pass."""
        end = time.monotonic() + patience
        seen = None
        while self.grader.state == "ready" and time.monotonic() < end:
            with self._changed:
                if self._seen(turn) == seen:
                    self._changed.wait(timeout=1.0)
                now = self._seen(turn)
            if now != seen:
                seen = now
                yield now
            if now.done:
                return

    def _seen(self, turn: int) -> Progress:
        return self._progress.get(turn, Progress())

    def _work(self) -> None:
        while True:
            found = self._next() if self.grader.state == "ready" else None
            if found is not None:
                self._mark(*found)
            elif self.grader.state == "ready" and self._warm:
                self._prepare(self._warm.pop())
            else:
                self._rest()

    def _rest(self) -> None:
        """Wait until something is new, or for a moment: a grader does not tell when it is ready."""
        with self._changed:
            if not self._woken:
                self._changed.wait(timeout=0.5 if self.grader.state == "loading" else 3.0)
            self._woken = False

    def _next(self) -> tuple[int, str, str] | None:
        waiting = self._store.pending()
        return next((each for each in waiting if not self.progress(each[0]).failed), None)

    def _mark(self, turn: int, session_id: str, slug: str) -> None:
        try:
            self._judge(turn, session_id, slug)
            self._tell(turn, done=True)
        except InterviewerError as error:
            log.warning("turn %d was not judged: %s", turn, error)
            self._tell(turn, done=True, failed=str(error))
        except Exception as error:
            log.exception("turn %d was not judged", turn)
            self._tell(turn, done=True, failed=f"{type(error).__name__}: {error}")

    def _judge(self, turn: int, session_id: str, slug: str) -> None:
        state = State(self._store.session(session_id), self._store.turns(session_id))
        item, rubric = self._content.item(slug), self._content.rubric(slug)
        answer = state.answer(slug)
        pieces: tuple[Judgement | MisconceptionJudgement, ...] = ()
        for piece in self.grader.grade_stream(item, rubric, answer):
            if isinstance(piece, Grade):
                self._store.keep_grade(turn, answer, item, rubric, piece, time.time())
                self._told(session_id, item, rubric, piece, lambda t: self._tell(turn, remark=t))
            else:
                pieces = (*pieces, piece)
                self._tell(turn, pieces=pieces)

    def _prepare(self, slug: str) -> None:
        try:
            self.grader.warm(self._content.item(slug))
        except InterviewerError as error:
            log.warning("%s was not prepared: %s", slug, error)

    def _tell(self, turn: int, **changes: object) -> None:
        with self._changed:
            self._progress[turn] = replace(self._seen(turn), **changes)  # type: ignore[arg-type]
            while len(self._progress) > MOST_REMEMBERED:
                del self._progress[next(iter(self._progress))]
            self._changed.notify_all()
