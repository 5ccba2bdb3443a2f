"""Answers /mentor/review as /mentor/review/: a mounted page of Gradio only knows the latter.

A pure ASGI wrapper. The page finds its own files by its <base>, so that is put right as well.
"""

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_BASE = b'<base href="./" />'


class Slash:
    """The ASGI wrapper around the pages at these paths."""

    def __init__(self, app: ASGIApp, paths: tuple[str, ...]) -> None:
        self._app = app
        self._paths = paths

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, one for such a page with its slash."""
        path = scope.get("path", "")
        if scope["type"] != "http" or path not in self._paths:
            await self._app(scope, receive, send)
            return
        # uncompressed, so that the <base> can be found
        headers = [(k, v) for k, v in scope["headers"] if k != b"accept-encoding"]
        inner = {**scope, "path": f"{path}/", "raw_path": f"{path}/".encode(), "headers": headers}
        base = f'<base href="{path.rpartition("/")[2]}/" />'.encode()
        started: list[Message] = []
        body = b""

        async def whole(message: Message) -> None:
            nonlocal body
            if message["type"] == "http.response.start":
                started.append(message)
                return
            body += message.get("body", b"")
            if not message.get("more_body"):
                body = body.replace(_BASE, base, 1)
                if scope["method"] != "HEAD":
                    MutableHeaders(scope=started[0])["content-length"] = str(len(body))
                await send(started[0])
                await send({"type": "http.response.body", "body": body})

        await self._app(inner, receive, whole)
