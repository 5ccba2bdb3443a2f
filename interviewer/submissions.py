"""Runs stored submissions, each once: a submission without a run is the queue, as with answers."""

import logging
import threading
from collections.abc import Callable
from typing import Protocol

from interviewer.content import Content
from interviewer.errors import InterviewerError
from interviewer.store import Store
from interviewer.turns import Turn
from interviewer.types import RunResult, RunVerdict

log = logging.getLogger(__name__)


class Runner(Protocol):
    """Runs submitted code away from this process."""

    def run(self, slug: str, code: str) -> RunResult:
        """The run of a submission against the checks of an item, or of `-` against none."""
        ...


class Submissions:
    """Runs what was submitted and keeps how it ended; what we fail to run is IE, never a fault."""

    def __init__(
        self, store: Store, content: Content, runner: Runner, told: Callable[[str, str], None]
    ) -> None:
        self._store = store
        self._content = content
        self._runner = runner
        self._told = told
        self._lock = threading.Lock()
        self._claimed: set[int] = set()

    def run_all(self, session_id: str | None = None) -> None:
        """Run what waits, of one session or of all; what another thread is running is left."""
        for session, turn in self._store.unrun(session_id):
            with self._lock:
                if turn.id in self._claimed:
                    continue
                self._claimed.add(turn.id)
            self._store.keep_run(turn.id, self._run(turn))
            self._told(session, turn.item)

    def resume(self) -> None:
        """Run in the background what a killed process left."""
        threading.Thread(target=self.run_all, name="submissions", daemon=True).start()

    def _run(self, turn: Turn) -> RunResult:
        try:
            task = self._content.item(turn.item).task
            return self._runner.run(turn.item if task else "-", turn.text)
        except InterviewerError as error:
            log.warning("submission %d was not run: %s", turn.id, error)
            return _failed(turn.item, str(error))
        except Exception as error:
            log.exception("submission %d was not run", turn.id)
            return _failed(turn.item, f"{type(error).__name__}: {error}")


def _failed(item: str, message: str) -> RunResult:
    return RunResult(item, RunVerdict.INTERNAL_ERROR, (), "", "", 0.0, 0, "none", message)
