"""Joins the bank to the sandbox: a slug and a program -> a run result."""

from interviewer.content import Content
from interviewer.errors import InputError
from interviewer.sandbox import CodeTask, Sandbox
from interviewer.types import RunResult


class CodeRoom:
    """Runs programs against the reference checks of items; slug `-` runs any program."""

    def __init__(self, content: Content, sandbox: Sandbox) -> None:
        self._content = content
        self._sandbox = sandbox

    def task(self, slug: str) -> CodeTask:
        """What a slug's programs are checked by. Raises InputError where it has no code task."""
        if slug == "-":
            return CodeTask()
        item = self._content.item(slug)
        checks = self._content.file("bank", slug, "checks.py")
        if item.task is None or checks is None:
            raise InputError(f"{slug}: found no code task, expected an item that has one")
        return CodeTask(slug, checks, item.task.limits)

    def run(self, slug: str, code: str) -> RunResult:
        """The verdict with its checks. Raises InputError as `task` does."""
        return self._sandbox.run(self.task(slug), code)
