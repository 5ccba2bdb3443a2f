"""Every route of the app and every handler of its pages, called as nobody, as another candidate
and as a mentor. A route or a handler that no table here names fails: say what it may do, and why.
"""

import inspect
import json
import re
import secrets
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import anyio
import gradio as gr
import pytest
from argon2 import PasswordHasher
from fastapi import FastAPI, Request
from fastapi.testclient import TestClient
from gradio.routes import App
from starlette.routing import Mount

from interviewer.content import Content
from interviewer.desk import Desk
from interviewer.errors import AccessError
from interviewer.store import Store
from interviewer.turns import Said
from interviewer.types import Grade
from interviewer.ui.app import build_app
from interviewer.ui.mentors import COOKIE as MENTOR_COOKIE
from interviewer.ui.mentors import Mentors
from interviewer.ui.owner import COOKIE as OWNER_COOKIE
from interviewer.ui.owner import Owners
from tests.session_fakes import PhraseGrader, PhraseRunner

BANK = Content(Path(__file__).parent / "small_bank")
SECRET = "a secret of tests"  # noqa: S105 - it keeps nothing
MARK = "ann alone said"
ANSWER = f"{MARK} that units are set to zero"
ENTRIES = {"mia": PasswordHasher(time_cost=1, memory_cost=64).hash("a long password")}
WHO = ("nobody", "other", "mentor")
OWNERS = {"ann": "ann", "other": "bob", "mentor": "mia, practising"}
MENTORS_PAGES = ("/mentor/review", "/mentor/studio")

# --- routes -------------------------------------------------------------------------------------

# Ours: the status for nobody, for another candidate and for a mentor; {session} is ann's.
OURS = {
    "GET /healthz": (200, 200, 200),
    "GET /readyz": (200, 200, 200),
    "GET /export/{session}.{format}": (404, 404, 404),  # its owner's alone
    "GET /login": (200, 200, 200),
    "POST /login": (401, 401, 401),  # without a right password
    "POST /logout": (403, 403, 403),  # without the CSRF token
    "GET /mentor": (401, 401, 303),
}
ABORTED = 0  # Gradio raises after it began to answer: the connection ends
# Gradio's, on each of its pages: the same for all on the candidates' page; on those for mentors
# 401 for others. They tell nothing of a session; those that reach handlers are 'calls'.
GRADIO = {
    "GET /": 200,
    "HEAD /": 200,
    "GET /config": 200,
    "GET /favicon.ico": 200,
    "GET /theme.css": 200,
    "GET /robots.txt": 200,
    "GET /manifest.json": 200,
    "GET /svelte/{path:path}": 404,
    "GET /static/{path:path}": 404,
    "GET /assets/{path:path}": 404,
    "GET /pwa_icon": 404,
    "GET /pwa_icon/{size}": 422,
    "GET /logout": 302,  # of a login that only Gradio has: ours stays
    "GET /gradio_api/user": 200,
    "GET /gradio_api/login_check": 200,
    "GET /gradio_api/token": 200,
    "GET /gradio_api/app_id": 200,
    "GET /gradio_api/info": 200,
    "GET /gradio_api/openapi.json": 200,
    "GET /gradio_api/theme.css": 200,
    "GET /gradio_api/startup-events": 200,
    "GET /gradio_api/heartbeat/{session_hash}": 200,
    "GET /gradio_api/queue/status": 200,
    # calls: what a handler answers is for the handler's own test below
    "POST /gradio_api/api/{api_name}": 500,
    "POST /gradio_api/run/{api_name}": 500,
    "POST /gradio_api/call/{api_name}": 200,
    "POST /gradio_api/call/v2/{api_name}": ABORTED,
    "GET /gradio_api/call/{api_name}/{event_id}": ABORTED,
    "GET /gradio_api/call/v2/{api_name}/{event_id}": ABORTED,
    "POST /gradio_api/queue/join": 400,
    "GET /gradio_api/queue/data": 422,
    "POST /gradio_api/cancel": 422,
    "POST /gradio_api/reset": 422,
    # closed by the gate: our pages need none of them
    "GET /openapi.json": 404,
    "HEAD /openapi.json": 404,
    "GET /monitoring": 404,
    "GET /monitoring/summary": 404,
    "GET /monitoring/{key}": 404,
    "GET /gradio_api/deep_link": 404,
    "GET /gradio_api/dev/reload": 404,
    "GET /gradio_api/runs": 404,
    "GET /gradio_api/custom_component/{id}/{environment}/{type}/{file_name}": 404,
    "GET /gradio_api/proxy={url_path:path}": 404,
    "HEAD /gradio_api/proxy={url_path:path}": 404,
    "GET /gradio_api/file={path_or_url:path}": 404,
    "HEAD /gradio_api/file={path_or_url:path}": 404,
    "GET /gradio_api/file/{path:path}": 404,
    "POST /gradio_api/stream/{event_id}": 404,
    "POST /gradio_api/stream/{event_id}/close": 404,
    "GET /gradio_api/stream/{session_hash}/{run}/{component_id}/playlist.m3u8": 404,
    "GET /gradio_api/stream/{session_hash}/{run}/{component_id}/{segment_id}.{ext}": 404,
    "GET /gradio_api/stream/{session_hash}/{run}/{component_id}/playlist-file": 404,
    "POST /gradio_api/component_server": 404,
    "GET /gradio_api/upload_progress": 404,
    "POST /gradio_api/upload": 404,
    "POST /gradio_api/process_recording": 404,
    "POST /gradio_api/vibe-edit": 404,
    "POST /gradio_api/undo-vibe-edit": 404,
    "GET /gradio_api/vibe-code": 404,
    "POST /gradio_api/vibe-code": 404,
    "POST /gradio_api/vibe-starter-queries": 404,
}

# --- handlers -----------------------------------------------------------------------------------

REFUSED = "refused"
OWN = "own"  # acts on, and tells of, what is the caller's alone


@dataclass(frozen=True)
class Row:
    """What is sent, SESSION being ann's; what nobody gets, and what another candidate gets."""

    data: tuple[Any, ...]
    nobody: str = REFUSED
    other: str = REFUSED
    finished: bool = False  # it only does something in a session that is over
    choices: bool = False  # only what a page with a session offers can be sent


SESSION = object()
HELD = (SESSION, "")
CHOICE = ("practice", "any", "any", 0, 1, 2, ["dropout"], 1)
# The candidates' page: a mentor is another candidate there.
CANDIDATES = {
    "/start": Row((["dropout"], "practice"), OWN, OWN),
    "/answer": Row((SESSION, "more", "dropout")),
    "/run": Row((SESSION, "x = 1 ** 0.5", "scaling")),
    "/state": Row((SESSION,)),
    "/finish": Row((SESSION,)),
    "/skip": Row((SESSION,)),
    "/hint": Row((SESSION,)),
    "/reveal": Row((SESSION,)),
    "load": Row(HELD, other=OWN),
    "tick": Row(HELD),
    "start.click": Row(CHOICE, other=OWN),
    "send.click": Row((*HELD, "more")),
    "run.click": Row((*HELD, "x = 1")),
    "navigator.input": Row((*HELD, "dropout"), choices=True),
    "disagree.click": Row((*HELD, "dropout", "no"), choices=True),
    "hint.click": Row(HELD),
    "reveal.click": Row(HELD),
    "skip.click": Row(HELD),
    "take.click": Row(HELD),
    "pause.click": Row(HELD),
    "finish.click": Row(HELD),
    "finish-not.click": Row((), OWN, OWN),  # only hides the question on the page
    "finish-now.click": Row(HELD),
    "reopen.click": Row(HELD, finished=True),
    "again.click": Row((), other=OWN),
}
# The mentors' pages: others get no further than 401, and are refused again by each handler.
MENTORS = {
    "/mentor/review load",
    "/mentor/review override-criterion.input",
    "/mentor/review override-save.click",
    "/mentor/studio load",
    "/mentor/studio item.input",
    "/mentor/studio discard.click",
    "/mentor/studio rubric.input",
    "/mentor/studio claims.input",
    "/mentor/studio field-id.blur",
    "/mentor/studio add-criterion.click",
    "/mentor/studio add-misconception.click",
    "/mentor/studio remove.click",
    "/mentor/studio check.click",
    "/mentor/studio save.click",
    "/mentor/studio keep-mine.click",
    "/mentor/studio judge.click",
    "/mentor/studio judge-samples.click",
}


# --- the app, and whom we call it as ------------------------------------------------------------


@dataclass
class House:
    """The app with a session of ann's in it; `client` runs it."""

    app: FastAPI
    desk: Desk
    client: TestClient
    session: str = ""

    def furnish(self, owner: str = "ann", said: str = ANSWER, *, finished: bool = False) -> str:
        """A new session, answered and judged, for one call to spoil; ann's is `session`."""
        desk = self.desk
        state = desk.begin(owner, ["dropout", "scaling"], "practice", 1)
        session = state.session.id
        state = desk.answer(owner, session, said)
        turn = next(t.id for t in state.turns if t.kind is Said.ANSWER)
        item, rubric = BANK.item("dropout"), BANK.rubric("dropout")
        *_, grade = PhraseGrader().grade_stream(item, rubric, said)
        assert isinstance(grade, Grade)
        desk.store.keep_grade(turn, said, item, rubric, grade, 1.0)
        desk.go(owner, session, "dropout")
        if finished:
            desk.finish(owner, session)
        self.session = session if owner == "ann" else self.session
        return session

    def cookies(self, who: str) -> str:
        own = OWNERS.get(who)
        sent = [f"{OWNER_COOKIE}={Owners(SECRET)._cookies.dumps(own)}"] if own else []
        if who == "mentor":
            sent.append(f"{MENTOR_COOKIE}={Mentors(SECRET, ENTRIES).new_cookie('mia')}")
        return "; ".join(sent)

    def data(self, given: Iterable[Any]) -> list[Any]:
        """What is sent, with ann's session put in."""
        return [self.session if each is SESSION else each for each in given]

    def ask(self, who: str, method: str, path: str, given: Any = None) -> tuple[int, str]:
        """Status and body; of an endless answer what came in a second."""
        headers = {"host": "testserver", "content-type": "application/json"}
        headers["cookie"] = self.cookies(who)
        path, _, query = path.partition("?")
        scope = {
            "type": "http", "http_version": "1.1", "scheme": "http", "root_path": "",
            "method": method, "path": path, "raw_path": path.encode(),
            "query_string": query.encode(), "client": ("127.0.0.1", 1),
            "server": ("testserver", 80),
            "headers": [(k.encode(), v.encode()) for k, v in headers.items()],
        }  # fmt: skip
        endless = "/heartbeat/" in path
        portal = self.client.portal
        assert portal is not None
        body = json.dumps(given).encode()
        found = portal.call(_asked, self.app, scope, body, 1.0 if endless else 60.0)
        return int(found[0]), str(found[1])

    def call(
        self, who: str, page: str, key: int, data: list[Any], tab: str = "", query: str = ""
    ) -> str:
        """What a handler answers in a browser's tab: `ok` or `error`, and all that it told."""
        tab = tab or secrets.token_hex(8)
        base = f"{page}/gradio_api"
        given = {"data": data, "fn_index": key, "session_hash": tab}
        status, body = self.ask(who, "POST", f"{base}/queue/join?{query}", given)
        if status != 200:
            return f"{status} {body}"
        status, body = self.ask(who, "GET", f"{base}/queue/data?session_hash={tab}")
        events = [json.loads(line[6:]) for line in body.splitlines() if line.startswith("data: ")]
        done = [e for e in events if e["msg"] == "process_completed"]
        assert len(done) == 1, body
        word = "ok" if done[0]["success"] else "error"
        return f"{word} {json.dumps([e.get('output') for e in events])}"


async def _asked(app: Any, scope: dict[str, Any], body: bytes, seconds: float) -> tuple[int, str]:
    status, told, waiting = 0, b"", [body]

    async def receive() -> dict[str, Any]:
        if not waiting:
            await anyio.sleep_forever()
        return {"type": "http.request", "body": waiting.pop(), "more_body": False}

    async def send(message: Any) -> None:
        nonlocal status, told
        status = message.get("status", status)
        told += message.get("body", b"")

    try:
        with anyio.move_on_after(seconds):
            await app(scope, receive, send)
    except Exception:  # noqa: BLE001 - as uvicorn does: whatever it is, the connection ends
        return ABORTED, told.decode()
    return status, told.decode()


@pytest.fixture(scope="module")
def house() -> Iterator[House]:
    desk = Desk(Store(), BANK, PhraseGrader(state="none"), PhraseRunner())
    app = build_app(desk, SECRET, ENTRIES)
    with TestClient(app) as client:
        house = House(app, desk, client)
        house.furnish()
        yield house


# --- what there is ------------------------------------------------------------------------------


def routes(found: Iterable[Any], prefix: str = "") -> Iterator[str]:
    """Every route as `METHOD /path`, with those of what is mounted; a last slash is left out."""
    for route in found:
        if hasattr(route, "original_router"):  # as include_router leaves it
            assert not route.include_context.prefix, "this walk reads no prefix"
            yield from routes(route.original_router.routes, prefix)
        elif isinstance(route, Mount):
            yield from routes(route.routes, prefix + route.path)
        else:
            path = (prefix + route.path).rstrip("/") if route.path != "/" else f"{prefix}/"
            yield from (f"{method} {path}" for method in route.methods)


def pages(app: FastAPI) -> dict[str, gr.Blocks]:
    """Each mounted Blocks by its path."""
    found = {r.path: r.app for r in app.routes if isinstance(r, Mount)}
    return {path: each.get_blocks() for path, each in found.items() if isinstance(each, App)}


def handlers(blocks: gr.Blocks) -> dict[str, tuple[int, Any]]:
    """Each handler's name: `/api_name`, or what on the page calls it; its number and function."""
    found = {}
    for number, fn in blocks.fns.items():
        if fn.fn is None:  # it only ends other calls of its own tab
            continue
        name = f"/{fn.api_name}"
        if fn.api_visibility != "public":
            block, event = fn.targets[0]
            on = getattr(blocks.blocks.get(block or 0), "elem_id", None)
            name = f"{on}.{event}" if on else event
        assert name not in found, f"two handlers are called {name}: give the component an elem_id"
        found[name] = (number, fn.fn)
    return found


def test_every_route_is_in_the_table(house: House) -> None:
    due = {*OURS} | {
        f"{method} {page}{path}"
        for page in ("", *MENTORS_PAGES)
        for method, path in (name.split() for name in GRADIO)
    }
    # Gradio's own login: under `/` ours comes first, on the other pages the gate
    due |= {f"POST {page}/login" for page in MENTORS_PAGES}
    assert set(routes(house.app.routes)) == due


def test_every_handler_is_in_the_table(house: House) -> None:
    found = pages(house.app)
    assert set(found) == {"", *MENTORS_PAGES}
    assert set(handlers(found[""])) == set(CANDIDATES)
    mentors = {f"{page} {name}" for page in MENTORS_PAGES for name in handlers(found[page])}
    assert mentors == set(MENTORS)


# --- routes, called -----------------------------------------------------------------------------


def filled(house: House, name: str) -> tuple[str, str]:
    method, path = name.split()
    known = {"{session}": house.session, "{format}": "json", "{api_name}": "state"}
    for key, value in known.items():
        path = path.replace(key, value)
    return method, re.sub(r"\{[^}]*\}", "x", path)


def given(house: House) -> dict[str, Any]:
    return {"data": [house.session], "session": house.session}


@pytest.mark.parametrize("who", WHO)
@pytest.mark.parametrize("name", OURS)
def test_a_route_of_ours(house: House, name: str, who: str) -> None:
    method, path = filled(house, name)
    status, body = house.ask(who, method, path, given(house))
    assert status == OURS[name][WHO.index(who)], body
    assert MARK not in body
    assert "Traceback" not in body


@pytest.mark.parametrize("who", WHO)
@pytest.mark.parametrize("name", GRADIO)
def test_a_route_of_gradios_on_the_candidates_page(house: House, name: str, who: str) -> None:
    method, path = filled(house, name)
    status, body = house.ask(who, method, path, given(house))
    assert status == GRADIO[name], body
    assert MARK not in body
    assert "Traceback" not in body


@pytest.mark.parametrize("page", MENTORS_PAGES)
@pytest.mark.parametrize("name", [*GRADIO, "POST /login"])
def test_a_route_of_gradios_on_a_mentors_page(house: House, name: str, page: str) -> None:
    method, path = filled(house, name)
    for who in ("nobody", "other"):
        assert house.ask(who, method, page + path, given(house))[0] == 401
    status, body = house.ask("mentor", method, page + path, given(house))
    assert status != 401, body
    assert (status == 404) or GRADIO.get(name) != 404, "closed for mentors, too"


def test_ann_may_read_her_own_session(house: House) -> None:
    """Else all that is refused above would prove nothing."""
    for name in ("GET /export/{session}.{format}", "POST /gradio_api/run/{api_name}"):
        status, body = house.ask("ann", *filled(house, name), given(house))
        assert status == 200
        assert MARK in body or '"status": "answered"' in body or '"status":"answered"' in body


def test_a_line_break_in_a_path_opens_no_closed_route(house: House) -> None:
    closed = [name.split() for name, status in GRADIO.items() if status == 404 and "{" not in name]
    assert len(closed) > 3
    for method, path in closed:
        for end in ("\n", "\r\n", "\0"):  # as %0A and the like arrive
            assert house.ask("nobody", method, f"{path}{end}")[0] in (401, 404), path
    for page in MENTORS_PAGES:
        assert house.ask("nobody", "GET", f"{page}\n")[0] in (401, 404)


@pytest.mark.parametrize("path", ["serve.py", "/etc/passwd", "tests/test_routes.py"])
def test_no_file_of_the_machine_is_read(house: House, path: str) -> None:
    for page in ("", *MENTORS_PAGES):
        for form in (f"/gradio_api/file={path}", f"/gradio_api/file/{path}", f"/static/../{path}"):
            assert house.ask("mentor", "GET", f"{page}{form}")[0] in (403, 404)


# --- handlers, called ---------------------------------------------------------------------------


@pytest.mark.parametrize("name", CANDIDATES)
def test_a_handler_of_the_candidates_page(house: House, name: str) -> None:
    row = CANDIDATES[name]
    house.furnish(finished=row.finished)
    number, _ = handlers(pages(house.app)[""])[name]
    before = house.desk.store.turns(house.session)
    for who, due in zip(WHO, (row.nobody, row.other, row.other), strict=True):
        tab = opened(house, who) if row.choices else ""
        query = f"session={house.session}"
        told = house.call(who, "", number, house.data(row.data), tab, query)
        assert told.startswith("ok" if due == OWN else "error"), f"{who}: {told}"
        why = "found no (such )?session|needs its cookie"
        why = f"{why}|not in the list of choices" if who == "nobody" else why
        assert due == OWN or re.search(why, told), told
        assert MARK not in told, who
        assert "Traceback" not in told, who
    assert house.desk.store.turns(house.session) == before
    tab = opened(house, "ann") if row.choices else ""
    told = house.call("ann", "", number, house.data(row.data), tab)
    assert told.startswith("ok"), told


def opened(house: House, who: str) -> str:
    """A tab in which this candidate has a session of their own open: what can be chosen there can
    be sent, so that a call which names ann's is refused for that alone."""
    tab = secrets.token_hex(8)
    if who in OWNERS:
        own = house.session if who == "ann" else house.furnish(OWNERS[who], "units are set to zero")
        load, _ = handlers(pages(house.app)[""])["load"]
        assert house.call(who, "", load, ["", ""], tab, f"session={own}").startswith("ok")
    return tab


@pytest.mark.parametrize("name", sorted(MENTORS))
def test_a_handler_of_a_mentors_page(house: House, name: str) -> None:
    page, _, key = name.partition(" ")
    number, function = handlers(pages(house.app)[page])[key]
    elsewhere = {"sec-fetch-site": "cross-site"}
    for who in ("nobody", "other"):
        assert house.call(who, page, number, []).startswith("401"), who
        assert is_refused(function, asked(house.cookies(who)))
    assert is_refused(function, asked(house.cookies("mentor"), **elsewhere))
    assert not is_refused(function, asked(house.cookies("mentor")))


def asked(cookies: str, **headers: str) -> gr.Request:
    sent = {"cookie": cookies, **headers}
    raw = [(name.encode(), value.encode()) for name, value in sent.items()]
    return gr.Request(Request({"type": "http", "headers": raw, "query_string": b""}))


def is_refused(function: Any, request: gr.Request) -> bool:
    """Whether a handler, called past the gate, asks who calls before it looks at what is sent."""
    asks = inspect.signature(function).parameters.values()
    names = [each.name for each in asks if each.kind is not each.VAR_POSITIONAL]
    try:
        result = function(**{name: request if name == "request" else None for name in names})
        next(iter(result))  # one that yields does nothing before
    except (gr.Error, AccessError) as error:
        return bool(re.search("for mentors|another site", str(error)))
    except Exception:  # noqa: BLE001 - nothing that was sent makes sense, so anything may come
        return False
    return False


def test_a_mentor_reads_and_overrides(house: House) -> None:
    house.furnish()
    page = "/mentor/review"
    found = handlers(pages(house.app)[page])
    tab, query = secrets.token_hex(8), f"session={house.session}"
    assert MARK in house.call("mentor", page, found["load"][0], [], tab, query)
    turn = max(house.desk.store.grades(house.session))
    said = [house.session, f"{turn}/criterion/zeroes-units", "missing", "Not so."]
    told = house.call("mentor", page, found["override-save.click"][0], said, tab, query)
    assert told.startswith("ok"), told
    (word,) = house.desk.store.overrides(house.session)
    assert (word.mentor, word.verdict, word.machine) == ("mia", "missing", "covered")
