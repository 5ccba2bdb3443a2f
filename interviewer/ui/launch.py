"""Serves the app through Blocks.launch(), where Spaces hooks in to lend a GPU."""

import gradio as gr
from fastapi import FastAPI

from interviewer.settings import Settings


def launch(app: FastAPI, settings: Settings) -> None:
    """Serve until told to stop. The app is as it is under uvicorn: mounted whole, nothing added."""
    server = gr.Server(docs_url=None, redoc_url=None, openapi_url=None)
    server.mount("/", app)
    server.launch(
        server_name=settings.host,
        server_port=settings.port,
        app_kwargs={"lifespan": app.router.lifespan_context},  # a mounted app's own is not run
        share=False,
        quiet=True,
        ssr_mode=False,
        show_error=False,
    )
