"""Short questions before a session's own: asked and judged like them, counted apart."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import gradio as gr
import pytest
from fastapi import Request
from sqlite_utils import Database

from interviewer.content import Content
from interviewer.desk import Desk
from interviewer.report import build, export, sessions
from interviewer.review import Review
from interviewer.schema import migrations
from interviewer.store import Store
from interviewer.turns import Said
from interviewer.ui.api import state_json
from interviewer.ui.chat import chat
from interviewer.ui.closing import finish_question
from interviewer.ui.interview import Handlers
from interviewer.ui.owner import COOKIE, Owners
from interviewer.ui.page import lay_out
from interviewer.ui.panels import history, report
from interviewer.ui.preset import preset
from interviewer.ui.screen import titles
from interviewer.ui.transcript import transcript
from interviewer.ui.view import look
from tests.content_texts import QUICK, QUICK_SLUG, write_quick
from tests.session_fakes import PhraseGrader, PhraseRunner
from tests.test_interview import FIRST, SECOND, answer, kinds

BANK = Path(__file__).parent / "small_bank"
# the first of its two criteria is one that the scripted grader knows: an answer earns half
SCRIPTED = QUICK.replace('id = "one"', 'id = "zeroes-units"').replace("\none =", "\nzeroes-units =")
OTHER = SCRIPTED.replace(f'id = "{QUICK_SLUG}"', 'id = "other-step"')


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    shutil.copytree(BANK, tmp_path / "root")
    write_quick(tmp_path / "root", SCRIPTED + OTHER)
    desk = Desk(Store(), Content(tmp_path / "root"), PhraseGrader(), PhraseRunner())
    desk.open()
    yield desk


def sitting(desk: Desk, mode: str = "practice") -> str:
    """One question that warms up, then one that counts; both answered."""
    session = desk.begin("ann", ["dropout"], mode, 0, 0, [QUICK_SLUG]).session.id
    answer(desk, session, FIRST)
    answer(desk, session, f"{FIRST}, {SECOND}")
    return session


def test_a_draw_repeats_with_its_seed(desk: Desk) -> None:
    drawn = {desk.warm_up(1, seed) for seed in range(16)}
    assert drawn == {(QUICK_SLUG,), ("other-step",)}
    assert desk.warm_up(1, 3) == desk.warm_up(1, 3)
    assert set(desk.warm_up(4, 3)) == {QUICK_SLUG, "other-step"}
    assert desk.warm_up(0, 3) == ()


def test_it_comes_first_and_asks_no_follow_up(desk: Desk) -> None:
    session = desk.begin("ann", ["dropout"], "practice", 0, 0, [QUICK_SLUG]).session.id
    state = answer(desk, session, FIRST)
    assert kinds(state) == ["ask", "answer", "ask"]
    assert (state.session.items, state.current) == ((QUICK_SLUG, "dropout"), "dropout")
    ((_, grade),) = desk.store.grades(session).values()
    assert grade.follow_up and grade.score.value == 50.0


def test_the_same_question_chosen_by_its_id_counts_and_is_asked_about(desk: Desk) -> None:
    session = desk.begin("ann", [QUICK_SLUG], "practice").session.id
    state = answer(desk, session, FIRST)
    assert kinds(state) == ["ask", "answer", "follow_up"]
    shown = build(desk.store, session)
    assert (shown.score, shown.coverage, shown.warm_ups) == (50.0, 1.0, ())


def test_a_question_is_not_asked_twice(desk: Desk) -> None:
    state = desk.begin("ann", [QUICK_SLUG], "practice", 0, 0, [QUICK_SLUG, "other-step"])
    assert state.session.items == ("other-step", QUICK_SLUG)
    assert [state.session.number(slug) for slug in state.session.items] == ["W1", "1"]


def test_its_score_is_stored_and_shown_apart(desk: Desk) -> None:
    session = sitting(desk)
    desk.finish("ann", session)
    shown = build(desk.store, session)
    assert [item.grade.score.value for item in shown.items if item.grade] == [50.0, 100.0]
    assert (shown.score, shown.machine_score, shown.coverage) == (100.0, 100.0, 1.0)
    assert (shown.warm_up_score, [item.item for item in shown.warm_ups]) == (50.0, [QUICK_SLUG])
    (line,) = sessions(desk.store)
    assert (line["score"], line["warm_ups"], line["items"]) == (100.0, 1, [QUICK_SLUG, "dropout"])


def test_an_unanswered_one_takes_nothing_from_the_score(desk: Desk) -> None:
    session = desk.begin("ann", ["dropout"], "mock", 0, 0, [QUICK_SLUG]).session.id
    desk.skip("ann", session)
    answer(desk, session, f"{FIRST}, {SECOND}")
    shown = build(desk.store, session)
    assert (shown.score, shown.coverage, shown.warm_up_score) == (100.0, 1.0, None)


def test_every_page_and_export_says_what_it_is(desk: Desk) -> None:
    session = desk.begin("ann", ["dropout"], "practice", 0, 0, [QUICK_SLUG]).session.id
    view = look(desk, "ann", session)
    assert "Warm-up 1 · Step" in chat(view)
    assert "No question is answered yet." in finish_question(view)
    answer(desk, session, FIRST)
    assert "1 of 2 questions is not answered yet: number 1." in finish_question(
        look(desk, "ann", session)
    )
    answer(desk, session, f"{FIRST}, {SECOND}")
    view, shown = look(desk, "ann", session), build(desk.store, session)
    assert "Question 1 · " in chat(view)
    page, told = report(shown, view.items), "Warm-up: 50 / 100, 1 question, not in the score."
    assert "1 of 1 questions scored" in page and told in page
    assert "<td>1</td><td>100 / 100</td>" in history([shown])
    for text in (page, transcript(Review(desk.store).open(session))):
        assert "Warm-up · Step" in text and "Warm-up · Drop" not in text
    markdown, html = export(desk.store, session, "md"), export(desk.store, session, "html")
    assert "Score: 100 / 100, over 100% of \n1 questions." in markdown
    for text in (markdown, html):
        assert told in text and "Warm-up · Step" in text
    exported = json.loads(export(desk.store, session, "json"))
    assert (exported["score"], exported["warm_up_score"]) == (100.0, 50.0)
    assert [item["warm_up"] for item in exported["items"]] == [True, False]
    items = state_json(view, shown.score)["items"]
    assert [(item["item"], item["warm_up"]) for item in items] == [
        (QUICK_SLUG, True),
        ("dropout", False),
    ]


def test_a_mentor_changes_a_verdict_on_it_and_the_score_stays(desk: Desk) -> None:
    session = sitting(desk)
    (turn, *_) = [t.id for t in desk.store.turns(session) if t.kind is Said.ANSWER]
    Review(desk.store).override("mia", session, turn, "criterion", "two", "covered", "it is there")
    shown = build(desk.store, session)
    assert (shown.warm_up_score, shown.score, shown.overridden) == (100.0, 100.0, False)


def test_the_address_may_name_rapid_fire_questions(desk: Desk) -> None:
    known = [slug for _, slug in titles(desk)]
    wanted = preset({"items": f"dropout,{QUICK_SLUG},step-two"}, known)
    assert wanted["items"] == ["dropout", QUICK_SLUG]
    assert ("Rapid fire: Step", QUICK_SLUG) in titles(desk)


@pytest.mark.parametrize(
    ("mode", "chosen", "due"),
    [("practice", [], 1), ("mock", [], 1), ("mock", ["dropout"], 0)],
)
def test_the_start_page_begins_with_it_unless_questions_are_chosen(
    desk: Desk, mode: str, chosen: list[str], due: int
) -> None:
    owners = Owners("secret")
    cookie = owners.new_cookie()
    request = gr.Request(
        Request({"type": "http", "headers": [(b"cookie", f"{COOKIE}={cookie}".encode())]})
    )
    owner = owners.of(request)
    with gr.Blocks():
        handlers = Handlers(desk, owners, lay_out(titles(desk)))
    handlers.start(mode, "any", "any", 0, 1, 1, chosen, 7, request)
    going = desk.unfinished(owner)
    assert going is not None
    session = going.session
    assert (session.mode, session.warm_ups, len(session.items)) == (mode, due, 1 + due)
    assert session.items[:due] == desk.warm_up(due, 7)


def test_a_file_at_fault_means_no_warm_up_and_stops_no_session(desk: Desk, tmp_path: Path) -> None:
    write_quick(tmp_path / "root", "[[questions]")
    assert desk.warm_up(2, 1) == ()
    assert [slug for _, slug in titles(desk)] == ["dropout", "scaling", "weight-decay"]
    assert desk.begin("ann", ["dropout"], "mock").session.items == ("dropout",)


def test_a_session_of_an_older_database_has_none(tmp_path: Path) -> None:
    path = tmp_path / "old.db"
    old = Database(path)
    migrations.apply(old, stop_before="warm_up_questions")
    old.table("sessions").insert(
        {"id": "s", "owner": "ann", "mode": "mock", "items": '["dropout"]', "seed": 0}
        | {"minutes": 0, "started": 1.0}
    )
    old.close()
    assert Store(path).session("s").warm_ups == 0
