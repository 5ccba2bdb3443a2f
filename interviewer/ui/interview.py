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
from interviewer.turns import Said
from interviewer.ui import panels
from interviewer.ui.api import Api
from interviewer.ui.owner import Owners
from interviewer.ui.page import ANY, WEAK, Page, lay_out
from interviewer.ui.preset import is_preset, preset
from interviewer.ui.screen import Screen, Updates, titles
from interviewer.ui.view import View, look

# unsent code stays in the browser's tab: page.js keeps it, by session and question
_KEEP = "(place, code) => window.unsent.keep(place, code)"
_RESTORE = "(place, code) => window.unsent.restore(place, code)"
_SENDING = "(session, seen, code) => window.unsent.sending(session, seen, code)"
_SENT = "() => window.unsent.sent()"
_OPEN = "(code) => window.unsent.open(code)"  # read in the browser: our pages take no uploads


def build_page(desk: Desk, owners: Owners, *, ephemeral: bool = False) -> gr.Blocks:
    """The Blocks of the interview, its handlers and its API."""
    blocks: gr.Blocks
    with gr.Blocks(title="Interviewer", analytics_enabled=False) as blocks:
        Api(desk, owners).register()  # first: its names are binding, the page's are not
        page = lay_out(titles(desk), ephemeral=ephemeral)
        Handlers(desk, owners, page).connect(blocks)
    return blocks


class Handlers:
    """What happens on the page. Each handler finds the owner first."""

    def __init__(self, desk: Desk, owners: Owners, page: Page) -> None:
        self._desk = desk
        self._owners = owners
        self._page = page
        self._screen = Screen(desk, page)

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
        drawing = [page.mode, page.level, page.cluster, page.minutes, page.count, page.warm_up]
        page.start.click(self.start, [*drawing, page.chosen, page.seed], **quiet)
        gr.on([page.send.click, page.answer.submit], self.send, [*held, page.answer], **quiet)
        page.run.click(self.run, [*held, page.code], js=_SENDING, **quiet).success(js=_SENT)
        page.code.input(js=_KEEP, inputs=[page.place, page.code])
        place = [page.place, page.code]
        page.open_code.click(js=_OPEN, inputs=page.code, outputs=page.code).then(
            js=_KEEP, inputs=place
        )
        page.starter.click(self.take_starter, held, **quiet).then(js=_KEEP, inputs=place)
        page.place.change(js=_RESTORE, inputs=[page.place, page.code], outputs=page.code)
        page.navigator.input(self.go, [*held, page.navigator], **quiet)
        page.disagree.click(self.disagree, [*held, page.disputed, page.note], **quiet)
        for button, act in (
            (page.hint, desk.hint),
            (page.reveal, desk.reveal),
            (page.skip, desk.skip),
            (page.pause, desk.pause),
            (page.finish_now, desk.finish),
            (page.reopen, desk.reopen),
        ):
            button.click(self.simply(act), held, **quiet)
        page.finish.click(self.finishing, held, **quiet)
        page.finish_not.click(self.keep_going, None, **quiet)
        page.again.click(self.again, None, **quiet)

    def load(self, session: str, seen: str, request: gr.Request) -> Updates:
        """Take up the unfinished session, or offer a new one as the address presets it."""
        owner = self._owner(request)
        if named := request.query_params.get("session"):
            with suppress(InputError):  # not theirs, or gone: they may start one of their own
                return self._screen.shown(look(self._desk, owner, named), "")
        known = [slug for _, slug in titles(self._desk)]
        wanted = preset(dict(request.query_params), known)
        going = self._desk.unfinished(owner)
        if going and is_preset(going.session, wanted):
            return self._screen.shown(look(self._desk, owner, going.session.id), "")
        return self._screen.setup(owner, wanted)

    def tick(self, session: str, seen: str, request: gr.Request) -> Updates:
        """What is new since; nothing when nothing is."""
        page = self._page
        if not session:
            return {page.status: self._screen.status(), page.timer: self._screen.pace(busy=False)}
        view = self._look(session, request)
        if view.version == seen:
            return {page.status: self._screen.status(), page.clock: panels.clock(view, time.time())}
        return self._screen.shown(view, seen)

    def start(
        self,
        mode: str,
        level: str,
        cluster: str,
        minutes: int,
        count: int,
        warm_up: int,
        chosen: list[str],
        seed: int,
        request: gr.Request,
    ) -> Updates:
        """A new session."""
        owner = self._owner(request)
        with _shown_errors():
            seed = int(seed) or secrets.randbelow(1 << 31)
            items = tuple(chosen) or self._drawn(owner, mode, level, cluster, int(count), seed)
            drawn = not chosen and mode != "repair" and cluster != WEAK
            first = self._desk.warm_up(int(warm_up), seed) if drawn else ()
            state = self._desk.begin(owner, items, mode, seed, int(minutes), first)
        return self._screen.shown(look(self._desk, owner, state.session.id), "")

    def send(self, session: str, seen: str, text: str, request: gr.Request) -> Iterator[Updates]:
        """Store the answer, clear the box, then show verdicts as they come."""
        owner = self._owner(request)
        with _shown_errors():
            state = self._desk.answer(owner, session, text)
        view = look(self._desk, owner, session)
        yield {**self._screen.shown(view, seen), self._page.answer: ""}
        if view.running:
            self._desk.run_pending(owner, session)
            yield self._screen.shown(look(self._desk, owner, session), view.version)
        answers = [t.id for t in state.turns if t.kind is Said.ANSWER]
        for _ in self._desk.marker.watch(answers[-1]) if answers else ():
            before, view = view, look(self._desk, owner, session)
            yield self._screen.shown(view, before.version)

    def run(self, session: str, seen: str, code: str, request: gr.Request) -> Iterator[Updates]:
        """Store the code, then run it."""
        owner = self._owner(request)
        with _shown_errors():
            self._desk.submit(owner, session, code or "")
        view = look(self._desk, owner, session)
        yield self._screen.shown(view, seen)
        self._desk.run_pending(owner, session)
        yield self._screen.shown(look(self._desk, owner, session), view.version)

    def take_starter(self, session: str, seen: str, request: gr.Request) -> Updates:
        """Put the starter of the current task into the pane; what was submitted stays stored."""
        view = self._look(session, request)
        return {self._page.code: view.starter or gr.skip()}

    def go(self, session: str, seen: str, slug: str, request: gr.Request) -> Updates:
        """Go to another item."""
        with _shown_errors():
            self._desk.go(self._owner(request), session, slug)
        return self._screen.shown(self._look(session, request), seen)

    def disagree(
        self, session: str, seen: str, item: str, note: str, request: gr.Request
    ) -> Updates:
        """Dispute the verdicts on an item."""
        with _shown_errors():
            self._desk.disagree(self._owner(request), session, item, note)
        gr.Info("Stored: a mentor will look at it.")
        view = self._look(session, request)
        return {**self._screen.shown(view, seen), self._page.note: gr.Textbox(value="")}

    def finishing(self, session: str, seen: str, request: gr.Request) -> Updates:
        """Ask whether to finish: nothing has happened yet."""
        return self._screen.finishing(self._look(session, request))

    def keep_going(self) -> Updates:
        """Take the question back; it tells nothing and changes nothing."""
        return {self._page.finishing: gr.Column(visible=False)}

    def again(self, request: gr.Request) -> Updates:
        """Back to the choice of a session."""
        return self._screen.setup(self._owner(request), {})

    def simply(self, act: Callable[[str, str], Any]) -> Callable[..., Updates]:
        """A handler that does one thing to the session and shows it."""

        def handler(session: str, seen: str, request: gr.Request) -> Updates:
            with _shown_errors():
                act(self._owner(request), session)
            return self._screen.shown(self._look(session, request), seen)

        return handler

    def _owner(self, request: gr.Request) -> str:
        with _shown_errors():
            return self._owners.of(request)

    def _look(self, session: str, request: gr.Request) -> View:
        with _shown_errors():
            return look(self._desk, self._owner(request), session)

    def _drawn(
        self, owner: str, mode: str, level: str, cluster: str, count: int, seed: int
    ) -> tuple[str, ...]:
        level, cluster = (each if each != ANY else "" for each in (level, cluster))
        if mode == "repair":
            return self._desk.draw_repairs(level, count, seed)  # on whichever topic
        if cluster == WEAK:
            return self._desk.weak(owner, count)
        return self._desk.draw(level, cluster, count, seed)


class _shown_errors:
    """What is the candidate's fault, or ours and known, becomes a message on the page."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, InterviewerError):
            raise gr.Error(escape(str(error)), print_exception=False) from None
