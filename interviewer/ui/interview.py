"""The interview page: what each button does. All that it shows comes from the store."""

import secrets
from collections.abc import Callable, Iterator
from html import escape
from typing import Any

import gradio as gr

from interviewer.desk import Desk
from interviewer.errors import InputError, InterviewerError
from interviewer.interview import status
from interviewer.report import build
from interviewer.turns import MODES, Said
from interviewer.ui import panels
from interviewer.ui.api import Api
from interviewer.ui.chat import chat
from interviewer.ui.owner import Owners
from interviewer.ui.page import ANY, Page, lay_out
from interviewer.ui.view import View, look

Updates = dict[Any, Any]
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
        page.disagree.click(self.disagree, [*held, page.note], **quiet)
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
        wanted = _preset(request)
        going = self._desk.unfinished(owner)
        if going and _same(going.session, wanted):
            return self._shown(look(self._desk, owner, going.session.id), "")
        return self._setup(wanted)

    def tick(self, session: str, seen: str, request: gr.Request) -> Updates:
        """What is new since; nothing when nothing is."""
        page = self._page
        if not session:
            return {page.status: self._status()}
        view = self._look(session, request)
        if view.version == seen:
            return {page.status: self._status(), page.clock: panels.clock(view)}
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
            with _shown_errors():
                self._desk.run_pending(owner, session)
            yield self._shown(look(self._desk, owner, session), view.version)
        answers = [t.id for t in state.turns if t.kind is Said.ANSWER]
        for _ in self._desk.marker.watch(answers[-1]) if answers else ():
            before, view = view, look(self._desk, owner, session)
            yield self._shown(view, before.version)

    def run(self, session: str, seen: str, code: str, request: gr.Request) -> Iterator[Updates]:
        """Store the code, then run it."""
        owner = self._owner(request)
        yield {self._page.run: gr.Button("Running …", interactive=False)}
        try:
            with _shown_errors():
                self._desk.submit(owner, session, code or "")
        finally:
            after = self._shown(look(self._desk, owner, session), seen)
            yield {**after, self._page.run: gr.Button("Run the checks", interactive=True)}

    def go(self, session: str, seen: str, slug: str, request: gr.Request) -> Updates:
        """Go to another item."""
        with _shown_errors():
            self._desk.go(self._owner(request), session, slug)
        return self._shown(self._look(session, request), seen)

    def disagree(self, session: str, seen: str, note: str, request: gr.Request) -> Updates:
        """Dispute the verdicts that are shown."""
        owner = self._owner(request)
        with _shown_errors():
            self._desk.disagree(owner, session, look(self._desk, owner, session).focus, note)
        return {**self._shown(self._look(session, request), seen), self._page.note: ""}

    def again(self, request: gr.Request) -> Updates:
        """Back to the choice of a session."""
        return self._setup({})

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

    def _drawn(
        self, owner: str, mode: str, level: str, cluster: str, count: int, seed: int
    ) -> tuple[str, ...]:
        if mode == "repair":
            return self._desk.weak(owner, count)
        level, cluster = (each if each != ANY else "" for each in (level, cluster))
        return self._desk.draw(level, cluster, count, seed)

    def _setup(self, wanted: dict[str, Any]) -> Updates:
        page = self._page
        return {
            page.session: "",
            page.mark: panels.session_mark(""),
            page.status: self._status(),
            page.clock: "",
            page.setup: gr.Column(visible=True),
            page.sitting: gr.Column(visible=False),
            page.ended: gr.Column(visible=False),
            page.chosen: wanted.get("items", []),
            page.mode: wanted.get("mode", "practice"),
            page.seed: wanted.get("seed", 0),
        }

    def _shown(self, view: View, seen: str) -> Updates:
        page, state = self._page, view.state
        updates: Updates = {
            page.session: state.session.id,
            page.seen: view.version,
            page.mark: panels.session_mark(state.session.id, state.session.mode),
            page.status: panels.model_status(view.judge, view.judge_status),
            page.clock: panels.clock(view),
            page.setup: gr.Column(visible=False),
            page.sitting: gr.Column(visible=not state.finished),
            page.ended: gr.Column(visible=state.finished),
            page.timer: gr.Timer(2 if view.judging or view.running else 15),
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
        judged = view.open_feedback and view.grade(view.focus) is not None
        return {
            page.navigator: gr.Radio(choices=choices, value=state.current),
            page.chat: chat(view),
            page.verdicts: panels.verdicts(view),
            page.hint: gr.Button(visible=helping),
            page.reveal: gr.Button(visible=helping),
            page.skip: gr.Button("Next question" if answered else "Skip"),
            page.pause: gr.Button("Go on" if state.paused else "Pause"),
            page.note: gr.Textbox(visible=judged),
            page.disagree: gr.Button(visible=judged),
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


class _shown_errors:
    """What is the candidate's fault, or ours and known, becomes a message on the page."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, InterviewerError):
            raise gr.Error(escape(str(error)), print_exception=False) from None


def _preset(request: gr.Request) -> dict[str, Any]:
    """What the address asks for: items, mode, seed."""
    query = request.query_params
    wanted: dict[str, Any] = {}
    if items := [each for each in query.get("items", "").split(",") if each]:
        wanted["items"] = items
    if (mode := query.get("mode")) in MODES:
        wanted["mode"] = mode
    if (seed := query.get("seed", "")).isdecimal():
        wanted["seed"] = int(seed)
    return wanted


def _same(session: Any, wanted: dict[str, Any]) -> bool:
    """Whether a session is the one that an address presets; an address without presets is."""
    items = tuple(dict.fromkeys(wanted.get("items", session.items)))
    mode, seed = wanted.get("mode", session.mode), wanted.get("seed", session.seed)
    return (items, mode, seed) == (session.items, session.mode, session.seed)
