"""Log in and out as a mentor: /login and /logout, for forms and for programs."""

import asyncio
import json
import logging
import re
import secrets
import time
from collections.abc import Mapping
from urllib.parse import parse_qsl

from fastapi import FastAPI, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse, Response

from interviewer.mentors import HUB, is_right
from interviewer.throttle import Throttle
from interviewer.ui.cookies import cookie
from interviewer.ui.login_page import login_page, off_page, welcome_page
from interviewer.ui.mentors import COOKIE, HOURS_12, Mentors, same_site

log = logging.getLogger(__name__)
FORM = "interviewer_form"  # the cookie that a login form's CSRF token goes with
HOME = "/mentor/review"
WRONG = "Name and password do not match."
ELSEWHERE = "This form has expired or came from another page. Try again."
_MOST_BYTES = 16 << 10  # of a login's body
_NEXT = re.compile(r"/mentor(/[A-Za-z0-9_-]+)*/?(\?session=[A-Za-z0-9_-]+)?")
_AT_ONCE = 2  # passwords checked: each takes 64 MiB and a core


class Login:
    """The routes; too many wrong tries by one client, or for one name, have to wait.

    Whoever tries a mentor's name often enough keeps that mentor out for a while, too.
    """

    def __init__(self, mentors: Mentors, *, in_space: bool = False, oauth: bool = False) -> None:
        self.mentors = mentors
        self._in_space = in_space
        self._oauth = oauth
        self._clients = Throttle(10, 300.0)
        self._names = Throttle(30, 300.0)
        self._checking = asyncio.Semaphore(_AT_ONCE)

    def add_to(self, app: FastAPI) -> None:
        """Add the routes."""
        app.get("/login")(self.show)
        app.post("/login")(self.log_in)
        app.post("/logout")(self.log_out)
        app.get("/mentor")(lambda: RedirectResponse(HOME, 303))
        if self._oauth:
            app.get("/login/space")(self.from_space)

    def show(self, request: Request, next: str = HOME) -> Response:
        """The form; for who is logged in, where to go and how to leave."""
        name = self.mentors.allowed(request)
        if name is None:
            return self._form(request, next)
        token = self.mentors.token(request.cookies[COOKIE])
        return HTMLResponse(welcome_page(name, token))

    def refused(self, request: Request) -> Response:
        """The answer to who is not logged in."""
        if "text/html" in request.headers.get("accept", ""):
            query = f"?{request.url.query}" if request.url.query else ""
            return self._form(request, f"{request.url.path}{query}", 401)
        return JSONResponse({"detail": "For mentors: POST /login gives the cookie."}, 401)

    async def log_in(self, request: Request) -> Response:
        """Check name and password; the cookie."""
        given = await _body(request)
        if given is None:
            return JSONResponse({"detail": "expected name and password"}, 422)
        if not self._from_our_form(request, given):
            return self._refuse(request, given, ELSEWHERE, 403)
        name, client = given.get("name", "")[:64], self._client(request)
        if wait := self._clients.take(client) or self._names.take(name):
            said = f"Too many tries. Wait {wait / 60:.0f} minutes."
            return self._refuse(request, given, said, 429, {"retry-after": f"{wait:.0f}"})
        async with self._checking:
            entries, password = self.mentors.entries, given.get("password", "")
            right = await run_in_threadpool(is_right, entries, name, password)
        if not right:
            log.warning("a login as %.63r from %s failed", name, client)
            return self._refuse(request, given, WRONG, 401)
        self._clients.give_back(client)
        self._names.give_back(name)
        return self._welcome(request, name, given)

    async def log_out(self, request: Request) -> Response:
        """End the cookie that is sent, if the CSRF token goes with it."""
        given = await _body(request) or {}
        token = given.get("csrf") or request.headers.get("x-csrf-token", "")
        sent = request.cookies.get(COOKIE)
        if not same_site(request.headers) or not self.mentors.is_token(sent, token):
            return self._refuse(request, given, ELSEWHERE, 403)
        self.mentors.end(sent or "")
        done = _answer(request, JSONResponse({"name": None}), "/login")
        done.headers.append("set-cookie", self._cookie(request, COOKIE, "", 0))
        return done

    def from_space(self, request: Request) -> Response:
        """After a login at Hugging Face: our own cookie for a user in the settings."""
        info = request.session.get("oauth_info") or {}  # signed; Gradio's routes keep it there
        fresh = info.get("expires_at", 0) > time.time()
        user = info.get("userinfo", {}).get("preferred_username", "") if fresh else ""
        if f"{HUB}{user}" not in self.mentors.entries:
            return self._form(request, HOME, 403, "This account is not among the mentors.")
        return self._welcome(request, f"{HUB}{user}", {})

    def _welcome(self, request: Request, name: str, given: Mapping[str, str]) -> Response:
        value = self.mentors.new_cookie(name)
        told = JSONResponse({"name": name, "csrf": self.mentors.token(value)})
        done = _answer(request, told, _next(given.get("next", HOME)))
        done.headers.append("set-cookie", self._cookie(request, COOKIE, value, HOURS_12))
        return done

    def _refuse(
        self,
        request: Request,
        given: Mapping[str, str],
        said: str,
        status: int,
        headers: Mapping[str, str] | None = None,
    ) -> Response:
        if _is_json(request):
            return JSONResponse({"detail": said}, status, headers)
        shown = self._form(request, given.get("next", HOME), status, said)
        shown.headers.update(headers or {})
        return shown

    def _form(self, request: Request, next: str, status: int = 200, said: str = "") -> Response:
        if not self.mentors.entries:
            return HTMLResponse(off_page(), status)
        nonce = request.cookies.get(FORM) or secrets.token_urlsafe(16)
        token = self.mentors.token(nonce)
        shown = HTMLResponse(login_page(token, _next(next), said, oauth=self._oauth), status)
        if FORM not in request.cookies:
            shown.headers.append("set-cookie", self._cookie(request, FORM, nonce, HOURS_12))
        return shown

    def _from_our_form(self, request: Request, given: Mapping[str, str]) -> bool:
        """Whether no other site's page sends this; a program, which sends neither, may."""
        if not same_site(request.headers):
            return False
        browser = {"origin", "sec-fetch-site", "referer"} & {*request.headers.keys()}
        if _is_json(request) or not (browser or FORM in request.cookies):
            return True
        return self.mentors.is_token(request.cookies.get(FORM), given.get("csrf", ""))

    def _cookie(self, request: Request, name: str, value: str, seconds: int) -> str:
        return cookie(request, name, value, seconds, framed=self._in_space)

    def _client(self, request: Request) -> str:
        """Who is asking: in a Space all come from its proxy, which says for whom, last."""
        forwarded = request.headers.get("x-forwarded-for", "") if self._in_space else ""
        near = request.client.host if request.client else ""
        return forwarded.rpartition(",")[2].strip() or near


def _answer(request: Request, told: JSONResponse, to: str) -> Response:
    return told if _is_json(request) else RedirectResponse(to, 303)


def _next(wanted: str) -> str:
    """Where to go after a login: never out of our own pages."""
    return wanted if _NEXT.fullmatch(wanted) else HOME


def _is_json(request: Request) -> bool:
    return request.headers.get("content-type", "").split(";")[0].strip() == "application/json"


async def _body(request: Request) -> dict[str, str] | None:
    """The text fields of a form or of a JSON object; None when it is neither, or too long."""
    raw = b""
    async for chunk in request.stream():
        raw += chunk
        if len(raw) > _MOST_BYTES:
            return None
    try:
        text = raw.decode("utf-8")
        found = json.loads(text) if _is_json(request) else dict(parse_qsl(text))
    except (ValueError, RecursionError):
        return None
    if not isinstance(found, dict):
        return None
    return {key: value for key, value in found.items() if isinstance(value, str)}
