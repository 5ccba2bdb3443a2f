"""`serve.py` with the scripted grader and runner, for browser tests that need verdicts."""

import os

import uvicorn

from interviewer.content import open_content
from interviewer.desk import Desk
from interviewer.mentors import parse_mentors
from interviewer.settings import Settings
from interviewer.store import Store
from interviewer.ui.app import build_app
from tests.session_fakes import PhraseGrader, PhraseRunner


def main() -> None:
    settings = Settings.from_environ(os.environ)
    store = Store(settings.data / "interviewer.db")
    grader = PhraseGrader(delay=float(os.environ.get("SCRIPT_DELAY", "0.3")))
    desk = Desk(store, open_content(settings.bank, settings.data), grader, PhraseRunner())
    desk.open()
    app = build_app(desk, "a secret of tests", parse_mentors(settings.mentors))
    uvicorn.run(app, port=settings.port, log_level="warning")


if __name__ == "__main__":
    main()
