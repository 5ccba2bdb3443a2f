"""The endpoints for programs: /start /answer /run /state /finish, and what the buttons do."""

from collections.abc import Iterator
from typing import Any

import gradio as gr
from gradio.events import api

from interviewer.desk import Desk
from interviewer.errors import InputError
from interviewer.interview import State, status
from interviewer.json_forms import criterion_json, misconception_json, reviewed_json, run_json
from interviewer.report import build
from interviewer.turns import Said
from interviewer.types import Judgement, MisconceptionJudgement, RunVerdict
from interviewer.ui.owner import COOKIE, Owners
from interviewer.ui.view import View, look

Json = dict[str, Any]


class Api:
    """Plain functions over the desk; each checks the owner before it does anything."""

    def __init__(self, desk: Desk, owners: Owners) -> None:
        self._desk = desk
        self._owners = owners

    def register(self) -> None:
        """Add the endpoints to the Blocks being built."""
        for name in ("start", "answer", "run", "state", "finish", "skip", "hint", "reveal"):
            api(getattr(self, name), api_name=name, concurrency_limit=32)

    def start(self, items: list[str], mode: str, request: gr.Request) -> Json:
        """Start a session; `session` is what the other calls want."""
        owner = self._owners.from_cookie(request.cookies.get(COOKIE))
        with_cookie = owner is not None
        owner = owner or f"api-{self._owners.new_cookie()}"
        with _told():
            state = self._desk.begin(owner, _listed(items), mode)
            token = self._owners.token(owner, state.session.id)
            shown = self._shown(owner, state.session.id)
        return {**shown, "session": state.session.id if with_cookie else token, "token": token}

    def answer(
        self, session: str, text: str, request: gr.Request, item: str = ""
    ) -> Iterator[Json]:
        """Store an answer, then tell each verdict as it is made; the last piece is the state."""
        with _told():
            owner, key = self._owners.resolve(session, request)
            before = {t.id for t in self._desk.state(owner, key).turns}
            state = self._desk.answer(owner, key, text, item)
        mine = [t for t in state.turns if t.id not in before and t.kind is Said.ANSWER]
        yield {"event": "stored", "turn": mine[-1].id if mine else None}
        if any(t.kind is Said.CODE and t.id not in before for t in state.turns):
            with _told():
                self._run_pending(owner, key)
        for turn in mine:
            yield from self._judged(owner, key, turn.id)
        yield {"event": "state", **self._shown(owner, key)}

    def run(self, session: str, code: str, request: gr.Request, item: str = "") -> Json:
        """Run code against the current item's checks; a solved task brings the next item."""
        with _told():
            owner, key = self._owners.resolve(session, request)
            state = self._desk.submit(owner, key, code, item)
            last = [t.id for t in state.turns if t.kind is Said.CODE][-1]
            self._run_pending(owner, key)
        return run_json(self._desk.store.runs(key)[last])

    def state(self, session: str, request: gr.Request) -> Json:
        """The session as it is stored."""
        with _told():
            return self._shown(*self._owners.resolve(session, request))

    def finish(self, session: str, request: gr.Request) -> Json:
        """End the session; its report."""
        with _told():
            owner, key = self._owners.resolve(session, request)
            self._desk.finish(owner, key)
            return self._shown(owner, key)

    def skip(self, session: str, request: gr.Request) -> Json:
        """Go on to the next open item."""
        with _told():
            owner, key = self._owners.resolve(session, request)
            self._desk.skip(owner, key)
            return self._shown(owner, key)

    def hint(self, session: str, request: gr.Request) -> Json:
        """The next hint."""
        with _told():
            owner, key = self._owners.resolve(session, request)
            self._desk.hint(owner, key)
            return self._shown(owner, key)

    def reveal(self, session: str, request: gr.Request) -> Json:
        """The model answer, after a draft."""
        with _told():
            owner, key = self._owners.resolve(session, request)
            self._desk.reveal(owner, key)
            return self._shown(owner, key)

    def _run_pending(self, owner: str, key: str) -> None:
        """Run what waits; go on from an item that is answered and solved.

        The page stays there until Next is pressed, so that the checks can be looked at.
        """
        state = self._desk.run_pending(owner, key)
        code = state.on(state.current, Said.CODE)
        solved = bool(code) and code[-1].about == RunVerdict.ACCEPTED
        if solved and state.on(state.current, Said.TASK):  # asked for once the answer was complete
            self._desk.skip(owner, key)

    def _judged(self, owner: str, key: str, turn: int) -> Iterator[Json]:
        told = self._desk.state(owner, key).session.mode != "mock"
        sent = 0
        for progress in self._desk.marker.watch(turn):
            for piece in progress.pieces[sent:] if told else ():
                yield {"event": "verdict", **_piece_json(piece)}
            sent = len(progress.pieces)

    def _shown(self, owner: str, key: str) -> Json:
        return state_json(look(self._desk, owner, key), build(self._desk.store, key).score)


class _told:
    """Turns what is the caller's fault into an error that Gradio shows, escaped by the client."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, InputError):
            raise gr.Error(str(error), print_exception=False) from None


def state_json(view: View, score: float | None) -> Json:
    """A session for programs; verdicts of a mock interview only once it is finished."""
    state = view.state
    return {
        "id": state.session.id,
        "mode": state.session.mode,
        "current": state.current,
        "finished": state.finished,
        "paused": state.paused,
        "busy": view.judging or view.running,
        "judge": {"state": view.judge, "status": view.judge_status},
        "score": score if view.open_feedback else None,
        "items": [_item_json(view, state, slug) for slug in state.session.items],
        "turns": [
            {"id": t.id, "kind": t.kind, "item": t.item, "text": t.text, "at": t.at}
            for t in state.turns
        ],
    }


def _item_json(view: View, state: State, slug: str) -> Json:
    found = view.grade(slug)
    codes = [t.id for t in state.on(slug, Said.CODE) if t.id in view.runs]
    return {
        "item": slug,
        "warm_up": state.session.is_warm_up(slug),
        "status": status(state, slug),
        **(reviewed_json(found) if found and view.open_feedback else {"grade": None}),
        "run": run_json(view.runs[codes[-1]]) if codes else None,
    }


def _piece_json(piece: Judgement | MisconceptionJudgement) -> Json:
    if isinstance(piece, Judgement):
        return criterion_json(piece)
    return misconception_json(piece)


def _listed(items: object) -> list[str]:
    if isinstance(items, str):
        return [each.strip() for each in items.split(",") if each.strip()]
    if isinstance(items, list) and all(isinstance(each, str) for each in items):
        return items
    raise InputError("found items that are no list of slugs, expected for example ['batch-norm']")
