"""The studio in a real Chromium: a rubric is edited, tried with a scripted judge, and saved."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from interviewer.content import Content
from interviewer.mentors import new_entry
from tests.browser import FLAGS, PATIENCE, Candidate, Server
from tests.conftest import missing_part
from tests.content_texts import ITEM, RUBRIC, SAMPLES, SLUG, write

pytestmark = pytest.mark.browser
expect.set_options(timeout=PATIENCE * 1000)

PASSWORD = "three words here"  # noqa: S105  of this test alone
JUDGED = "zeroes-units"  # a criterion that the scripted judge knows by a phrase
HOSTILE = 'Units <img src=x onerror=alert(1)> are "set to zero".'


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    path = shutil.which("chromium")
    if path is None:
        missing_part("Chromium", "apt-get install chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    texts = [each.replace("claim-1", JUDGED) for each in (ITEM, RUBRIC, SAMPLES)]
    bank = write(tmp_path / "bank", SLUG, *texts)
    settings = {
        "INTERVIEWER_BANK": str(bank),
        "INTERVIEWER_MENTORS": new_entry("ada", PASSWORD),
        "SCRIPT_DELAY": "0.05",
    }
    with Server(tmp_path / "data", "-m", "tests.serve_scripted", **settings) as server:
        yield server


def mentor(browser: Browser, server: Server) -> Candidate:
    """A visitor who has logged in and opened the item in the studio."""
    visitor = Candidate(browser, server, width=1400)
    reply = visitor.context.request.post(
        f"{server.url}/login",
        data={"name": "ada", "password": PASSWORD},
        headers={"content-type": "application/json"},
    )
    assert reply.ok
    visitor.open(f"mentor/studio?item={SLUG}")
    expect(visitor.page.locator("#field-id textarea")).to_have_value(JUDGED)
    return visitor


def test_a_rubric_is_edited_tried_and_saved(browser: Browser, server: Server) -> None:
    assert httpx.get(f"{server.url}/mentor/studio").status_code == 401
    ada = mentor(browser, server)
    page = ada.page
    before = stored(server).rubric(SLUG).version

    page.locator("#field-statement textarea").fill(HOSTILE)
    page.keyboard.press("Tab")
    expect(page.locator("#rubric .cm-content")).to_contain_text("onerror=alert")
    page.locator("#field-points textarea").fill("0")
    page.keyboard.press("Tab")
    expect(page.locator("#form .fault")).to_contain_text("found 0, expected a number above 0")
    expect(page.locator("#faults")).to_contain_text("rubric.toml:5")
    page.locator("#save").click()
    expect(page.locator("[data-testid=toast-body]").last).to_contain_text("Not saved")
    assert stored(server).rubric(SLUG).version == before
    page.locator("#field-points textarea").fill("3")
    page.keyboard.press("Tab")
    expect(page.locator("#faults")).to_have_attribute("data-count", "0")

    page.locator("#trial-answer textarea").fill("Some <b>are</b> set to zero.")
    page.locator("#judge").click()
    verdict = page.locator(f"#verdicts [data-criterion={JUDGED}]")
    expect(verdict).to_have_attribute("data-verdict", "covered")
    expect(verdict.locator("blockquote")).to_have_text("set to zero")
    expect(page.locator("#verdicts")).to_have_attribute("data-done", "true")
    expect(page.locator("#verdicts mark")).to_have_text("set to zero")

    page.locator("#judge-samples").click()
    expect(page.locator("#grid")).to_have_attribute("data-done", "true")
    expect(page.locator("#grid tr[data-sample]")).to_have_count(3)
    # due: covered, partial, missing, contradicted, missing; the script says missing to all
    expect(page.locator("#grid [data-agrees=false]")).to_have_count(9)
    expect(page.locator("#agreement")).to_contain_text("6 of 15 verdicts agree")
    expect(page.locator("#agreement")).to_contain_text("3 of them held out")
    page.locator("#limit input").fill("20")
    page.locator("#judge-samples").click()
    expect(page.locator("#agreement")).to_contain_text("of 20 samples")
    page.locator("#stop").click()
    page.wait_for_timeout(1000)  # what was under way when it was stopped
    stopped = page.locator("#grid").get_attribute("data-samples")
    page.wait_for_timeout(2000)
    assert page.locator("#grid").get_attribute("data-samples") == stopped != "20"

    page.locator("#save").click()
    expect(page.locator("#said")).to_have_attribute("data-state", "saved")
    after = stored(server).rubric(SLUG)
    assert (after.criteria[0].statement, after.criteria[0].points) == (HOSTILE, 3)
    assert after.version != before
    expect(page.locator("#said")).to_contain_text(after.version)
    assert ada.errors == []
    assert ada.hosts == {"127.0.0.1"}
    ada.context.close()


def test_the_pane_drives_the_form_and_a_second_mentor_meets_a_conflict(
    browser: Browser, server: Server
) -> None:
    first, second = mentor(browser, server), mentor(browser, server)
    page = first.page
    page.locator("#rubric .cm-content").click()
    page.keyboard.press("Control+End")
    page.keyboard.insert_text("\nbad = ")
    expect(page.locator("#faults")).to_contain_text("syntax error")
    page.keyboard.insert_text("'no such key'")
    expect(page.locator("#faults")).to_contain_text("unknown key 'bad'")
    page.locator("#discard").click()
    expect(page.locator("#faults")).to_have_attribute("data-count", "0")
    expect(page.locator("#rubric .cm-content")).not_to_contain_text("no such key")
    page.locator("#rubric .cm-content").click()
    page.keyboard.press("Control+Home")
    page.keyboard.insert_text("# By the first.\n")
    page.wait_for_timeout(2000)  # the pane's edit fills the form once more
    page.locator("#field-source textarea").fill("Another book.")
    page.locator("#claims label").nth(1).click()  # at once: what was typed before is kept
    expect(page.locator("#field-id textarea")).to_have_value("claim-2")
    expect(page.locator("#rubric .cm-content")).to_contain_text("Another book.")
    page.locator("#add-criterion").click()
    expect(page.locator("#field-id textarea")).to_have_value("new-criterion")
    expect(page.locator("#form .fault").first).to_contain_text("not blank")
    page.locator("#remove").click()
    expect(page.locator("#faults")).to_have_attribute("data-count", "0")
    page.locator("#save").click()
    expect(page.locator("#said")).to_have_attribute("data-state", "saved")

    page = second.page
    page.locator("#field-missed textarea").fill("By the second.")
    page.locator("#save").click()  # at once: what the form holds is saved, not what the pane had
    expect(page.locator("#said")).to_have_attribute("data-state", "conflict")
    expect(page.locator("#said .diff")).to_contain_text("-# By the first.")
    expect(page.locator("#said .diff")).to_contain_text('+missed = "By the second."')
    assert stored(server).text(SLUG, "rubric.toml").startswith("# By the first.\n")
    expect(page.locator("#field-missed textarea")).to_have_value("By the second.")
    page.locator("#keep-mine").click()
    expect(page.locator("#said")).to_have_attribute("data-state", "merged")
    page.locator("#save").click()  # the first mentor's new criterion came and went in the samples
    expect(page.locator("#said")).to_contain_text("samples.toml was changed by someone else")
    page.locator("#keep-mine").click()
    expect(page.locator("#said")).to_have_attribute("data-state", "merged")
    page.locator("#save").click()
    expect(page.locator("#said")).to_have_attribute("data-state", "saved")
    assert 'missed = "By the second."' in stored(server).text(SLUG, "rubric.toml")
    assert first.errors == second.errors == []
    first.context.close()
    second.context.close()


def stored(server: Server) -> Content:
    return Content(server.data.parent / "bank", server.data)
