"""The page where mentors read sessions and override verdicts: /mentor/review."""

from html import escape
from typing import Any

import gradio as gr

from interviewer.errors import InputError, StaleError
from interviewer.overrides import CHOICES, UNDO, Kind
from interviewer.review import Opened, Review
from interviewer.store import Store
from interviewer.ui.mentors import Mentors
from interviewer.ui.told import shown_errors
from interviewer.ui.transcript import sessions, transcript
from interviewer.ui.verdict_rows import WORDS

Updates = dict[Any, Any]
_CHANGE = "Change a verdict"
_WHY = "Stored beside the judge’s verdict, never instead of it. The candidate reads the reason."


def build_review(store: Store, mentors: Mentors) -> gr.Blocks:
    """The Blocks of the review."""
    blocks: gr.Blocks
    with gr.Blocks(title="Interviewer: review", analytics_enabled=False) as blocks:
        Page(Review(store), mentors).connect(blocks)
    return blocks


class Page:
    """Components and handlers. Each handler asks for the mentor first."""

    def __init__(self, review: Review, mentors: Mentors) -> None:
        self._review = review
        self._mentors = mentors
        self.session = gr.Textbox("", visible="hidden", elem_id="session-id")
        with gr.Row(elem_id="top"):
            gr.HTML('<h1 id="brand">Interviewer <small>review</small></h1>')
            self.who = gr.HTML("")
        self.listed = gr.HTML("")
        with gr.Row(visible=False, elem_id="reviewing") as self.reviewing:
            with gr.Column(scale=3, min_width=320):
                self.transcript = gr.HTML("")
            with gr.Column(scale=2, min_width=320, elem_id="override") as self.form:
                self._lay_out_form()

    def _lay_out_form(self) -> None:
        gr.HTML(f'<h3>{_CHANGE}</h3><p class="quiet">{_WHY}</p>')
        self.target = gr.Dropdown([], label="On", elem_id="override-criterion")
        self.verdict = gr.Radio([], label="Your verdict", elem_id="override-verdict")
        self.reason = gr.Textbox(label="Why", lines=3, max_lines=8, elem_id="override-reason")
        self.save = gr.Button("Save", variant="primary", elem_id="override-save")

    def connect(self, blocks: gr.Blocks) -> None:
        """Join components to handlers."""
        parts = [self.session, self.who, self.listed, self.reviewing, self.transcript]
        outputs = [*parts, self.form, self.target, self.verdict, self.reason]
        quiet: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
        blocks.load(self.load, None, outputs, **quiet)
        self.target.input(self.choose, [self.target], [self.verdict], **quiet)
        given = [self.session, self.target, self.verdict, self.reason]
        self.save.click(self.override, given, outputs, **quiet)

    def load(self, request: gr.Request) -> Updates:
        """The list, or the session that the address names."""
        mentor = self._mentor(request)
        who = f'<a id="mentor" href="/login">{escape(mentor)} · log out</a>'
        links = f'<nav class="links"><a href="/mentor/studio">Edit rubrics</a> {who}</nav>'
        if named := request.query_params.get("session"):
            with shown_errors():
                return {self.who: links, **self._shown(self._review.open(named))}
        return {self.who: links, self.listed: sessions(self._review.lines())}

    def choose(self, target: str, request: gr.Request) -> Any:
        """The verdicts that there are for what was chosen."""
        self._mentor(request)
        return gr.Radio(choices=_verdicts(target), value=None)

    def override(
        self, session: str, target: str, verdict: str, reason: str, request: gr.Request
    ) -> Updates:
        """Add the mentor's word; the session as it then stands."""
        mentor = self._mentor(request)
        with shown_errors():
            turn, kind, name = _parts(target)
            if not verdict:
                raise InputError("Choose your verdict.")
            try:
                self._review.override(mentor, session, turn, kind, name, verdict, reason or "")
            except StaleError as stale:
                gr.Warning(escape(str(stale)))
                return {**self._shown(self._review.open(session)), self.reason: reason}
            shown = self._shown(self._review.open(session))
        gr.Info("Stored. The score is recomputed.")
        choices = gr.Radio(choices=_verdicts(target), value=None)
        return {**shown, self.target: target, self.verdict: choices}

    def _shown(self, opened: Opened) -> Updates:
        choices = _targets(opened)
        first = choices[0][1] if choices else None
        return {
            self.session: opened.report.session,
            self.listed: '<nav class="links"><a href="/mentor/review">← All interviews</a></nav>',
            self.reviewing: gr.Row(visible=True),
            self.transcript: transcript(opened),
            self.form: gr.Column(visible=bool(choices)),
            self.target: gr.Dropdown(choices=choices, value=first),
            self.verdict: gr.Radio(choices=_verdicts(first or ""), value=None),
            self.reason: gr.Textbox(value=""),
        }

    def _mentor(self, request: gr.Request) -> str:
        with shown_errors():
            return self._mentors.of(request)


def _targets(opened: Opened) -> list[tuple[str, str]]:
    """What can be overridden: in words, and as turn/kind/name."""
    found = []
    for item in opened.report.items:
        turn = opened.graded.get(item.item)
        if item.grade is None or turn is None:
            continue
        for j in item.grade.criteria:
            found.append((f"{item.title} · {j.criterion}", f"{turn}/criterion/{j.criterion}"))
        for m in item.grade.misconceptions:
            words = f"{item.title} · misconception {m.misconception}"
            found.append((words, f"{turn}/misconception/{m.misconception}"))
    return found


def _verdicts(target: str) -> list[tuple[str, str]]:
    kind: Kind = "misconception" if "/misconception/" in (target or "") else "criterion"
    return [
        ("as the judge said" if each == UNDO else WORDS[each][1], each) for each in CHOICES[kind]
    ]


def _parts(target: str) -> tuple[int, str, str]:
    turn, _, rest = (target or "").partition("/")
    kind, _, name = rest.partition("/")
    if not (turn.isascii() and turn.isdecimal() and len(turn) < 19):
        raise InputError("Choose what to change.")
    return int(turn), kind, name
