"""Starts the web app: settings from the environment -> store, content, judge, sandbox, page."""

import logging
import os
import secrets
import sys
from collections.abc import Callable
from pathlib import Path

import uvicorn
from fastapi import FastAPI

from interviewer.coderoom import CodeRoom
from interviewer.content import open_content
from interviewer.desk import Desk
from interviewer.errors import InputError, InterviewerError
from interviewer.grading import Grader
from interviewer.mentors import parse_mentors
from interviewer.parts import build_grader
from interviewer.sandbox import Sandbox
from interviewer.settings import Settings
from interviewer.store import Store

SHORTEST_SECRET = 32  # characters


def with_uvicorn(app: FastAPI, settings: Settings) -> None:
    """Serve until told to stop."""
    uvicorn.run(app, host=settings.host, port=settings.port, log_level="warning")


def main(
    load: Callable[[Settings], Grader] = build_grader,
    serve: Callable[[FastAPI, Settings], None] = with_uvicorn,
) -> int:
    """Serve until told to stop; 1 when a setting is at fault.

    Another entry joins the same parts to another way to load the judge, or to serve.
    """
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s: %(message)s")
    os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")
    try:
        settings = Settings.from_environ(os.environ)
        content = open_content(settings.bank, settings.data)
        content.slugs()
        mentors = parse_mentors(settings.mentors)
        store = Store(settings.data / "interviewer.db")
        secret = settings.secret or kept_secret(settings.data)
    except (InterviewerError, OSError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    # Gradio takes seconds to import: settings at fault are told first, and weights load beside it
    from interviewer.ui.app import build_app

    with Sandbox() as sandbox:
        # checks run in our own process: those of the overlay, which people write, are not trusted
        room = CodeRoom(open_content(settings.bank), sandbox)
        desk = Desk(store, content, load(settings), room)
        desk.open()
        app = build_app(desk, secret, mentors, in_space=settings.in_space, oauth=settings.oauth)
        serve(app, settings)
    return 0


def kept_secret(data: Path) -> str:
    """The secret that signs cookies, made at the first start and readable by its owner only.

    Raises InputError when what was kept is too short to be one.
    """
    path = data / "secret"
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        kept = path.read_text(encoding="ascii").strip()
        if len(kept) < SHORTEST_SECRET:  # a start that was cut off: an empty one would sign for all
            raise InputError(
                f"{path}: found no secret in it, expected one: remove the file"
            ) from None
        return kept
    secret = secrets.token_urlsafe(32)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(secret)
    return secret


if __name__ == "__main__":
    sys.exit(main())
