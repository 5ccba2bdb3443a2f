"""Whose session it is: a signed cookie from the page, or the token that /start returned."""

import secrets

import gradio as gr
from itsdangerous import BadSignature, URLSafeSerializer

from interviewer.errors import InputError

COOKIE = "interviewer_owner"


class Owners:
    """Signs and reads owner cookies and session tokens."""

    def __init__(self, secret: str) -> None:
        self._cookies = URLSafeSerializer(secret, salt="owner")
        self._tokens = URLSafeSerializer(secret, salt="session")

    def new_cookie(self) -> str:
        """The cookie of a new owner."""
        return str(self._cookies.dumps(secrets.token_urlsafe(16)))

    def from_cookie(self, cookie: str | None) -> str | None:
        """The owner that a cookie names; None when it is missing or not ours."""
        try:
            return str(self._cookies.loads(cookie)) if cookie else None
        except BadSignature:
            return None

    def of(self, request: gr.Request) -> str:
        """The owner of a page's request. Raises InputError without a cookie of ours."""
        owner = self.from_cookie(request.cookies.get(COOKIE))
        if owner is None:
            raise InputError("This page needs its cookie: allow cookies, then load it again.")
        return owner

    def token(self, owner: str, session: str) -> str:
        """Stands for a session and its owner where there are no cookies."""
        return str(self._tokens.dumps([owner, session]))

    def resolve(self, session: str, request: gr.Request) -> tuple[str, str]:
        """Owner and session id, from a token or else a plain id and the cookie."""
        try:
            owner, plain = self._tokens.loads(session)
        except BadSignature:
            owner = self.from_cookie(request.cookies.get(COOKIE))
            if owner is None:
                expected = "the token that /start returned, or an id with its owner's cookie"
                raise InputError(f"found no such session of yours, expected {expected}") from None
            return owner, session
        return str(owner), str(plain)
