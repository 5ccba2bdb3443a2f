"""Sessions in SQLite: what was said is on disk before it is acknowledged.

One process writes a database; its threads take turns. In memory it is the fake of itself. WAL with
synchronous FULL survives a killed process and a power cut, not a disk that lies about flushing.
"""

import secrets
import sqlite3
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from sqlite_utils import Database

from interviewer import rows
from interviewer.errors import InputError
from interviewer.overrides import Override, Reviewed, reviewed
from interviewer.schema import migrations
from interviewer.turns import Said, Session, Turn
from interviewer.types import Grade, Item, Rubric, RunResult

Transition = Callable[[Session, tuple[Turn, ...]], Sequence[Turn]]
_TURNS = (
    "select turns.*, runs.verdict from turns left join runs on runs.turn = turns.id"
    " where session = ? order by turns.id"
)
# answers that wait for a judge: the latest of each item, when it has no grade yet
_PENDING = (
    "select max(id) as id, session, item from turns where kind = 'answer'"
    " group by session, item having max(id) not in (select turn from grades) order by 1"
)


class Store:
    """Sessions, turns, grades and runs; safe to share between threads."""

    def __init__(self, path: Path | None = None) -> None:
        self._path = path
        self._lock = threading.RLock()
        self._local = threading.local()
        self._shared = _connect(None) if path is None else None
        if path is not None:
            path.parent.mkdir(parents=True, exist_ok=True)
        with self._lock:
            migrations.apply(self._db)

    def create(self, session: Session) -> None:
        """Keep a new session."""
        with self._writing() as db:
            db.table("sessions").insert(rows.session_row(session))

    def append(self, session_id: str, transition: Transition) -> tuple[Turn, ...]:
        """Read the turns, add those that `transition` gives, all or none; the turns since."""
        with self._writing() as db:
            session, turns = self.session(session_id), self.turns(session_id)
            for turn in transition(session, turns):
                db.table("turns").insert(_turn_row(session_id, turn))
            return self.turns(session_id)

    def session(self, session_id: str) -> Session:
        """A session by its id. Raises InputError for an unknown one."""
        found = self._query("select * from sessions where id = ?", session_id)
        if not found:
            raise InputError(f"found no session {session_id[:64]!r}, expected a stored one")
        return rows.to_session(found[0])

    def sessions(self, owner: str | None = None) -> tuple[Session, ...]:
        """All sessions, or those of an owner, the newest first."""
        chosen = "" if owner is None else " where owner = ?"
        found = self._query(
            f"select * from sessions{chosen} order by started desc, rowid desc",  # noqa: S608  a constant is put in
            *([] if owner is None else [owner]),
        )
        return tuple(rows.to_session(row) for row in found)

    def having(self, *kinds: Said) -> frozenset[str]:
        """The ids of the sessions with a turn of one of these kinds."""
        marks = ", ".join("?" * len(kinds))
        found = self._query(
            f"select distinct session from turns where kind in ({marks})",  # noqa: S608  only marks are put in
            *kinds,
        )
        return frozenset(row["session"] for row in found)

    def turns(self, session_id: str) -> tuple[Turn, ...]:
        """What was said in a session, in order."""
        return tuple(rows.to_turn(row) for row in self._query(_TURNS, session_id))

    def pending(self) -> tuple[tuple[int, str, str], ...]:
        """Answers that wait for a judge: turn, session and item, the oldest first."""
        return tuple((r["id"], r["session"], r["item"]) for r in self._query(_PENDING))

    def unrun(self, session_id: str | None = None) -> tuple[tuple[str, Turn], ...]:
        """Submissions without a run, with their session, the oldest first; of all or of one."""
        found = self._query(
            "select turns.*, runs.verdict from turns left join runs on runs.turn = turns.id"
            " where kind = 'code' and verdict is null and (? is null or session = ?) order by id",
            session_id,
            session_id,
        )
        return tuple((row["session"], rows.to_turn(row)) for row in found)

    def keep_grade(
        self, turn: int, answer: str, item: Item, rubric: Rubric, grade: Grade, at: float
    ) -> None:
        """Keep the grade of an answer and the rubric that it was graded by."""
        with self._writing() as db:
            db.table("rubrics").insert(rows.rubric_row(item, rubric), ignore=True)
            key = db.table("grades").insert(rows.grade_row(turn, answer, grade, at)).last_pk
            db.table("judgements").insert_all(rows.judgement_rows(int(str(key)), grade))

    def grades(self, session_id: str) -> dict[int, tuple[str, Grade]]:
        """The newest grade of each graded answer, by turn, with the text it was given for."""
        found = self._query(
            "select grades.* from grades join turns on turns.id = grades.turn"
            " where session = ? order by grades.id",
            session_id,
        )
        return {row["turn"]: (row["answer"], self._grade(row)) for row in found}

    def rubrics(self, session_id: str) -> dict[tuple[str, str], dict[str, Any]]:
        """The rubrics that the session's grades refer to, by item and version."""
        found = self._query(
            "select distinct rubrics.* from rubrics join grades on grades.item = rubrics.item and"
            " rubric_version = version join turns on turns.id = grades.turn where session = ?",
            session_id,
        )
        return {(row["item"], row["version"]): row for row in found}

    def keep_run(self, turn: int, result: RunResult) -> None:
        """Keep how a submission ended."""
        with self._writing() as db:
            db.table("runs").insert(rows.run_row(turn, result), replace=True)

    def runs(self, session_id: str) -> dict[int, RunResult]:
        """How the session's submissions ended, by turn."""
        found = self._query(
            "select runs.* from runs join turns on turns.id = runs.turn where session = ?",
            session_id,
        )
        return {row["turn"]: rows.to_run(row) for row in found}

    def keep_override(self, override: Override) -> Override:
        """Add a mentor's word; the same with its id."""
        row = {name: value for name, value in asdict(override).items() if name != "id"}
        with self._writing() as db:
            return replace(override, id=int(str(db.table("overrides").insert(row).last_pk)))

    def overrides(self, session_id: str) -> tuple[Override, ...]:
        """All that mentors said of the session's verdicts, in order."""
        found = self._query(
            "select overrides.* from overrides join turns on turns.id = overrides.turn"
            " where session = ? order by overrides.id",
            session_id,
        )
        return tuple(Override(**row) for row in found)

    def reviewed(self, session_id: str) -> dict[int, Reviewed]:
        """Each graded answer of a session, by turn, with the mentors' words."""
        words = self.overrides(session_id)
        return {
            turn: reviewed(answer, grade, [w for w in words if w.turn == turn])
            for turn, (answer, grade) in self.grades(session_id).items()
        }

    def _grade(self, row: dict[str, Any]) -> Grade:
        judged = self._query("select * from judgements where grade = ? order by id", row["id"])
        return rows.to_grade(row, judged)

    @property
    def _db(self) -> Database:
        if self._shared is not None:
            return self._shared
        if not hasattr(self._local, "db"):
            self._local.db = _connect(self._path)
        found: Database = self._local.db
        return found

    def _query(self, sql: str, *values: object) -> list[dict[str, Any]]:
        if self._shared is None:
            return list(self._db.query(sql, values))
        with self._lock:  # one connection serves all threads
            return list(self._db.query(sql, values))

    @contextmanager
    def _writing(self) -> Iterator[Database]:
        """A transaction that holds the write lock from its start: none fails half-way as busy."""
        with self._lock:
            db = self._db
            db.conn.execute("begin immediate")
            try:
                yield db
            except BaseException:
                db.conn.execute("rollback")
                raise
            db.conn.execute("commit")


def new_id() -> str:
    """An id that cannot be guessed."""
    return secrets.token_urlsafe(16)


def _connect(path: Path | None) -> Database:
    shared = path is None
    connection = sqlite3.connect(
        ":memory:" if path is None else path,
        timeout=10,
        isolation_level=None,  # transactions are begun by hand, see Store._writing
        check_same_thread=not shared,
    )
    for pragma in ("journal_mode = wal", "synchronous = full", "foreign_keys = on"):
        connection.execute(f"pragma {pragma}")
    return Database(connection)


def _turn_row(session_id: str, turn: Turn) -> dict[str, Any]:
    return {
        "session": session_id,
        "kind": turn.kind,
        "item": turn.item,
        "text": turn.text,
        "about": turn.about,
        "at": turn.at,
    }
