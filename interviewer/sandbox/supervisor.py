"""The service's side: starts the zygote, hands it jobs, restarts it when it has died.

Safe to call from many threads; `parallel` submissions run at a time. Needs no torch. Nothing in
the result is executed or unpickled here: it is JSON written by the trusted grader.
"""

import contextlib
import itertools
import json
import math
import os
import select
import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from interviewer.errors import SandboxError
from interviewer.sandbox.launch import ZygoteProcess
from interviewer.types import CheckResult, Limits, RunResult, RunVerdict

MAX_SOURCE = 64 << 10
CHECK_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class CodeTask:
    """What to check code against: an item's slug, its checks.py (None: any code) and limits."""

    slug: str = "-"
    checks: Path | None = None
    limits: Limits = field(default_factory=Limits)


class Sandbox:
    """A zygote and the calls in flight. Use as a context manager, or call `close`.

    `without` leaves layers out (seccomp, landlock, rlimits, trial): for tests of the tests only.
    """

    def __init__(self, parallel: int = 2, without: tuple[str, ...] = ()) -> None:
        self._without = without
        self._slots = threading.BoundedSemaphore(parallel)
        self._lock = threading.Lock()
        self._numbers = itertools.count()
        self._zygote = ZygoteProcess(without)
        self._closed = False

    def __enter__(self) -> "Sandbox":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def run(self, task: CodeTask, code: str) -> RunResult:
        """Run and grade one submission. Our own failures are verdict IE, never an exception."""
        size = len(code.encode("utf-8", "surrogatepass"))
        if size > MAX_SOURCE:
            text = f"The code has {size:,} bytes; at most {MAX_SOURCE:,} are accepted."
            return _result(task, RunVerdict.COMPILE_ERROR, text)
        with self._slots:
            start = time.monotonic()
            try:
                return self._run(task, code)
            except (SandboxError, OSError) as error:
                seconds = time.monotonic() - start
                return _result(task, RunVerdict.INTERNAL_ERROR, str(error), seconds)

    def start(self) -> None:
        """Start the zygote now rather than at the first run. Raises SandboxError."""
        with self._lock:
            self._control()

    @property
    def zygote(self) -> int | None:
        """The zygote's process id while it lives."""
        return self._zygote.pid

    def close(self) -> None:
        """End the zygote and all that it forked; later runs are IE."""
        with self._lock:
            self._closed = True
            self._zygote.stop()

    def _run(self, task: CodeTask, code: str) -> RunResult:
        job: dict[str, object] = {
            "code": code,
            "checks": None if task.checks is None else str(task.checks.resolve()),
            "limits": asdict(task.limits),
            "without": self._without,
        }
        number, job_end, result_end = self._open(task.limits)
        try:
            _write_all(job_end, json.dumps(job).encode())
            return self._collect(task, number, result_end)
        finally:
            os.close(result_end)

    def _open(self, limits: Limits) -> tuple[int, int, int]:
        """Have the zygote fork for a new submission; its number, and our two pipe ends."""
        order = {
            "do": "open",
            "id": next(self._numbers),
            "memory": limits.memory_bytes,
            "cpu": math.ceil(limits.wall_seconds) + 2,
        }
        theirs_job, job = os.pipe()
        result, theirs_result = os.pipe()
        try:
            with self._lock:
                control = self._control()
                message = json.dumps(order).encode()
                socket.send_fds(control, [message], [theirs_job, theirs_result])
        except (SandboxError, OSError):
            os.close(job)
            os.close(result)
            raise
        finally:
            os.close(theirs_job)
            os.close(theirs_result)
        return int(str(order["id"])), job, result

    def _collect(self, task: CodeTask, number: int, descriptor: int) -> RunResult:
        checks: list[CheckResult] = []
        patience = task.limits.wall_seconds + CHECK_SECONDS + 15
        for line in _lines(descriptor, patience):
            said = json.loads(line)
            if "check" in said:
                checks.append(_check(said["check"]))
                continue
            told = said["result"]
            told["verdict"] = RunVerdict(told["verdict"])
            return RunResult(item=task.slug, checks=tuple(checks), **told)
        self._kill(number)
        raise SandboxError("the grader or the sandbox ended before it had a result")

    def _kill(self, number: int) -> None:
        order = json.dumps({"do": "kill", "id": number}).encode()
        with self._lock, contextlib.suppress(SandboxError, OSError):
            if self._zygote.pid is not None:
                self._control().send(order)

    def _control(self) -> socket.socket:
        if self._closed:
            raise SandboxError("the sandbox is closed")
        return self._zygote.control()


def run_code(task: CodeTask, code: str) -> RunResult:
    """Run one submission in a sandbox of its own; for many, keep a `Sandbox` open."""
    with Sandbox() as sandbox:
        return sandbox.run(task, code)


def _result(task: CodeTask, verdict: RunVerdict, message: str, seconds: float = 0.0) -> RunResult:
    return RunResult(task.slug, verdict, (), "", "", seconds, 0, "none", message)


def _check(told: dict[str, Any]) -> CheckResult:
    return CheckResult(told["name"], RunVerdict(told["verdict"]), told["message"], told["sentence"])


def _lines(descriptor: int, patience: float) -> Iterator[bytes]:
    """Lines of a pipe; ends at its end or after `patience` seconds without a byte."""
    buffer = b""
    poll = select.poll()  # select() fails on the high descriptors of a busy service
    poll.register(descriptor, select.POLLIN)
    while poll.poll(patience * 1000):
        piece = os.read(descriptor, 1 << 16)
        if not piece:
            return
        *lines, buffer = (buffer + piece).split(b"\n")
        yield from lines


def _write_all(descriptor: int, data: bytes) -> None:
    view = memoryview(data)
    try:
        while view:
            view = view[os.write(descriptor, view) :]
    finally:
        os.close(descriptor)
