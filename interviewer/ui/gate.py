"""Stands before every request: /mentor is for mentors, and some of Gradio's routes for nobody.

A pure ASGI wrapper. It is not the only check: the mounts and each handler ask again.
"""

import re

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from interviewer.ui import mentors, owner
from interviewer.ui.login import Login
from interviewer.ui.mentors import same_site

# what our pages do not use: uploads (anyone could fill the disk), fetching for others, editing,
# Gradio's own logins and listings
_UNUSED = re.compile(
    r"(/mentor/[a-z]+)?/(openapi\.json|login/|monitoring(/.*)?|gradio_api/(upload|upload_progress"
    r"|proxy=.*|process_recording|dev/.*|component_server|(undo-)?vibe-[a-z-]+|runs|run-history/.*"
    r"|deep_link|stream/.*|custom_component/.*|profiling/.*|file[=/].*)/?)"
)
_SAFE = ("GET", "HEAD", "OPTIONS")


class Gate:
    """The ASGI wrapper."""

    def __init__(self, app: ASGIApp, login: Login) -> None:
        self._app = app
        self._login = login

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or answer it here."""
        refusal = self._refusal(Request(scope)) if scope["type"] == "http" else None
        await (refusal or self._app)(scope, receive, send)

    def _refusal(self, request: Request) -> Response | None:
        path = request.scope["path"].removeprefix(request.scope.get("root_path", "").rstrip("/"))
        if (
            not path.isprintable()
        ):  # a line break at the end would pass the patterns, not the router
            return JSONResponse({"detail": "Not Found"}, 404)
        is_for_mentors = path == "/mentor" or path.startswith("/mentor/")
        if is_for_mentors and self._login.mentors.allowed(request) is None:
            return self._login.refused(request)
        acts = request.method not in _SAFE and {mentors.COOKIE, owner.COOKIE} & {*request.cookies}
        if acts and not same_site(request.headers):
            return JSONResponse({"detail": "This call came from another site's page."}, 403)
        if _UNUSED.fullmatch(path):
            return JSONResponse({"detail": "Not Found"}, 404)
        return None
