"""Mentors' words on verdicts: added, never changed; the score with them; the page in Chromium."""

import json
import shutil
import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import gradio as gr
import pytest
from argon2 import PasswordHasher
from fastapi import Request
from hypothesis import given
from hypothesis import strategies as st
from playwright.sync_api import Browser, Page, expect, sync_playwright

from interviewer.content import Content
from interviewer.errors import InputError, StaleError
from interviewer.json_forms import reviewed_json
from interviewer.overrides import CHOICES, UNDO, Override, reviewed
from interviewer.report import build, export
from interviewer.review import Review
from interviewer.score import points_earned
from interviewer.store import Store
from interviewer.turns import Said, Session, Turn
from interviewer.types import Grade, Verdict
from interviewer.ui.mentors import COOKIE, Mentors
from interviewer.ui.panels import report as report_page
from interviewer.ui.review import Page as ReviewPage
from interviewer.ui.transcript import sessions, transcript
from tests.browser import FLAGS, PATIENCE, Candidate, Server
from tests.conftest import missing_part
from tests.session_fakes import PhraseGrader

BANK = Content(Path(__file__).parent / "small_bank")
SESSION = Session("s1", "ann", "practice", ("dropout", "scaling"), 7, 20, 1000.0)
ANSWER = "Units are set to zero; <b>it also drops at test time</b>."
ZEROES, WRONG = ("criterion", "zeroes-units"), ("misconception", "on-at-test")


def graded(answer: str = ANSWER) -> Grade:
    *_, grade = PhraseGrader().grade_stream(BANK.item("dropout"), BANK.rubric("dropout"), answer)
    assert isinstance(grade, Grade)
    return grade


@pytest.fixture
def store() -> Store:
    """An answered and graded session of two items."""
    store = Store()
    store.create(SESSION)
    asked = Turn(Said.ASK, "dropout", "What does dropout do?", 1001.0, "Dropout")
    store.append("s1", lambda _s, _t: [asked, Turn(Said.ANSWER, "dropout", ANSWER, 1002.0)])
    store.keep_grade(2, ANSWER, BANK.item("dropout"), BANK.rubric("dropout"), graded(), 1003.0)
    return store


@pytest.fixture
def review(store: Store) -> Review:
    return Review(store, lambda: 2000.0)


def say(review: Review, what: tuple[str, str], verdict: str, reason: str = "I say so.") -> Override:
    return review.override("mia", "s1", 2, *what, verdict, reason)


def test_a_word_is_kept_with_all_that_explains_it(store: Store, review: Review) -> None:
    word = say(review, ("criterion", "scales-kept"), "covered", "  Said in <i>other</i> words.\n")
    assert store.overrides("s1") == (word,)
    version = BANK.rubric("dropout").version
    assert (word.mentor, word.machine, word.rubric_version) == ("mia", "missing", version)
    assert (word.reason, word.at, word.id) == ("Said in <i>other</i> words.", 2000.0, 1)
    assert store.grades("s1")[2][1] == graded(), "the judge's verdicts stay as they were"


def test_the_score_is_recomputed_and_both_are_there(store: Store, review: Review) -> None:
    before = build(store, "s1")
    say(review, ("criterion", "scales-kept"), "covered")
    say(review, WRONG, "absent")
    after = build(store, "s1")
    assert not before.overridden
    assert after.overridden
    assert after.machine_score == before.score
    assert after.score == 100.0
    item = after.items[0]
    assert item.grade is not None
    assert [j.verdict for j in item.grade.criteria] == [Verdict.COVERED] * 2
    assert [m.asserted for m in item.grade.misconceptions] == [False]


def test_a_second_word_and_an_undo_are_entries_of_their_own(store: Store, review: Review) -> None:
    for verdict in ("missing", "partial", UNDO):
        say(review, ZEROES, verdict)
    assert [w.verdict for w in store.overrides("s1")] == ["missing", "partial", UNDO]
    found = store.reviewed("s1")[2]
    assert (found.grade, found.standing) == (graded(), ())
    say(review, ZEROES, "partial")
    (word,) = store.reviewed("s1")[2].standing
    assert (word.verdict, word.machine) == ("partial", "covered")


def test_a_kept_word_cannot_be_changed(store: Store, review: Review) -> None:
    say(review, ZEROES, "partial")
    with pytest.raises(sqlite3.IntegrityError, match="never changed"), store._writing() as db:
        db.execute("update overrides set verdict = 'covered'")
    assert store.overrides("s1")[0].verdict == "partial"


@pytest.mark.parametrize(
    ("turn", "what", "verdict", "reason", "told"),
    [
        (2, ZEROES, "asserted", "why", "expected one of covered"),
        (2, WRONG, "covered", "why", "expected one of asserted"),
        (2, ZEROES, "unscored", "why", "expected one of covered"),
        (2, ("criterion", "other"), "covered", "why", "expected one that was judged"),
        (2, ("criterion", "on-at-test"), "covered", "why", "expected one that was judged"),
        (2, ("other", "zeroes-units"), "covered", "why", "a criterion or a misconception"),
        (2, ZEROES, "covered", "  \n", "Say why"),
        (2, ZEROES, "covered", "x" * 2001, "2001 characters"),
        (2, ZEROES, "covered", "a\x00b", "expected text"),
        (2, ZEROES, "covered", "a\ud800b", "half a surrogate pair"),
        (1, ZEROES, "covered", "why", "no graded answer"),
        (99, ZEROES, "covered", "why", "no graded answer"),
    ],
)
def test_what_cannot_be_overridden_is_told_and_nothing_kept(
    turn: int, what: tuple[str, str], verdict: str, reason: str, told: str,
    store: Store, review: Review,
) -> None:  # fmt: skip
    with pytest.raises(InputError, match=told):
        review.override("mia", "s1", turn, *what, verdict, reason)
    assert store.overrides("s1") == ()


def test_a_turn_of_another_session_is_refused(store: Store, review: Review) -> None:
    store.create(replace(SESSION, id="s2"))
    with pytest.raises(InputError, match="of this session"):
        review.override("mia", "s2", 2, *ZEROES, "missing", "why")


def answer_again(store: Store) -> None:
    answer = Turn(Said.ANSWER, "dropout", "Units are set to zero.", 1004.0)
    turn = store.append("s1", lambda _s, _t: [answer])[-1].id
    text = f"{ANSWER}\n\n{answer.text}"
    item, rubric = BANK.item("dropout"), BANK.rubric("dropout")
    assert say(Review(store), ZEROES, "partial").turn == 2, "until the newer one is graded"
    store.keep_grade(turn, text, item, rubric, graded(text), 1005.0)


def test_a_word_on_a_superseded_answer_is_refused(store: Store, review: Review) -> None:
    answer_again(store)
    with pytest.raises(StaleError, match="newer graded answer"):
        say(review, ZEROES, "missing")
    assert [w.verdict for w in store.overrides("s1")] == ["partial"]
    assert review.override("mia", "s1", 3, *ZEROES, "missing", "why").turn == 3


def test_the_page_shows_the_newer_answer_instead(
    store: Store, review: Review, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[str] = []
    monkeypatch.setattr(gr, "Warning", told.append)
    monkeypatch.setattr(gr, "Info", told.append)
    mentors = Mentors("secret", {"mia": "hash"})
    raw = [(b"cookie", f"{COOKIE}={mentors.new_cookie('mia')}".encode())]
    request = gr.Request(Request({"type": "http", "headers": raw}))
    with gr.Blocks():
        page = ReviewPage(review, mentors)
    answer_again(store)
    shown = page.override("s1", "2/criterion/zeroes-units", "missing", "my reason", request)
    assert told == ["This item has a newer graded answer: open the session again."]
    assert shown[page.target].value == "3/criterion/zeroes-units"
    assert shown[page.reason] == "my reason", "what was typed is kept"
    page.override("s1", shown[page.target].value, "missing", "my reason", request)
    assert told[1:] == ["Stored. The score is recomputed."]


def test_a_word_on_an_older_rubric_does_not_count_for_a_newer_one(
    store: Store, review: Review
) -> None:
    word = say(review, ZEROES, "missing")
    newer = replace(graded(), rubric_version="newer")
    assert reviewed(ANSWER, newer, [word]).grade == newer
    assert reviewed(ANSWER, newer, [replace(word, rubric_version="newer")]).standing


def test_a_word_outlives_judging_the_same_answer_again(store: Store, review: Review) -> None:
    say(review, ZEROES, "missing")
    store.keep_grade(2, ANSWER, BANK.item("dropout"), BANK.rubric("dropout"), graded(), 1004.0)
    assert store.reviewed("s1")[2].word(*ZEROES) is not None  # type: ignore[arg-type]  # a plain pair


words = st.lists(
    st.one_of(
        st.tuples(
            st.just("criterion"),
            st.sampled_from(["zeroes-units", "scales-kept"]),
            st.sampled_from(CHOICES["criterion"]),
        ),
        st.tuples(
            st.just("misconception"),
            st.just("on-at-test"),
            st.sampled_from(CHOICES["misconception"]),
        ),
    ),
    max_size=6,
)


@given(words)
def test_the_last_word_on_each_verdict_decides_the_score(said: list[tuple[str, str, str]]) -> None:
    grade = graded()
    version = grade.rubric_version
    found = reviewed(
        ANSWER,
        grade,
        [Override(2, k, n, v, "x", "why", "mia", version, 1.0) for k, n, v in said],  # type: ignore[arg-type]  # plain text
    )
    last = {(kind, name): verdict for kind, name, verdict in said}
    earned = 0.0
    for j in grade.criteria:
        word = last.get(("criterion", j.criterion), UNDO)
        verdict = j.verdict if word == UNDO else Verdict(word)
        earned += points_earned(verdict, j.possible)
    (m,) = grade.misconceptions
    word = last.get(WRONG, UNDO)
    earned += m.points if (m.asserted if word == UNDO else word == "asserted") else 0.0
    possible = sum(j.possible for j in grade.criteria)
    assert found.grade.score.value == pytest.approx(max(0.0, 100 * earned / possible))
    assert found.machine == grade


def test_a_mentor_can_judge_what_the_judge_could_not() -> None:
    grade = graded()
    failed = tuple(replace(j, verdict=Verdict.UNSCORED, points=0.0) for j in grade.criteria)
    grade = replace(grade, criteria=failed, score=replace(grade.score, value=None, coverage=0.0))
    word = Override(
        2,
        "criterion",
        "zeroes-units",
        "covered",
        "unscored",
        "why",
        "mia",
        grade.rubric_version,
        1.0,
    )
    found = reviewed(ANSWER, grade, [word])
    assert found.machine.score.value is None
    assert found.grade.score.coverage == 0.4


def test_every_export_and_the_page_mark_the_mentors_word(store: Store, review: Review) -> None:
    say(review, ("criterion", "scales-kept"), "partial", "Half <b>said</b>.")
    say(review, WRONG, "absent")
    text = export(store, "s1", "md")
    assert "70 / 100, with a mentor's word; the judge: 20 / 100" in text
    assert "by a mentor; the judge said missing. Half \\<b\\>said\\</b\\>." in text
    assert "no misconception (0)" in text
    page = export(store, "s1", "html")
    assert "by a mentor; the judge said missing. Half &lt;b&gt;said&lt;/b&gt;." in page
    told = json.loads(export(store, "s1", "json"))
    assert (told["score"], told["machine_score"]) == (70.0, 20.0)
    assert [w["verdict"] for w in told["items"][0]["overrides"]] == ["partial", "absent"]
    shown = report_page(build(store, "s1"), {})
    assert 'data-verdict="partial" data-by="mentor" data-machine-verdict="missing"' in shown
    assert "Half &lt;b&gt;said&lt;/b&gt;." in shown
    api = reviewed_json(store.reviewed("s1")[2])
    assert api["grade"]["criteria"][1]["verdict"] == "partial"
    assert api["machine"]["criteria"][1]["verdict"] == "missing"
    for each in (text, page, json.dumps(told), shown, json.dumps(api)):
        assert "mia" not in each, "a candidate needs no mentor's login name"


def test_the_list_and_the_transcript_show_all_and_only_text(store: Store, review: Review) -> None:
    store.append(
        "s1", lambda _s, _t: [Turn(Said.DISAGREE, "dropout", "<script>x</script>", 1004.0)]
    )
    store.create(replace(SESSION, id="s2", started=3000.0))
    say(review, ZEROES, "missing", "<img src=x>")
    lines = review.lines()
    assert [line.report.session for line in lines] == ["s1", "s2"], "the disputed one first"
    assert "disputed, 1 changed by a mentor" in sessions(lines)
    shown = transcript(review.open("s1"))
    assert "<script>" not in shown
    assert "<img" not in shown
    assert "mia" in shown
    assert "P(covered)" in shown
    assert "P(claimed)" in shown
    assert "Dropout also drops units at test time." in shown, "the claim, not its correction"
    assert '<mark data-for="on-at-test">also drops at test time</mark>' in shown
    with pytest.raises(InputError):
        review.open("other")


def test_empty_sessions_hide_none_with_an_answer(store: Store, review: Review) -> None:
    for each in range(2, 6):
        store.create(replace(SESSION, id=f"s{each}", started=1000.0 * each))
    answer = Turn(Said.CODE, "scaling", "x = 1", 3001.0)
    store.append("s3", lambda _s, _t: [answer])
    assert [line.report.session for line in review.lines(3)] == ["s3", "s1", "s5"]
    store.append("s1", lambda _s, _t: [Turn(Said.DISAGREE, "dropout", "no", 1004.0)])
    assert [line.report.session for line in review.lines(1)] == ["s1"]


# --- in Chromium ------------------------------------------------------------------------------

ENTRY = f"mia:{PasswordHasher(time_cost=1, memory_cost=64).hash('a long password')}"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    path = shutil.which("chromium")
    if path is None:
        missing_part("Chromium", "apt-get install chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    expect.set_options(timeout=PATIENCE * 1000)
    environment = {"INTERVIEWER_MENTORS": ENTRY, "SCRIPT_DELAY": "0.05"}
    data = tmp_path_factory.mktemp("review")
    with Server(data, "-m", "tests.serve_scripted", **environment) as server:
        yield server


def log_in(page: Page, path: str) -> None:
    page.goto(path)
    page.locator("#name").fill("mia")
    page.locator("#password").fill("a wrong password")
    page.get_by_role("button", name="Log in").click()
    expect(page.locator("#said")).to_contain_text("do not match")
    page.locator("#name").fill("mia")
    page.locator("#password").fill("a long password")
    page.get_by_role("button", name="Log in").click()


def override(page: Page, what: str, verdict: str, reason: str) -> None:
    page.locator("#override-criterion input").click()
    page.get_by_role("option", name=what).click()
    page.locator("#override-verdict").get_by_text(verdict, exact=True).click()
    page.locator("#override-reason textarea").fill(reason)
    page.locator("#override-save").click()


@pytest.mark.browser
def test_a_mentor_overrides_a_verdict_and_the_candidate_reads_it(
    browser: Browser, server: Server
) -> None:
    candidate, mentor = Candidate(browser, server), Candidate(browser, server)
    session = candidate.start("dropout")
    candidate.say("Units are set to zero, and the rest is scaled. It also drops at test time.")
    candidate.idle()
    page = mentor.page
    log_in(page, f"{server.url}/mentor/review")
    page.locator(f"#sessions [data-session='{session}'] a").click()
    row = page.locator("#transcript [data-criterion=scales-kept]")
    expect(row).to_have_attribute("data-verdict", "missing")
    expect(page.locator("#transcript mark").first).to_have_text("set to zero")
    override(page, "scales-kept", "covered", "“The rest is scaled” <b>says</b> it.")
    expect(row).to_have_attribute("data-verdict", "covered")
    expect(row).to_have_attribute("data-machine-verdict", "missing")
    override(page, "on-at-test", "not claimed", "It is about the scale.")
    expect(page.locator("#override-verdict label")).to_have_count(3)
    expect(page.locator("#transcript > .head .score")).to_contain_text("100 / 100")
    expect(page.locator("#override-log tr")).to_have_count(3)
    page.screenshot(path=server.data / "review.png", full_page=True)
    candidate.finish()
    shown = candidate.page.locator("#report")
    expect(shown.locator("[data-criterion=scales-kept]")).to_have_attribute("data-by", "mentor")
    expect(shown).to_contain_text("“The rest is scaled” <b>says</b> it.")
    expect(shown.locator(".total")).to_contain_text("the judge: 20 / 100")
    candidate.page.screenshot(path=server.data / "report.png", full_page=True)
    page.locator("#mentor").click()
    page.get_by_role("button", name="Log out").click()
    expect(page.locator("#login")).to_be_visible()
    answer = page.goto(f"{server.url}/mentor/review")
    assert answer is not None
    assert answer.status == 401
    assert candidate.errors == mentor.errors == []
    assert candidate.hosts == mentor.hosts == {"127.0.0.1"}


@pytest.mark.browser
def test_a_mentor_is_told_what_is_lacking(browser: Browser, server: Server) -> None:
    candidate, mentor = Candidate(browser, server), Candidate(browser, server, width=390)
    session = candidate.start("dropout")
    candidate.say("Units are set to zero.")
    candidate.idle()
    page = mentor.page
    log_in(page, f"{server.url}/mentor/review?session={session}")
    page.locator("#override-save").click()
    expect(page.locator("[data-testid=toast-body]")).to_contain_text("Choose your verdict")
    page.locator("#override-verdict").get_by_text("not there", exact=True).click()
    page.locator("#override-save").click()
    expect(page.locator("[data-testid=toast-body]").last).to_contain_text("Say why")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.screenshot(path=server.data / "phone.png", full_page=True)
    assert mentor.errors == []
