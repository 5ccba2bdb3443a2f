"""What is said near the end of a session."""

import pytest

from interviewer.desk import Desk
from interviewer.interview import LAST
from interviewer.report import build
from interviewer.store import Store
from interviewer.ui.chat import chat
from interviewer.ui.closing import after_the_last, finish_question, report_fills, still_judging
from interviewer.ui.panels import report
from interviewer.ui.view import View, look
from tests.session_fakes import PhraseGrader, PhraseRunner
from tests.test_interview import BANK, eventually


def sitting(state: str = "loading", mode: str = "practice") -> tuple[Desk, PhraseGrader, str]:
    """Three questions; the judge is as said and the desk is not open, so nothing is judged."""
    grader = PhraseGrader()
    grader.state = state  # type: ignore[assignment]  # one of the three words
    desk = Desk(Store(), BANK, grader, PhraseRunner())
    items = ["dropout", "weight-decay", "scaling"]
    return desk, grader, desk.begin("ann", items, mode).session.id


def answered(desk: Desk, session: str) -> View:
    """Two answered, the last one skipped."""
    desk.answer("ann", session, "units are set to zero")
    desk.go("ann", session, "weight-decay")
    desk.answer("ann", session, "it is apart")
    desk.go("ann", session, "scaling")
    desk.skip("ann", session)
    return look(desk, "ann", session)


@pytest.mark.parametrize(
    ("state", "due"),
    [
        ("loading", "2 answers will be judged as soon as the judge has loaded."),
        ("ready", "2 answers are still being judged."),
        ("none", ""),
    ],
)
def test_after_the_last_question_what_is_still_judged_is_said(state: str, due: str) -> None:
    desk, _, session = sitting(state)
    view = answered(desk, session)
    assert view.state.turns[-1].text == LAST
    assert still_judging(view) == due
    assert after_the_last(view).startswith(due)
    assert ("still-judging" in chat(view)) == bool(due)
    assert ("the report fills in by itself" in chat(view)) == bool(due)


def test_before_the_last_question_is_over_the_usual_word_stands() -> None:
    desk, _, session = sitting("ready")
    desk.answer("ann", session, "units are set to zero")
    view = look(desk, "ann", session)
    assert after_the_last(view) == ""
    assert "Reading your answer" in chat(view)


def test_the_report_says_that_it_fills_in_until_it_has() -> None:
    desk, grader, session = sitting()
    answered(desk, session)
    desk.finish("ann", session)
    view = look(desk, "ann", session)
    shown = report(build(desk.store, session), view.items, report_fills(view))
    assert "2 answers will be judged" in shown
    assert "fills in by itself" in shown
    grader.state = "ready"
    desk.open()
    assert eventually(lambda: len(desk.store.grades(session)) == 2)
    assert eventually(lambda: report_fills(look(desk, "ann", session)) == "")


def test_an_answer_that_could_not_be_judged_is_not_waited_for() -> None:
    desk, grader, session = sitting("ready")
    grader.failing = True
    answered(desk, session)
    desk.open()
    assert eventually(lambda: still_judging(look(desk, "ann", session)) == "")


def test_finish_asks_with_what_is_not_answered_and_not_judged() -> None:
    desk, _, session = sitting()
    assert "No question is answered yet." in finish_question(look(desk, "ann", session))
    desk.answer("ann", session, "units are set to zero")
    said = finish_question(look(desk, "ann", session))
    assert "2 of 3 questions are not answered yet: number 2, 3." in said
    assert "1 answer will be judged" in said
    assert "You can open it again" in said


def test_finish_warns_that_a_mock_interview_stays_finished() -> None:
    desk, _, session = sitting(mode="mock")
    assert "cannot be opened again" in finish_question(look(desk, "ann", session))
