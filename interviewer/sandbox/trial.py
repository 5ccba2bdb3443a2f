"""Tries what a locked child must not be able to do, and names what worked.

Run after the lock-down and before any candidate code: a filter that was loaded but does not hold
(another kernel, an emulator) is found here, not by a candidate.
"""

import _thread
import ctypes
import errno
import os
import socket
from collections.abc import Callable
from pathlib import Path

_libc = ctypes.CDLL(None, use_errno=True)


def _fork() -> None:
    if os.fork() == 0:
        os._exit(0)


def _ptrace() -> None:
    if _libc.ptrace(0, 0, 0, 0) == -1:  # PTRACE_TRACEME
        raise OSError(ctypes.get_errno(), "ptrace")


def _thread_start() -> None:
    try:
        _thread.start_new_thread(int, ())
    except RuntimeError as error:  # Python hides the errno
        raise OSError(errno.EPERM, "thread") from error


TRIES: tuple[tuple[str, Callable[[], object]], ...] = (
    ("open", lambda: os.open("/", os.O_RDONLY)),
    ("write", lambda: os.open("/dev/null", os.O_WRONLY)),
    ("stat", lambda: Path("/").stat()),
    ("socket", lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM)),
    ("kill", lambda: os.kill(os.getpid(), 0)),
    ("fork", _fork),
    ("thread", _thread_start),
    ("exec", lambda: os.execve("/nonexistent", ["x"], {})),  # noqa: S606  must not even be looked up
    ("ptrace", _ptrace),
    ("memfd", lambda: os.memfd_create("x")),
)


def forbidden_that_work() -> tuple[str, ...]:
    """Names of the tries that were not refused with EPERM; empty when the lock holds."""
    return tuple(name for name, attempt in TRIES if not _refused(attempt))


def _refused(attempt: Callable[[], object]) -> bool:
    try:
        attempt()
    except OSError as error:
        return error.errno == errno.EPERM
    return False
