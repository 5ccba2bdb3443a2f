"""The interview page: what each button does. All that it shows comes from the store."""

import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from html import escape
from typing import Any

import gradio as gr

from interviewer.desk import Desk
from interviewer.errors import InputError, InterviewerError
from interviewer.interview import status
from interviewer.report import build
from interviewer.turns import Said
from interviewer.ui import panels
from interviewer.ui.api import Api
from interviewer.ui.chat import chat
from interviewer.ui.owner import Owners
from interviewer.ui.page import ANY, MINUTES, Page, lay_out
from interviewer.ui.preset import is_preset, preset
from interviewer.ui.view import View, look

Updates = dict[Any, Any]
SESSIONS_SHOWN = 10
_SIGNS = {"new": "", "open": "", "answered": " ✓", "revealed": " ✓", "skipped": " –"}


def build_page(desk: Desk, owners: Owners) -> gr.Blocks:
    """The Blocks of the interview, its handlers and its API."""
    blocks: gr.Blocks
    with gr.Blocks(title="Interviewer", analytics_enabled=False) as blocks:
        Api(desk, owners).register()  # first: its names are binding, the page's are not
        Handlers(desk, owners, lay_out(titles(desk))).connect(blocks)
    return blocks


def titles(desk: Desk) -> list[tuple[str, str]]:
    """Title and slug of all items that can be read."""
    found = []
    for slug in desk.content.slugs():
        try:
            found.append((desk.content.item(slug).title, slug))
        except InputError:
            continue  # `check` names its faults; the others can be practised
    return sorted(found)


class Handlers:
    """What happens on the page. Each handler finds the owner first."""

    def __init__(self, desk: Desk, owners: Owners, page: Page) -> None:
        self._desk = desk
        self._owners = owners
        self._page = page

    def connect(self, blocks: gr.Blocks) -> None:
        """Join components to handlers."""
        page, desk = self._page, self._desk
        outputs = [getattr(page, name) for name in Page.__slots__]
        quiet: dict[str, Any] = {
            "outputs": outputs,
            "show_progress": "hidden",
            "api_visibility": "private",
        }
        held = [page.session, page.seen]
        blocks.load(self.load, held, **quiet)
        page.timer.tick(self.tick, held, **quiet)
        setup = [page.mode, page.level, page.cluster, page.minutes, page.count, page.chosen]
        page.start.click(self.start, [*setup, page.seed], **quiet)
        gr.on([page.send.click, page.answer.submit], self.send, [*held, page.answer], **quiet)
        page.run.click(self.run, [*held, page.code], **quiet)
        page.navigator.input(self.go, [*held, page.navigator], **quiet)
        page.disagree.click(self.disagree, [*held, page.disputed, page.note], **quiet)
        for button, act in (
            (page.hint, desk.hint),
            (page.reveal, desk.reveal),
            (page.skip, desk.skip),
            (page.pause, desk.pause),
            (page.finish, desk.finish),
            (page.reopen, desk.reopen),
        ):
            button.click(self.simply(act), held, **quiet)
        page.again.click(self.again, None, **quiet)

    def load(self, session: str, seen: str, request: gr.Request) -> Updates:
        """Take up the unfinished session, or offer a new one as the address presets it."""
        owner = self._owner(request)
        if named := request.query_params.get("session"):
            with suppress(InputError):  # not theirs, or gone: they may start one of their own
                return self._shown(look(self._desk, owner, named), "")
        wanted = preset(dict(request.query_params), self._desk.content.slugs())
        going = self._desk.unfinished(owner)
        if going and is_preset(going.session, wanted):
            return self._shown(look(self._desk, owner, going.session.id), "")
        return self._setup(owner, wanted)

    def tick(self, session: str, seen: str, request: gr.Request) -> Updates:
        """What is new since; nothing when nothing is."""
        page = self._page
        if not session:
            return {page.status: self._status(), page.timer: self._pace(busy=False)}
        view = self._look(session, request)
        if view.version == seen:
            return {page.status: self._status(), page.clock: panels.clock(view, time.time())}
        return self._shown(view, seen)

    def start(
        self,
        mode: str,
        level: str,
        cluster: str,
        minutes: int,
        count: int,
        chosen: list[str],
        seed: int,
        request: gr.Request,
    ) -> Updates:
        """A new session."""
        owner = self._owner(request)
        with _shown_errors():
            seed = int(seed) or secrets.randbelow(1 << 31)
            items = tuple(chosen) or self._drawn(owner, mode, level, cluster, int(count), seed)
            state = self._desk.begin(owner, items, mode, seed, int(minutes))
        return self._shown(look(self._desk, owner, state.session.id), "")

    def send(self, session: str, seen: str, text: str, request: gr.Request) -> Iterator[Updates]:
        """Store the answer, clear the box, then show verdicts as they come."""
        owner = self._owner(request)
        with _shown_errors():
            state = self._desk.answer(owner, session, text)
        view = look(self._desk, owner, session)
        yield {**self._shown(view, seen), self._page.answer: ""}
        if view.running:
            self._desk.run_pending(owner, session)
            yield self._shown(look(self._desk, owner, session), view.version)
        answers = [t.id for t in state.turns if t.kind is Said.ANSWER]
        for _ in self._desk.marker.watch(answers[-1]) if answers else ():
            before, view = view, look(self._desk, owner, session)
            yield self._shown(view, before.version)

    def run(self, session: str, seen: str, code: str, request: gr.Request) -> Iterator[Updates]:
        """Store the code, then run it."""
        owner = self._owner(request)
        with _shown_errors():
            self._desk.submit(owner, session, code or "")
        view = look(self._desk, owner, session)
        yield self._shown(view, seen)
        self._desk.run_pending(owner, session)
        yield self._shown(look(self._desk, owner, session), view.version)

    def go(self, session: str, seen: str, slug: str, request: gr.Request) -> Updates:
        """Go to another item."""
        with _shown_errors():
            self._desk.go(self._owner(request), session, slug)
        return self._shown(self._look(session, request), seen)

    def disagree(
        self, session: str, seen: str, item: str, note: str, request: gr.Request
    ) -> Updates:
        """Dispute the verdicts on an item."""
        with _shown_errors():
            self._desk.disagree(self._owner(request), session, item, note)
        gr.Info("Stored: a mentor will look at it.")
        view = self._look(session, request)
        return {**self._shown(view, seen), self._page.note: gr.Textbox(value="")}

    def again(self, request: gr.Request) -> Updates:
        """Back to the choice of a session."""
        return self._setup(self._owner(request), {})

    def simply(self, act: Callable[[str, str], Any]) -> Callable[..., Updates]:
        """A handler that does one thing to the session and shows it."""

        def handler(session: str, seen: str, request: gr.Request) -> Updates:
            with _shown_errors():
                act(self._owner(request), session)
            return self._shown(self._look(session, request), seen)

        return handler

    def _owner(self, request: gr.Request) -> str:
        with _shown_errors():
            return self._owners.of(request)

    def _look(self, session: str, request: gr.Request) -> View:
        with _shown_errors():
            return look(self._desk, self._owner(request), session)

    def _status(self) -> str:
        return panels.model_status(self._desk.grader.state, self._desk.grader.status)

    def _pace(self, *, busy: bool) -> gr.Timer:
        """How soon the page asks again: in seconds, soon only while something is coming."""
        return gr.Timer(2 if busy else 4 if self._desk.grader.state == "loading" else 15)

    def _drawn(
        self, owner: str, mode: str, level: str, cluster: str, count: int, seed: int
    ) -> tuple[str, ...]:
        if mode == "repair":
            return self._desk.weak(owner, count)
        level, cluster = (each if each != ANY else "" for each in (level, cluster))
        return self._desk.draw(level, cluster, count, seed)

    def _setup(self, owner: str, wanted: dict[str, Any]) -> Updates:
        page = self._page
        mine = self._desk.store.sessions(owner)[:SESSIONS_SHOWN]
        return {
            page.session: "",
            page.mark: panels.session_mark(""),
            page.status: self._status(),
            page.clock: "",
            page.timer: self._pace(busy=False),
            page.setup: gr.Column(visible=True),
            page.sitting: gr.Column(visible=False),
            page.ended: gr.Column(visible=False),
            page.chosen: gr.Dropdown(choices=titles(self._desk), value=wanted.get("items", [])),
            page.mode: wanted.get("mode", "practice"),
            page.level: wanted.get("level", ANY),
            page.cluster: wanted.get("cluster", ANY),
            page.minutes: _minutes(wanted.get("minutes", 0)),
            page.seed: wanted.get("seed", 0),
            page.history: panels.history([build(self._desk.store, each.id) for each in mine]),
            **self._disputing(None),
        }

    def _shown(self, view: View, seen: str) -> Updates:
        page, state = self._page, view.state
        updates: Updates = {
            page.session: state.session.id,
            page.seen: view.version,
            page.mark: panels.session_mark(state.session.id, state.session.mode),
            page.status: panels.model_status(view.judge, view.judge_status),
            page.clock: panels.clock(view, time.time()),
            page.setup: gr.Column(visible=False),
            page.sitting: gr.Column(visible=not state.finished),
            page.ended: gr.Column(visible=state.finished),
            page.run: gr.Button(interactive=not view.running),
            page.timer: self._pace(busy=view.judging or view.running),
            **self._disputing(view),
        }
        if state.finished:
            shown = build(self._desk.store, state.session.id)
            updates[page.report] = panels.report(shown, view.items)
            updates[page.reopen] = gr.Button(visible=state.session.mode != "mock")
            return updates
        return updates | self._talking(view) | self._coding(view, seen)

    def _talking(self, view: View) -> Updates:
        page, state = self._page, view.state
        helping = state.session.mode != "mock"
        choices = [
            (f"{n}{_SIGNS[status(state, slug)]}", slug)
            for n, slug in enumerate(state.session.items, 1)
        ]
        answered = status(state, state.current) in ("answered", "revealed")
        return {
            page.navigator: gr.Radio(choices=choices, value=state.current),
            page.chat: chat(view),
            page.verdicts: panels.verdicts(view),
            page.hint: gr.Button(visible=helping),
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


class _shown_errors:
    """What is the candidate's fault, or ours and known, becomes a message on the page."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, InterviewerError):
            raise gr.Error(escape(str(error)), print_exception=False) from None
