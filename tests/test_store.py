"""The store, on disk and in memory: what was acknowledged is there, all of a step or none."""

import os
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from interviewer.content import Content
from interviewer.errors import InputError
from interviewer.interview import State
from interviewer.store import Store
from interviewer.turns import Said, Session, Turn
from interviewer.types import CheckResult, Grade, RunResult, RunVerdict
from tests.session_fakes import PhraseGrader

BANK = Content(Path(__file__).parent / "small_bank")
SESSION = Session("s1", "ann", "practice", ("dropout", "scaling"), 7, 20, 1000.0)


@pytest.fixture(params=["memory", "disk"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Store:
    store = Store(tmp_path / "deep" / "x.db" if request.param == "disk" else None)
    store.create(SESSION)
    return store


def said(kind: Said, text: str = "", item: str = "dropout") -> Turn:
    return Turn(kind, item, text, 1001.0)


def add(store: Store, *turns: Turn, session: str = "s1") -> tuple[Turn, ...]:
    return store.append(session, lambda _session, _turns: turns)


def grade_of(answer: str) -> Grade:
    pieces = list(PhraseGrader().grade_stream(BANK.item("dropout"), BANK.rubric("dropout"), answer))
    assert isinstance(pieces[-1], Grade)
    return pieces[-1]


def test_session_and_turns_come_back_as_they_were(store: Store) -> None:
    added = add(store, said(Said.ASK, "why?"), said(Said.ANSWER, "because\n\x1f 'quoted' 🙂"))
    assert store.session("s1") == SESSION
    assert store.turns("s1") == added
    assert [replace(t, id=0) for t in added] == [
        said(Said.ASK, "why?"),
        said(Said.ANSWER, "because\n\x1f 'quoted' 🙂"),
    ]


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=300))
@settings(max_examples=50, deadline=None)
def test_any_text_comes_back(text: str) -> None:
    store = Store()
    store.create(SESSION)
    assert add(store, said(Said.ANSWER, text))[-1].text == text


def test_a_failing_step_leaves_nothing(store: Store) -> None:
    def halfway(_session: Session, _turns: tuple[Turn, ...]) -> list[Turn]:
        return [said(Said.ANSWER, "kept?"), replace(said(Said.ASK), text=None)]  # type: ignore[arg-type]  # breaks the table's rule

    with pytest.raises(sqlite3.IntegrityError):
        store.append("s1", halfway)
    assert store.turns("s1") == ()
    assert len(add(store, said(Said.ANSWER, "after"))) == 1


def test_unknown_session_is_the_callers_fault(store: Store) -> None:
    with pytest.raises(InputError, match="no session 'other'"):
        store.session("other")
    with pytest.raises(InputError):
        add(store, said(Said.ASK), session="other")


def test_turn_of_no_session_is_refused_by_the_database(tmp_path: Path) -> None:
    store = Store(tmp_path / "x.db")
    with pytest.raises(sqlite3.IntegrityError, match="FOREIGN KEY"), store._writing() as db:
        db.execute("insert into turns (session, kind, item, text, about, at) values (0,0,0,0,0,0)")


def test_grade_comes_back_with_every_signal(store: Store) -> None:
    answer = "units are set to zero; it also drops at test time"
    turn = add(store, said(Said.ANSWER, answer))[-1].id
    grade = grade_of(answer)
    store.keep_grade(turn, answer, BANK.item("dropout"), BANK.rubric("dropout"), grade, 1002.0)
    assert store.grades("s1") == {turn: (answer, grade)}
    (rubric,) = store.rubrics("s1").values()
    assert (rubric["version"], rubric["title"]) == (grade.rubric_version, "Dropout")


def test_run_comes_back_and_names_the_submissions_verdict(store: Store) -> None:
    turn = add(store, said(Said.CODE, "x = 1"))[-1]
    assert store.unrun() == store.unrun("s1") == (("s1", turn),)
    check = CheckResult("root", RunVerdict.WRONG_ANSWER, "found 1", "Divides.")
    run = RunResult("dropout", RunVerdict.WRONG_ANSWER, (check,), "o", "e", 0.5, 9, "landlock")
    store.keep_run(turn.id, run)
    assert store.runs("s1") == {turn.id: run}
    assert store.unrun() == ()
    assert store.turns("s1")[-1].about == RunVerdict.WRONG_ANSWER


def test_only_the_latest_ungraded_answer_of_an_item_waits(store: Store) -> None:
    first, _, other = add(
        store,
        said(Said.ANSWER, "one"),
        said(Said.ANSWER, "two"),
        said(Said.ANSWER, "elsewhere", "scaling"),
    )
    assert [turn for turn, _, _ in store.pending()] == [first.id + 1, other.id]
    rubric = BANK.rubric("dropout")
    store.keep_grade(first.id + 1, "one\n\ntwo", BANK.item("dropout"), rubric, grade_of("x"), 1.0)
    assert store.pending() == ((other.id, "s1", "scaling"),)


def test_a_regrade_replaces_what_is_shown_and_keeps_the_old(store: Store) -> None:
    turn = add(store, said(Said.ANSWER, "a"))[-1].id
    item, rubric = BANK.item("dropout"), BANK.rubric("dropout")
    for text in ("nothing", "units are set to zero"):
        store.keep_grade(turn, text, item, rubric, grade_of(text), 1.0)
    assert store.grades("s1")[turn][0] == "units are set to zero"
    assert len(store._query("select * from grades")) == 2


def test_sessions_are_listed_by_owner_newest_first(store: Store) -> None:
    store.create(replace(SESSION, id="s2", owner="bob", started=2000.0))
    store.create(replace(SESSION, id="s3", started=3000.0))
    assert [s.id for s in store.sessions()] == ["s3", "s2", "s1"]
    assert [s.id for s in store.sessions("ann")] == ["s3", "s1"]


def test_sessions_are_found_by_what_was_said(store: Store) -> None:
    store.create(replace(SESSION, id="s2"))
    add(store, said(Said.ANSWER), said(Said.ANSWER))
    add(store, said(Said.CODE), session="s2")
    assert store.having(Said.ANSWER) == {"s1"}
    assert store.having(Said.ANSWER, Said.CODE) == {"s1", "s2"}
    assert store.having(Said.DISAGREE) == frozenset()


def test_many_threads_read_and_write_without_losing_a_turn(store: Store) -> None:
    def one_more(_session: Session, turns: tuple[Turn, ...]) -> list[Turn]:
        return [said(Said.ANSWER, str(len(turns)))]

    threads = [
        threading.Thread(target=lambda: [store.append("s1", one_more) for _ in range(25)])
        for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [t.text for t in store.turns("s1")] == [str(n) for n in range(200)]


def test_two_open_stores_of_a_file_do_not_block_each_other(tmp_path: Path) -> None:
    first, second = Store(tmp_path / "x.db"), Store(tmp_path / "x.db")
    first.create(SESSION)
    add(second, said(Said.ANSWER, "one"))
    assert len(add(first, said(Said.ANSWER, "two"))) == 2


WRITER = """
import sys, pathlib
from interviewer.store import Store
from interviewer.turns import Said, Session, Turn
store = Store(pathlib.Path(sys.argv[1]))
store.create(Session("s1", "ann", "mock", ("dropout",), 0, 0, 1.0))
for n in range(100000):
    store.append("s1", lambda s, t: [Turn(Said.ANSWER, "dropout", str(n), 1.0)])
    print(n, flush=True)
"""


def test_kill_9_loses_no_acknowledged_turn(tmp_path: Path) -> None:
    path = tmp_path / "x.db"
    writer = subprocess.Popen(
        [sys.executable, "-c", WRITER, str(path)],
        stdout=subprocess.PIPE,
        cwd=Path(__file__).parent.parent,
        text=True,
    )
    assert writer.stdout is not None
    assert writer.stdout.readline() == "0\n"
    time.sleep(0.4)
    os.kill(writer.pid, signal.SIGKILL)
    acknowledged = [0, *(int(line) for line in writer.stdout if line.endswith("\n"))]
    writer.wait()
    kept = [int(t.text) for t in State(SESSION, Store(path).turns("s1")).turns]
    assert len(acknowledged) > 10
    assert kept[: len(acknowledged)] == acknowledged
    assert len(kept) <= len(acknowledged) + 1  # at most the one that was not yet acknowledged
