"""The web app: health, exports, the page, and the headers and cookie around all of it."""

from collections.abc import Mapping
from importlib.resources import files
from typing import Any

import gradio as gr
from fastapi import FastAPI, HTTPException, Request, Response
from fastapi.responses import PlainTextResponse
from gradio.oauth import attach_oauth
from gradio.utils import get_space

from interviewer.desk import Desk
from interviewer.errors import InputError
from interviewer.report import export
from interviewer.ui.gate import Gate
from interviewer.ui.headers import Headers
from interviewer.ui.interview import build_page
from interviewer.ui.login import Login
from interviewer.ui.mentors import Mentors
from interviewer.ui.owner import COOKIE, Owners
from interviewer.ui.review import build_review
from interviewer.ui.slash import Slash
from interviewer.ui.studio import build_studio

_TYPES = {"md": "text/markdown", "json": "application/json", "html": "text/html"}
_FONTS = ["ui-sans-serif", "system-ui", "sans-serif"]  # the machine's own: no request goes out
REVIEW, STUDIO = "/mentor/review", "/mentor/studio"
AT_ONCE = 32  # events of one kind; the judge has its own queue


def build_app(
    desk: Desk,
    secret: str,
    mentors: Mapping[str, str] | None = None,
    *,
    in_space: bool = False,
    oauth: bool = False,
) -> FastAPI:
    """The app, everything mounted; the caller serves it. `mentors` are names and hashes."""
    owners = Owners(secret)
    # elsewhere Gradio's login is a mock that anyone can forge
    oauth = oauth and get_space() is not None
    login = Login(Mentors(secret, mentors or {}), in_space=in_space, oauth=oauth)
    app = FastAPI(title="interviewer", docs_url=None, redoc_url=None, openapi_url=None)
    _add_health(app, desk)
    _add_export(app, desk, owners)
    login.add_to(app)
    if oauth:
        attach_oauth(app)
    app.add_middleware(Slash, paths=(REVIEW, STUDIO))
    app.add_middleware(Gate, login=login)
    app.add_middleware(Headers, owners=owners)
    review = build_review(desk.store, login.mentors)
    studio = build_studio(desk.content, desk.grader, login.mentors)
    for path, blocks in ((REVIEW, review), (STUDIO, studio)):
        _mounted(app, blocks, path, login.mentors)
    # last: it takes every path that is left
    return _mounted(app, build_page(desk, owners, ephemeral=in_space), "/")


def _mounted(app: FastAPI, blocks: gr.Blocks, path: str, mentors: Mentors | None = None) -> FastAPI:
    blocks.queue(default_concurrency_limit=AT_ONCE)
    here = files("interviewer.ui")
    script = (here / "page.js").read_text(encoding="utf-8")
    theme = gr.themes.Soft(
        primary_hue="teal",
        neutral_hue="slate",
        font=_FONTS,
        font_mono=["ui-monospace", "monospace"],
    ).set(
        block_title_background_fill="none",
        block_title_padding="0",
        block_title_text_color="*neutral_600",
        block_title_text_color_dark="*neutral_300",
        block_label_background_fill="none",
        block_border_width="1px",
        block_shadow="none",
        input_border_width="1px",
        input_border_color="*neutral_300",
        input_shadow="none",
        button_secondary_border_color="*neutral_300",
        button_secondary_shadow="none",
    )
    mounted: FastAPI = gr.mount_gradio_app(
        app,
        blocks,
        path=path,
        auth_dependency=mentors.allowed if mentors else None,
        theme=theme,
        css=(here / "page.css").read_text(encoding="utf-8"),
        head=f"<script>{script}</script>",
        run_history=False,  # else answers stay in the browser
        footer_links=[],
        ssr_mode=False,
        show_error=False,
    )
    return mounted


def _add_health(app: FastAPI, desk: Desk) -> None:
    @app.get("/healthz")
    def healthz() -> dict[str, str]:
        return {"status": "ok"}

    @app.get("/readyz")
    def readyz(response: Response) -> dict[str, Any]:
        state = desk.grader.state
        response.status_code = 503 if state == "loading" else 200
        return {"judge": state, "status": desk.grader.status}


def _add_export(app: FastAPI, desk: Desk, owners: Owners) -> None:
    @app.get("/export/{session}.{format}")
    def download(session: str, format: str, request: Request) -> Response:
        owner = owners.from_cookie(request.cookies.get(COOKIE))
        try:
            state = desk.state(owner or "", session)
            if state.session.mode == "mock" and not state.finished:
                raise HTTPException(409, "a mock interview is exported when it is finished")
            text = export(desk.store, session, format)
        except InputError as error:
            raise HTTPException(404, "found no such session of yours") from error
        name = f'attachment; filename="interview.{format}"'
        return PlainTextResponse(
            text, headers={"content-disposition": name}, media_type=_TYPES[format]
        )
