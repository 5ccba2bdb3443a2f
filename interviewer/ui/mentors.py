"""Who is logged in as a mentor: a signed cookie that expires, checked again by every handler."""

import hashlib
import hmac
import secrets
import time
from collections.abc import Callable, Mapping
from urllib.parse import urlsplit

import gradio as gr
from fastapi import Request
from itsdangerous import BadSignature, TimestampSigner, URLSafeTimedSerializer

from interviewer.errors import AccessError

COOKIE = "interviewer_mentor"
HOURS_12 = 12 * 60 * 60
_MOST_ENDED = 10_000


class Mentors:
    """Signs and reads mentors' cookies.

    A cookie ends after HOURS_12, at a logout (until the process ends), and as soon as its mentor
    is taken out of the settings or gets another password.
    """

    def __init__(
        self, secret: str, entries: Mapping[str, str], clock: Callable[[], float] = time.time
    ) -> None:
        self.entries = entries
        self._key = hashlib.sha256(f"mentors {secret}".encode()).digest()
        signer = _signer(clock)
        self._cookies = URLSafeTimedSerializer(self._key, salt="mentor", signer=signer)
        self._ended: list[str] = []

    def of(self, request: gr.Request) -> str:
        """The mentor who calls a handler.

        Raises AccessError, an InputError, when nobody is logged in or when another site's page
        makes the browser call: Gradio's calls carry no CSRF token, but browsers say where from.
        """
        if not same_site(request.headers):
            raise AccessError("This call came from another site's page. Open the page itself.")
        name = self.from_cookie(request.cookies.get(COOKIE))
        if name is None:
            raise AccessError("This page is for mentors. Log in again, in another tab: /login")
        return name

    def allowed(self, request: Request) -> str | None:
        """The mentor of a plain request, as Gradio's `auth_dependency` wants it."""
        return self.from_cookie(request.cookies.get(COOKIE))

    def new_cookie(self, name: str) -> str:
        """The cookie of a mentor who has just proved to be one."""
        return str(self._cookies.dumps([name, secrets.token_urlsafe(12), self._mark(name)]))

    def from_cookie(self, cookie: str | None) -> str | None:
        """The mentor that a cookie names; None when it is missing, not ours, ended or too old."""
        try:
            name, nonce, mark = self._cookies.loads(cookie or "", max_age=HOURS_12)
        except (BadSignature, ValueError, TypeError):
            return None
        if name not in self.entries or mark != self._mark(name) or nonce in self._ended:
            return None
        return str(name)

    def end(self, cookie: str) -> None:
        """A cookie that names a mentor now names none any more."""
        if self.from_cookie(cookie):
            self._ended = [*self._ended, self._cookies.loads(cookie)[1]][-_MOST_ENDED:]

    def token(self, bound: str) -> str:
        """The CSRF token that goes with a cookie's value."""
        return hmac.digest(self._key, f"csrf {bound}".encode(), "sha256").hex()

    def is_token(self, bound: str | None, token: str) -> bool:
        """Whether a CSRF token goes with a cookie's value."""
        given = token.encode("utf-8", "replace")  # text must be ASCII to be compared
        return bool(bound) and hmac.compare_digest(self.token(bound or "").encode(), given)

    def _mark(self, name: str) -> str:
        """Changes with the password."""
        return self.token(f"hash {name} {self.entries[name]}")[:16]


def same_site(headers: Mapping[str, str]) -> bool:
    """Whether a request comes from our own page, or from a program: those say nothing of it."""
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site in ("same-origin", "none")
    origin = headers.get("origin")
    if origin is None:
        return True
    hosts = (headers.get("host"), headers.get("x-forwarded-host"))
    return bool(urlsplit(origin).netloc) and urlsplit(origin).netloc in hosts


def _signer(clock: Callable[[], float]) -> type[TimestampSigner]:
    class Signer(TimestampSigner):
        def get_timestamp(self) -> int:
            return int(clock())

    return Signer
