"""Adds the security headers to each response, and the owner's cookie to the page.

A pure ASGI wrapper: it must not buffer, verdicts are streamed through it.
"""

from starlette.datastructures import MutableHeaders
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from interviewer.ui.cookies import cookie
from interviewer.ui.owner import COOKIE, Owners

# The page needs inline and evaluated scripts, so this does not stop injected ones (all text is
# escaped for that); it stops a page from fetching anything from, or telling anything to, others.
POLICY = (
    "script-src 'self' 'unsafe-inline' 'unsafe-eval' blob:; img-src 'self' data: blob:; "
    "connect-src 'self' data: blob:; font-src 'self' data:; media-src 'self' blob:; "
    "object-src 'none'; frame-src 'none'; base-uri 'self'; form-action 'self'; "
    "frame-ancestors 'self' https://huggingface.co"
)
MONTHS_6 = 60 * 60 * 24 * 183


class Headers:
    """The ASGI wrapper."""

    def __init__(self, app: ASGIApp, owners: Owners) -> None:
        self._app = app
        self._owners = owners

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on; its response gets the headers."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        new = self._cookie(scope) if scope["path"] == "/" else None

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers["content-security-policy"] = POLICY
                headers["x-content-type-options"] = "nosniff"
                headers["referrer-policy"] = "same-origin"
                if new:
                    headers.append("set-cookie", new)
            await send(message)

        await self._app(scope, receive, with_headers)

    def _cookie(self, scope: Scope) -> str | None:
        """The cookie to set, when the visitor has none of ours."""
        connection = HTTPConnection(scope)
        if self._owners.from_cookie(connection.cookies.get(COOKIE)):
            return None
        value = self._owners.new_cookie()
        return cookie(connection, COOKIE, value, MONTHS_6, framed=True)
