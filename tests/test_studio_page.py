"""What the studio's handlers do without a browser: no judge, strangers, what a page sends back."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import gradio as gr
import pytest

from interviewer.content import Content
from interviewer.errors import InputError
from interviewer.publish import DraftFault, draft_faults, open_texts, publish
from interviewer.ui import studio_view
from interviewer.ui.mentors import Mentors
from interviewer.ui.studio import Handlers
from interviewer.ui.studio_draft import agreed, claim_key, held, remembered, with_form
from interviewer.ui.studio_page import FIELD_NAMES, Page, lay_out
from interviewer.ui.studio_trial import Trials
from tests.content_texts import RUBRIC, SAMPLES, SLUG, write
from tests.session_fakes import PhraseGrader


class Anyone(Mentors):
    """Takes everyone for a mentor."""

    def of(self, request: gr.Request) -> str:
        return "ada"


def trials(tmp_path: Path, grader: PhraseGrader) -> Trials:
    content = Content(write(tmp_path / "root"), tmp_path / "data")
    return Trials(content, grader, Anyone("secret", {}))


def opened(tmp_path: Path) -> str:
    content = Content(tmp_path / "root", tmp_path / "data")
    return remembered(SLUG, open_texts(content, SLUG))


def studio(tmp_path: Path) -> tuple[Handlers, Page]:
    content = Content(write(tmp_path / "root"), tmp_path / "data")
    with gr.Blocks():
        page = lay_out(content.slugs())
    return Handlers(content, PhraseGrader(), Anyone("secret", {}), page), page


def test_leaving_the_list_of_items_keeps_the_draft(tmp_path: Path) -> None:
    handlers, page = studio(tmp_path)
    request: Any = gr.Request()
    draft = RUBRIC.replace("A textbook", "A draft")
    for now, slug in ((opened(tmp_path), SLUG), (opened(tmp_path), None), ("", None)):
        updates = handlers.open(now, draft, SAMPLES, slug, "", request)
        assert updates == {page.item: gr.skip()}
    assert handlers.open("", "", "", SLUG, "", request)[page.rubric] == RUBRIC


def test_only_the_text_that_was_shown_is_replaced(tmp_path: Path) -> None:
    handlers, page = studio(tmp_path)
    content = Content(tmp_path / "root", tmp_path / "data")
    request: Any = gr.Request()
    mine = RUBRIC.replace("A textbook", "Mine")
    now = opened(tmp_path)

    def others(rubric: str, samples: str) -> None:
        texts = {"rubric.toml": rubric, "samples.toml": samples}
        publish(content, SLUG, [replace(c, text=texts[c.name]) for c in open_texts(content, SLUG)])

    def meets(file: str, theirs: str) -> None:
        nonlocal now
        met = handlers.save(now, mine, SAMPLES, "", request)
        assert f"Not saved: {file}" in met[page.said]
        assert theirs in met[page.said]
        now = met[page.opened]

    scored = SAMPLES.replace("score = 30", "score = 31", 1)
    others(RUBRIC.replace("A textbook", "Theirs"), scored)
    meets("rubric.toml", "Theirs")
    others(RUBRIC.replace("A textbook", "Third"), scored)  # between the conflict and the click
    now = handlers.keep_mine(now, request)[page.opened]
    meets("rubric.toml", "Third")
    now = handlers.keep_mine(now, request)[page.opened]
    meets("samples.toml", "score = 31")
    assert content.text(SLUG, "samples.toml") == scored
    now = handlers.keep_mine(now, request)[page.opened]
    done = handlers.save(now, mine, SAMPLES, "", request)
    assert 'data-state="saved"' in done[page.said]
    assert content.text(SLUG, "rubric.toml") == mine
    with pytest.raises(gr.Error, match="no conflict"):
        handlers.keep_mine(done[page.opened], request)


def test_without_a_judge_nothing_is_judged_and_the_page_says_why(tmp_path: Path) -> None:
    grader = PhraseGrader(state="none", status="No <judge> is installed.")
    page = trials(tmp_path, grader)
    request: Any = gr.Request()
    draft = (opened(tmp_path), RUBRIC, SAMPLES)
    for told in (
        list(page.judge(*draft, "An answer.", "", request)),
        list(page.judge_samples(*draft, 3, "", request)),
    ):
        assert len(told) == 1
        assert "Nothing was judged: No &lt;judge&gt; is installed." in told[0]
        assert "data-agrees" not in told[0]
    assert grader.graded == []


def test_a_draft_with_faults_is_not_judged(tmp_path: Path) -> None:
    page = trials(tmp_path, PhraseGrader())
    request: Any = gr.Request()
    with pytest.raises(gr.Error, match="mend the faults"):
        list(page.judge(opened(tmp_path), "item = ", SAMPLES, "An answer.", "", request))


def test_hostile_words_of_a_draft_are_escaped_wherever_they_are_shown(tmp_path: Path) -> None:
    page = trials(tmp_path, PhraseGrader())
    request: Any = gr.Request()
    content = Content(tmp_path / "root", tmp_path / "data")
    bad = "<img src=x onerror=alert(1)>"
    rubric = RUBRIC.replace("Statement number 1.", bad).replace("It is not so.", bad)
    shown = [
        *page.judge(opened(tmp_path), rubric, SAMPLES, bad, "", request),
        *page.judge_samples(
            opened(tmp_path), rubric, SAMPLES.replace("Answer number", bad), 2, "", request
        ),
        studio_view.faults(draft_faults(content, SLUG, {"rubric.toml": f'"{bad}" = 1'})),
    ]
    assert not [html for html in shown if "<img" in html]
    assert "&lt;img" in shown[-1]


@pytest.mark.parametrize(("count", "rows", "more"), [(50, 50, ""), (51, 51, "and 1 more")])
def test_of_many_faults_the_first_are_shown_and_the_rest_counted(
    count: int, rows: int, more: str
) -> None:
    found = [DraftFault("rubrics/x/rubric.toml", n, f"Fault {n}.") for n in range(1, count + 1)]
    shown = studio_view.faults(found)
    assert (shown.count("<li"), "Fault 50." in shown, "Fault 51." in shown) == (rows, True, False)
    assert f"<b>{count} faults</b>" in shown
    assert more in shown
    assert ("more" in shown) == bool(more)


def test_edits_of_the_form_join_the_pane_and_untouched_fields_do_not() -> None:
    fields: dict[str, str] = dict.fromkeys(FIELD_NAMES, "") | {"missed": "You left it out."}
    shown = json.dumps({"claim": "criteria/0", "fields": fields})
    given = [({**fields, "missed": "New."})[name] for name in FIELD_NAMES]
    assert with_form(RUBRIC, shown, given) == RUBRIC.replace("You left it out.", "New.", 1)
    assert with_form(RUBRIC, shown, [fields[name] for name in FIELD_NAMES]) == RUBRIC
    assert with_form(RUBRIC, "", given) == RUBRIC


@pytest.mark.parametrize("sent", ["", "[]", "{}", "nonsense", '{"slug": 1}', "[" * 100_000])
def test_a_page_may_send_anything(sent: str) -> None:
    assert held(sent) == ("", {})
    with pytest.raises(InputError):
        agreed(sent)
    for claim in (sent, None, "criteria/-1", "criteria/9999999999", "misconceptions/x"):
        with pytest.raises(InputError):
            claim_key(claim)
