"""A session -> its report: scores per item, coverage, code checks. Recomputable from the store."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from interviewer import exports
from interviewer.agreement import mean
from interviewer.interview import State, deadline, status
from interviewer.overrides import Override, Reviewed
from interviewer.store import Store
from interviewer.turns import Said
from interviewer.types import Grade, RunResult


@dataclass(frozen=True, slots=True)
class ItemReport:
    """One item of a session; `grade` is None while it is not judged, `answer` as graded.

    Where mentors changed verdicts, `grade` is theirs, `machine` the judge's, and `overrides`
    their words that stand.
    """

    item: str
    title: str
    question: str
    status: str
    answer: str
    grade: Grade | None
    statements: Mapping[str, str]
    reference: str
    runs: tuple[RunResult, ...]
    code: str
    hints: int
    late: bool
    disputed: bool
    follow_up: str
    machine: Grade | None = None
    overrides: tuple[Override, ...] = ()
    warm_up: bool = False

    @property
    def heading(self) -> str:
        """The title, and whether it only warmed up."""
        return f"Warm-up · {self.title}" if self.warm_up else self.title

    @property
    def reviewed(self) -> Reviewed | None:
        """The grade with what mentors said of it."""
        if self.grade is None:
            return None
        return Reviewed(self.answer, self.machine or self.grade, self.grade, self.overrides)


@dataclass(frozen=True, slots=True)
class Report:
    """A session's items and its score, the mean of the scores there are (None without any).

    Questions that warm up have scores of their own and are left out of the session's.
    """

    session: str
    mode: str
    started: float
    finished: bool
    items: tuple[ItemReport, ...]

    @property
    def counted(self) -> tuple[ItemReport, ...]:
        """The items that the score is about."""
        return tuple(item for item in self.items if not item.warm_up)

    @property
    def warm_ups(self) -> tuple[ItemReport, ...]:
        """The items that only warmed up."""
        return tuple(item for item in self.items if item.warm_up)

    @property
    def score(self) -> float | None:
        """The mean over the items that were judged, 0..100, with what mentors said."""
        return _mean(item.grade for item in self.counted)

    @property
    def machine_score(self) -> float | None:
        """The same by the judge alone."""
        return _mean(item.machine or item.grade for item in self.counted)

    @property
    def warm_up_score(self) -> float | None:
        """The mean over the questions that warmed up, apart from the score."""
        return _mean(item.grade for item in self.warm_ups)

    @property
    def overridden(self) -> bool:
        """Whether a mentor's word stands anywhere in what the score is about."""
        return any(item.overrides for item in self.counted)

    @property
    def coverage(self) -> float:
        """The share of items that the score stands on."""
        judged = [i for i in self.counted if i.grade and i.grade.score.value is not None]
        return len(judged) / len(self.counted)


def build(store: Store, session_id: str) -> Report:
    """The report of a stored session. Raises InputError for an unknown one."""
    session = store.session(session_id)
    state = State(session, store.turns(session_id))
    grades, runs, rubrics = (
        store.reviewed(session_id),
        store.runs(session_id),
        store.rubrics(session_id),
    )
    return Report(
        session.id,
        session.mode,
        session.started,
        state.finished,
        tuple(_item(state, slug, grades, runs, rubrics) for slug in session.items),
    )


def export(store: Store, session_id: str, format: str) -> str:
    """A session as `md`, `json` or `html`."""
    return exports.write(build(store, session_id), format)


def sessions(store: Store) -> list[dict[str, Any]]:
    """One line a session, the newest first."""
    return [
        {
            "session": report.session,
            "started": datetime.fromtimestamp(report.started, UTC).isoformat(timespec="seconds"),
            "mode": report.mode,
            "items": [item.item for item in report.items],
            "warm_ups": len(report.warm_ups),
            "answered": sum(item.status in ("answered", "revealed") for item in report.items),
            "finished": report.finished,
            "score": report.score,
            "coverage": report.coverage,
        }
        for report in (build(store, session.id) for session in store.sessions())
    ]


def _item(
    state: State,
    slug: str,
    grades: Mapping[int, Reviewed],
    runs: Mapping[int, RunResult],
    rubrics: Mapping[tuple[str, str], Mapping[str, Any]],
) -> ItemReport:
    answers, codes = state.on(slug, Said.ANSWER), state.on(slug, Said.CODE)
    found = next((grades[t.id] for t in reversed(answers) if t.id in grades), None)
    grade = found.grade if found else None
    rubric = rubrics.get((slug, grade.rubric_version)) if grade else None
    asked = state.on(slug, Said.ASK)
    follow_ups = state.on(slug, Said.FOLLOW_UP)
    end = deadline(state)
    return ItemReport(
        item=slug,
        title=asked[0].about if asked else slug,
        question=asked[0].text if asked else "",
        status=status(state, slug),
        answer=found.answer if found else state.answer(slug),
        grade=grade,
        statements=exports.statements(rubric),
        reference=rubric["reference"] if rubric else "",
        runs=tuple(runs[t.id] for t in codes if t.id in runs),
        code=codes[-1].text if codes else "",
        hints=len(state.on(slug, Said.HINT)),
        late=end is not None and any(t.at > end for t in (*answers, *codes)),
        disputed=bool(state.on(slug, Said.DISAGREE)),
        follow_up=follow_ups[0].text if follow_ups else "",
        machine=found.machine if found and found.standing else None,
        overrides=found.standing if found else (),
        warm_up=state.session.is_warm_up(slug),
    )


def _mean(grades: Iterable[Grade | None]) -> float | None:
    scores = [grade.score.value for grade in grades if grade]
    known = [score for score in scores if score is not None]
    return mean(known)
