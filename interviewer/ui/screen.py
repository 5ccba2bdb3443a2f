"""What each component of the page shows: a view of a session -> updates. Changes nothing."""

import time
from collections.abc import Sequence
from typing import Any

import gradio as gr

from interviewer.content import Content
from interviewer.desk import Desk
from interviewer.errors import InputError
from interviewer.interview import status
from interviewer.report import build
from interviewer.turns import Said
from interviewer.ui import panels
from interviewer.ui.chat import chat
from interviewer.ui.closing import finish_question, report_fills
from interviewer.ui.page import ANY, MINUTES, Page
from interviewer.ui.view import View

Updates = dict[Any, Any]
SESSIONS_SHOWN = 10
_SIGNS = {"new": "", "open": "", "answered": " ✓", "revealed": " ✓", "skipped": " –"}


def titles(desk: Desk) -> list[tuple[str, str]]:
    """Title and slug of all that can be read: items, repair rounds, rapid-fire questions."""
    content = desk.content
    found = _titled(content, content.slugs())
    repairs = [(f"Repair: {title}", slug) for title, slug in _titled(content, content.repairs())]
    quick = [(f"Rapid fire: {each.item.title}", each.item.slug) for each in desk.rapid_fire()]
    return sorted(found) + sorted(repairs) + sorted(quick)


def _titled(content: Content, slugs: Sequence[str]) -> list[tuple[str, str]]:
    found = []
    for slug in slugs:
        try:
            found.append((content.item(slug).title, slug))
        except InputError:
            continue  # `check` names its faults; the others can be practised
    return found


class Screen:
    """The page's components, filled."""

    def __init__(self, desk: Desk, page: Page) -> None:
        self._desk = desk
        self._page = page

    def status(self) -> str:
        """Whether there is a judge."""
        return panels.model_status(self._desk.grader.state, self._desk.grader.status)

    def pace(self, *, busy: bool) -> gr.Timer:
        """How soon the page asks again: in seconds, soon only while something is coming."""
        return gr.Timer(2 if busy else 4 if self._desk.grader.state == "loading" else 15)

    def setup(self, owner: str, wanted: dict[str, Any]) -> Updates:
        """The choice of a session, as an address presets it."""
        page = self._page
        mine = self._desk.store.sessions(owner)[:SESSIONS_SHOWN]
        return {
            page.session: "",
            page.place: "",
            page.mark: panels.session_mark(""),
            page.status: self.status(),
            page.clock: "",
            page.timer: self.pace(busy=False),
            page.setup: gr.Column(visible=True),
            page.sitting: gr.Column(visible=False),
            page.ended: gr.Column(visible=False),
            page.chosen: gr.Dropdown(choices=titles(self._desk), value=wanted.get("items", [])),
            page.mode: wanted.get("mode", "practice"),
            page.level: wanted.get("level", ANY),
            page.cluster: wanted.get("cluster", ANY),
            page.minutes: _minutes(wanted.get("minutes", 0)),
            page.warm_up: gr.Dropdown(visible=bool(self._desk.rapid_fire())),
            page.seed: wanted.get("seed", 0),
            page.history: panels.history([build(self._desk.store, each.id) for each in mine]),
            **self._disputing(None),
        }

    def shown(self, view: View, seen: str) -> Updates:
        """A session; `seen` is the version that the page has."""
        page, state = self._page, view.state
        updates: Updates = {
            page.session: state.session.id,
            page.seen: view.version,
            page.place: f"{state.session.id}:{state.current}",
            page.mark: panels.session_mark(state.session.id, state.session.mode),
            page.status: panels.model_status(view.judge, view.judge_status),
            page.clock: panels.clock(view, time.time()),
            page.setup: gr.Column(visible=False),
            page.sitting: gr.Column(visible=not state.finished),
            page.ended: gr.Column(visible=state.finished),
            page.run: gr.Button(interactive=not view.running),
            page.timer: self.pace(busy=view.judging or view.running),
            **self._disputing(view),
        }
        if state.finished:
            shown = build(self._desk.store, state.session.id)
            updates[page.report] = panels.report(shown, view.items, report_fills(view))
            updates[page.finishing] = gr.Column(visible=False)
            updates[page.reopen] = gr.Button(visible=state.session.mode != "mock")
            return updates
        return updates | self._talking(view) | self._coding(view, seen)

    def finishing(self, view: View) -> Updates:
        """What Finish asks before it ends a session."""
        page = self._page
        return {
            page.finishing: gr.Column(visible=True),
            page.question: finish_question(view),
        }

    def _talking(self, view: View) -> Updates:
        page, state = self._page, view.state
        helping, item = state.session.mode != "mock", view.items.get(state.current)
        choices = [
            (f"{state.session.number(slug)}{_SIGNS[status(state, slug)]}", slug)
            for slug in state.session.items
        ]
        answered = status(state, state.current) in ("answered", "revealed")
        return {
            page.navigator: gr.Radio(choices=choices, value=state.current),
            page.chat: chat(view),
            page.verdicts: panels.verdicts(view),
            page.hint: gr.Button(visible=helping and bool(item and item.hints)),
            page.reveal: gr.Button(visible=helping),
            page.skip: gr.Button("Next question" if answered else "Skip"),
            page.pause: gr.Button("Go on" if state.paused else "Pause"),
        }

    def _disputing(self, view: View | None) -> Updates:
        """Which verdicts can be disagreed with."""
        page, judged = self._page, list[tuple[str, str]]()
        if view and view.open_feedback:
            slugs = [slug for slug in view.items if view.grade(slug)]
            judged = [(view.items[slug].title, slug) for slug in slugs]
        chosen = view.focus if view and view.focus in [slug for _, slug in judged] else None
        chosen = chosen or (judged[0][1] if judged else None)
        return {
            page.disputed: gr.Dropdown(choices=judged, value=chosen, visible=bool(judged)),
            page.note: gr.Textbox(visible=bool(judged)),
            page.disagree: gr.Button(visible=bool(judged)),
        }

    def _coding(self, view: View, seen: str) -> Updates:
        page, current = self._page, view.state.current
        item = view.items.get(current)
        updates: Updates = {
            page.coding: gr.Column(visible=bool(item and item.task)),
            page.checks: panels.checks(view),
        }
        if item and item.task and seen.split("|")[0] != current:
            updates[page.code] = self._last_code(view)
        return updates

    def _last_code(self, view: View) -> str:
        """What was submitted last on the item, else its starter."""
        codes = view.state.on(view.state.current, Said.CODE)
        if codes:
            return codes[-1].text
        starter = self._desk.content.file("bank", view.state.current, "starter.py")
        return starter.read_text(encoding="utf-8") if starter else ""


def _minutes(wanted: int) -> Any:
    """The choice of a time limit, with the one that the address asks for."""
    known = [minutes for _, minutes in MINUTES]
    extra = [] if wanted in known else [(f"{wanted} minutes", wanted)]
    return gr.Dropdown(choices=[*MINUTES, *extra], value=wanted)
