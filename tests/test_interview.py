"""The session as transitions, and the desk that joins them to judging and runs."""

import time
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from interviewer import interview
from interviewer.content import Content
from interviewer.desk import Desk
from interviewer.errors import InputError
from interviewer.interview import State, deadline, split_code, status
from interviewer.report import build, export, sessions
from interviewer.store import Store
from interviewer.turns import Mode, Said, Session, Turn
from interviewer.types import RunResult
from tests.session_fakes import PhraseGrader, PhraseRunner

BANK = Content(Path(__file__).parent / "small_bank")
FIRST = "units are set to zero"
SECOND = "the kept ones are divided by the keep probability"


def make_desk(grader: PhraseGrader | None = None, store: Store | None = None) -> Desk:
    return Desk(store or Store(), BANK, grader or PhraseGrader(), PhraseRunner())


@pytest.fixture
def desk() -> Desk:
    desk = make_desk()
    desk.open()
    return desk


def begin(desk: Desk, mode: str = "practice", items: str = "dropout scaling weight-decay") -> str:
    return desk.begin("ann", items.split(), mode).session.id


def answer(desk: Desk, session: str, text: str) -> State:
    """Send an answer and wait for its verdicts, as a page does."""
    state = desk.answer("ann", session, text)
    turn = [t.id for t in state.turns if t.kind is Said.ANSWER][-1]
    for _ in desk.marker.watch(turn, patience=10):
        pass
    return desk.state("ann", session)


def run(desk: Desk, session: str, code: str) -> State:
    desk.submit("ann", session, code)
    return desk.run_pending("ann", session)


def kinds(state: State) -> list[str]:
    return [t.kind for t in state.turns if t.kind is not Said.REMARK]


def eventually(condition: Callable[[], bool], seconds: float = 5.0) -> bool:
    end = time.monotonic() + seconds
    while not condition() and time.monotonic() < end:
        time.sleep(0.02)
    return condition()


# --- pure ---------------------------------------------------------------------------------------


def state_of(*turns: Turn, mode: Mode = "practice", minutes: int = 0) -> State:
    session = Session("s", "ann", mode, ("dropout", "scaling"), 0, minutes, 1000.0)
    numbered = (Turn(t.kind, t.item, t.text, t.at, t.about, n) for n, t in enumerate(turns, 1))
    return State(session, tuple(numbered))


def turn(kind: Said, at: float = 1000.0, item: str = "dropout") -> Turn:
    return Turn(kind, item, "text", at)


def test_fenced_code_is_parted_from_prose() -> None:
    text = "My idea:\n```python\ndef f():\n    return 1\n```\nThat is all."
    assert split_code(text) == ("My idea:\n\nThat is all.", "def f():\n    return 1")


def test_an_unclosed_fence_is_code_to_its_end() -> None:
    assert split_code("```\nx = 1\n") == ("", "x = 1")


@given(st.text(max_size=200))
@settings(max_examples=100, deadline=None)
def test_text_without_a_fence_is_all_prose(text: str) -> None:
    prose = text.replace("`", "'")
    assert split_code(prose) == (prose.strip(), "")


def test_code_in_an_answer_without_a_task_stays_in_the_answer() -> None:
    text = "See\n```\nx = 1\n```"
    turns = interview.answer(state_of(), BANK.item("dropout"), text, 1.0)
    assert [(t.kind, t.text) for t in turns] == [(Said.ANSWER, text)]


def test_too_long_an_answer_is_refused_and_the_longest_is_not() -> None:
    item = BANK.item("dropout")
    assert interview.answer(state_of(), item, "x" * 20_000, 1.0)
    with pytest.raises(InputError, match="20,001 characters"):
        interview.answer(state_of(), item, "x" * 20_001, 1.0)


def test_an_empty_answer_is_refused() -> None:
    with pytest.raises(InputError, match="nothing to send"):
        interview.answer(state_of(), BANK.item("dropout"), " \n\x00 ", 1.0)


def test_what_the_database_cannot_take_is_replaced() -> None:
    (turn,) = interview.answer(state_of(), BANK.item("dropout"), "a\x00b\ud800c", 1.0)
    assert turn.text == "ab?c"


def test_a_pause_moves_the_deadline() -> None:
    paused = (turn(Said.ASK), turn(Said.PAUSE, 1100.0))
    assert deadline(state_of(*paused, minutes=10)) is None
    going = state_of(*paused, turn(Said.RESUME, 1150.0), minutes=10)
    assert deadline(going) == 1000.0 + 600.0 + 50.0
    assert deadline(state_of(*paused, minutes=0)) is None


def test_an_answer_ends_a_pause() -> None:
    state = state_of(turn(Said.ASK), turn(Said.PAUSE))
    turns = interview.answer(state, BANK.item("dropout"), "words", 1.0)
    assert [t.kind for t in turns] == [Said.RESUME, Said.ANSWER]


def test_hints_are_a_ladder_whose_last_step_wants_an_attempt() -> None:
    item = BANK.item("dropout")
    turns = [turn(Said.ASK)]
    for number in (1, 2):
        (given,) = interview.hint(state_of(*turns), item, 1.0)
        assert (given.text, given.about) == (item.hints[number - 1], str(number))
        turns.append(given)
    with pytest.raises(InputError, match="after a first attempt"):
        interview.hint(state_of(*turns), item, 1.0)
    turns.append(turn(Said.ANSWER))
    turns.append(*interview.hint(state_of(*turns), item, 1.0))
    with pytest.raises(InputError, match="no more hints"):
        interview.hint(state_of(*turns), item, 1.0)


def test_the_model_answer_wants_a_draft_and_closes_the_question() -> None:
    item = BANK.item("dropout")
    with pytest.raises(InputError, match="after a draft"):
        interview.reveal(state_of(turn(Said.ASK)), item, 1.0)
    drafted = (turn(Said.ASK), turn(Said.ANSWER))
    (shown,) = interview.reveal(state_of(*drafted), item, 1.0)
    assert shown.text == item.reference
    with pytest.raises(InputError, match="closed"):
        interview.answer(state_of(*drafted, shown), item, "copied", 1.0)


def test_a_mock_interview_gives_no_help_and_stays_finished() -> None:
    state = state_of(turn(Said.ASK), turn(Said.ANSWER), mode="mock")
    with pytest.raises(InputError, match="practice"):
        interview.hint(state, BANK.item("dropout"), 1.0)
    with pytest.raises(InputError, match="practice"):
        interview.reveal(state, BANK.item("dropout"), 1.0)
    with pytest.raises(InputError, match="stays finished"):
        interview.reopen(state_of(turn(Said.FINISH, item=""), mode="mock"), 1.0)


def test_nothing_is_taken_after_the_end_until_it_is_taken_back() -> None:
    ended = (turn(Said.ASK), turn(Said.FINISH, item=""))
    with pytest.raises(InputError, match="finished"):
        interview.answer(state_of(*ended), BANK.item("dropout"), "late", 1.0)
    assert interview.finish(state_of(*ended), 2.0) == ()
    again = state_of(*ended, *interview.reopen(state_of(*ended), 3.0))
    assert interview.answer(again, BANK.item("dropout"), "words", 4.0)


def test_a_skipped_item_is_unanswered_and_an_answered_one_is_not_skipped() -> None:
    dropout, scaling = BANK.item("dropout"), BANK.item("scaling")
    skipped = interview.skip(state_of(turn(Said.ASK)), dropout, scaling, 1.0)
    assert [t.kind for t in skipped] == [Said.SKIP, Said.ASK]
    assert status(state_of(turn(Said.ASK), *skipped), "dropout") == "skipped"
    left = interview.skip(state_of(turn(Said.ASK), turn(Said.ANSWER)), dropout, scaling, 1.0)
    assert [t.kind for t in left] == [Said.ASK]


def test_an_item_of_another_session_cannot_be_gone_to() -> None:
    with pytest.raises(InputError, match="no question"):
        interview.go(state_of(turn(Said.ASK)), BANK.item("weight-decay"), 1.0)


# --- joined to judging and runs -----------------------------------------------------------------


def test_the_weightiest_gap_is_asked_about_once_and_graded_with_the_first_answer(
    desk: Desk,
) -> None:
    session = begin(desk)
    state = answer(desk, session, "it is random")  # nothing covered: 3 points weigh most
    asked = state.on("dropout", Said.FOLLOW_UP)
    assert [(t.text, t.about) for t in asked] == [
        ("How does the expected activation stay the same?", "scales-kept")
    ]
    state = answer(desk, session, f"{FIRST}, {SECOND}")
    assert len(state.on("dropout", Said.FOLLOW_UP)) == 1
    grades = desk.store.grades(session)
    text, grade = list(grades.values())[-1]
    assert text == f"it is random\n\n{FIRST}, {SECOND}"
    assert grade.score.value == 100.0
    assert state.current == "scaling"


def test_a_full_answer_gets_no_follow_up(desk: Desk) -> None:
    session = begin(desk)
    state = answer(desk, session, f"{FIRST}; {SECOND}")
    assert kinds(state) == ["ask", "answer", "ask"]


def test_a_code_task_follows_the_talk_and_once_solved_it_stays_until_next(desk: Desk) -> None:
    session = begin(desk, items="scaling dropout")
    state = answer(desk, session, "the variance grows")
    assert kinds(state) == ["ask", "answer", "task"]
    run(desk, session, "def scale(s, w): return s")
    assert desk.state("ann", session).current == "scaling"
    run(desk, session, "def scale(s, w): return s / w ** 0.5")
    state = desk.state("ann", session)
    assert state.current == "scaling"  # with its checks in sight
    assert state.turns[-1].text == interview.SOLVED
    assert [t.about for t in state.on("scaling", Said.CODE)] == ["WA", "AC"]
    state = run(desk, session, "def scale(s, w): return s * w ** -0.5 * 1 ** 0.5")
    assert [t.text for t in state.on("scaling", Said.REMARK)].count(interview.SOLVED) == 1
    assert desk.skip("ann", session).current == "dropout"


def test_a_run_after_the_model_answer_leaves_its_checks_in_sight(desk: Desk) -> None:
    session = begin(desk, items="scaling dropout")
    answer(desk, session, "the variance grows")
    desk.reveal("ann", session)
    assert run(desk, session, "def scale(s, w): return s").current == "scaling"


def test_the_last_question_is_said_to_be_over_once(desk: Desk) -> None:
    session = begin(desk, items="dropout weight-decay")
    for _ in range(4):
        desk.skip("ann", session)
    remarks = [t for t in desk.state("ann", session).turns if t.text == interview.LAST]
    assert len(remarks) == len({t.item for t in remarks}) > 0


def test_fenced_code_in_the_chat_is_run(desk: Desk) -> None:
    session = begin(desk, items="scaling")
    desk.answer("ann", session, "the variance grows\n```python\nx ** 0.5\n```")
    desk.run_pending("ann", session)
    (ended,) = desk.store.runs(session).values()
    assert ended.verdict == "AC"


def test_code_without_a_fence_goes_the_same_way(desk: Desk) -> None:
    session = begin(desk, items="scaling")
    code = "def scale(scores, width):\n    return scores / width ** 0.5"
    words = f"the variance grows, so:\n\n{code}\n\nThat is all."  # judged whole
    state = desk.answer("ann", session, words)
    said = [(t.kind, t.text) for t in state.turns if t.kind in (Said.ANSWER, Said.CODE)]
    assert said == [(Said.ANSWER, words), (Said.CODE, code)]
    state = desk.answer("ann", session, code)
    assert [t.text for t in state.on("scaling", Said.ANSWER)] == [words]
    desk.run_pending("ann", session)
    assert [run.verdict for run in desk.store.runs(session).values()] == ["AC", "AC"]


def test_without_a_judge_answers_are_kept_unscored_and_the_interview_goes_on() -> None:
    desk = make_desk(PhraseGrader(state="none"))
    desk.open()
    session = begin(desk)
    state = desk.answer("ann", session, FIRST)
    assert state.current == "scaling"
    report = build(desk.store, session)
    assert (report.score, report.coverage) == (None, 0.0)
    assert report.items[0].answer == FIRST


def test_what_was_answered_while_the_judge_loaded_is_judged_when_it_is_ready() -> None:
    grader = PhraseGrader(state="loading")
    desk = make_desk(grader)
    desk.open()
    session = begin(desk)
    desk.answer("ann", session, FIRST)
    assert desk.store.grades(session) == {}
    grader.state = "ready"
    assert eventually(lambda: bool(desk.store.grades(session)))
    assert not desk.state("ann", session).on("dropout", Said.FOLLOW_UP)  # it has gone on


def test_a_restart_judges_and_runs_what_was_left(tmp_path: Path) -> None:
    store = Store(tmp_path / "x.db")
    session = begin(make_desk(store=store))  # never opened: as killed before it could judge
    turns = (Turn(Said.ANSWER, "dropout", FIRST, 1.0), Turn(Said.CODE, "scaling", "sqrt", 1.0))
    store.append(session, lambda _session, _turns: turns)
    after = make_desk(store=Store(tmp_path / "x.db"))
    after.open()
    assert eventually(lambda: bool(after.store.grades(session) and after.store.runs(session)))


def test_a_failing_judge_is_told_and_is_no_zero(caplog: pytest.LogCaptureFixture) -> None:
    grader = PhraseGrader(failing=True)
    desk = make_desk(grader)
    desk.open()
    session = begin(desk)
    state = answer(desk, session, FIRST)
    turn = state.on("dropout", Said.ANSWER)[0].id
    assert "is out" in desk.marker.progress(turn).failed
    assert build(desk.store, session).score is None
    assert "was not judged" in caplog.text


class BrokenRunner:
    """Raises as a fault of ours would."""

    def run(self, slug: str, code: str) -> RunResult:
        raise RuntimeError("no pipe")


def test_a_failing_run_is_ours_and_ends() -> None:
    desk = Desk(Store(), BANK, PhraseGrader(), BrokenRunner())
    session = begin(desk, items="scaling")
    run(desk, session, "x = 1")
    (ended,) = desk.store.runs(session).values()
    assert (ended.verdict, ended.message) == ("IE", "RuntimeError: no pipe")


def test_no_one_else_reads_or_writes_a_session(desk: Desk) -> None:
    session = begin(desk)
    acts: tuple[Callable[[], object], ...] = (
        lambda: desk.state("bob", session),
        lambda: desk.answer("bob", session, "words"),
        lambda: desk.submit("bob", session, "x = 1"),
        lambda: desk.hint("bob", session),
        lambda: desk.reveal("bob", session),
        lambda: desk.skip("bob", session),
        lambda: desk.go("bob", session, "scaling"),
        lambda: desk.pause("bob", session),
        lambda: desk.finish("bob", session),
        lambda: desk.reopen("bob", session),
        lambda: desk.disagree("bob", session, "dropout", ""),
        lambda: desk.run_pending("bob", session),
    )
    for act in acts:
        with pytest.raises(InputError, match="no session"):
            act()
    assert kinds(desk.state("ann", session)) == ["ask"]


def test_the_unfinished_session_is_taken_up(desk: Desk) -> None:
    assert desk.unfinished("ann") is None
    first, second = begin(desk), begin(desk)
    going = desk.unfinished("ann")
    assert going is not None and going.session.id == second
    desk.finish("ann", second)
    going = desk.unfinished("ann")
    assert going is not None and going.session.id == first
    assert desk.unfinished("bob") is None


def test_a_draw_repeats_with_its_seed_and_keeps_to_its_level(desk: Desk) -> None:
    drawn = {seed: desk.draw("", "", 3, seed) for seed in range(8)}
    assert drawn[3] == desk.draw("", "", 3, 3)
    assert len(set(drawn.values())) > 1
    assert desk.draw("hard", "", 3, 0) == ("weight-decay",)
    with pytest.raises(InputError, match="No question fits"):
        desk.draw("hard", "generative", 3, 0)


def test_weak_questions_are_the_worst_answered_first(desk: Desk) -> None:
    with pytest.raises(InputError, match="no weak questions yet"):
        desk.weak("ann", 3)
    session = begin(desk, "mock", "dropout weight-decay")
    answer(desk, session, FIRST)
    answer(desk, session, "nothing more")
    answer(desk, session, "no idea")
    assert desk.weak("ann", 3) == ("weight-decay", "dropout")


def test_exports_hold_the_answer_the_verdicts_and_the_score(desk: Desk) -> None:
    session = begin(desk, items="dropout")
    answer(desk, session, f"{FIRST} <script>alert(1)</script> ![x](http://a.example/x.png)")
    answer(desk, session, SECOND)
    desk.finish("ann", session)
    markdown, page = export(desk.store, session, "md"), export(desk.store, session, "html")
    assert "Score: 100 / 100" in markdown
    assert "![x]" not in markdown and "<script>" not in page
    assert "&lt;script&gt;" in page and "divided by the keep probability" in page
    with pytest.raises(InputError, match="format 'pdf'"):
        export(desk.store, session, "pdf")
    (line,) = sessions(desk.store)
    assert (line["session"], line["score"], line["finished"]) == (session, 100.0, True)


def test_the_stored_score_can_be_recomputed(desk: Desk) -> None:
    from interviewer.score import score_judgements

    session = begin(desk)
    answer(desk, session, f"{FIRST}, and it also drops at test time")
    ((_, grade),) = desk.store.grades(session).values()
    assert score_judgements(grade.criteria, grade.misconceptions) == grade.score
    assert grade.score.value == pytest.approx(100 * (2 - 1) / 5)
