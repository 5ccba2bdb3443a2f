"""Locks the calling process for good: resource limits, no new privileges, Landlock, seccomp.

Run in a freshly forked child with one thread. Nothing here can be undone; whether it holds is
tested by `trial`, not assumed.
"""

import ctypes
import errno
import fcntl
import os
import resource
import signal
from collections.abc import Collection
from pathlib import Path
from typing import Any

from interviewer.errors import SandboxError
from interviewer.sandbox.syscalls import ALLOWED

PR_SET_PDEATHSIG, PR_SET_DUMPABLE, PR_SET_NO_NEW_PRIVS = 1, 4, 38
MISSING_SECCOMP = (
    "seccomp is not available ({reason}): no code is run. "
    "Install the system package libseccomp2 and the Python package pyseccomp on a Linux kernel."
)
_libc = ctypes.CDLL(None, use_errno=True)


def set_process_option(option: int, value: int) -> None:
    """One prctl call. Raises OSError."""
    if _libc.prctl(option, value, 0, 0, 0) != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"prctl({option}, {value}): {os.strerror(number)}")


def die_with_parent(parent: int) -> None:
    """Have the kernel kill this process when `parent` dies; exits at once if it already has."""
    set_process_option(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)


def address_space() -> int:
    """Bytes this process has mapped now."""
    return _memory(0)


def resident() -> int:
    """Bytes of memory this process holds now, shared pages included."""
    return _memory(1)


def _memory(column: int) -> int:
    return int(Path("/proc/self/statm").read_text().split()[column]) * resource.getpagesize()


def build_filter() -> Any:
    """The seccomp filter of `ALLOWED`, ready to load. Raises SandboxError where there is none."""
    try:
        import pyseccomp
    except (ImportError, RuntimeError, OSError) as error:
        raise SandboxError(MISSING_SECCOMP.format(reason=error)) from error
    rules = pyseccomp.SyscallFilter(pyseccomp.ERRNO(errno.EPERM))
    for name in ALLOWED:
        try:
            rules.add_rule(pyseccomp.ALLOW, name)
        except ValueError:
            continue  # this architecture has no call of that name
    for command in (fcntl.F_GETFD, fcntl.F_GETFL):
        rules.add_rule(pyseccomp.ALLOW, "fcntl", pyseccomp.Arg(1, pyseccomp.EQ, command))
    rules.add_rule(  # reading its own limits: no other process, no new limit
        pyseccomp.ALLOW,
        "prlimit64",
        pyseccomp.Arg(0, pyseccomp.EQ, 0),
        pyseccomp.Arg(2, pyseccomp.EQ, 0),
    )
    return rules


def limit_resources(memory_bytes: int, cpu_seconds: int) -> None:
    """Caps on what even allowed calls could use up; memory is counted above what is mapped now."""
    space = address_space() + memory_bytes
    for kind, value in (
        (resource.RLIMIT_AS, space),
        (resource.RLIMIT_CPU, cpu_seconds),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_MEMLOCK, 0),
        (resource.RLIMIT_MSGQUEUE, 0),
        (resource.RLIMIT_NPROC, 0),
    ):
        _, hard = resource.getrlimit(kind)
        capped = value if hard == resource.RLIM_INFINITY else min(value, hard)
        resource.setrlimit(kind, (capped, capped))


def apply_landlock() -> bool:
    """Deny every path and TCP port; False where the kernel has no Landlock."""
    from py_landlock import Landlock
    from py_landlock.errors import LandlockError

    try:
        Landlock(strict=False).apply()
    except LandlockError:
        return False
    return True


def lock_down(
    rules: Any, memory_bytes: int, cpu_seconds: int, without: Collection[str]
) -> tuple[str, ...]:
    """Apply every layer and name those in force. `without` leaves layers out, for tests only."""
    layers = []
    if "rlimits" not in without:
        limit_resources(memory_bytes, cpu_seconds)
        layers.append("rlimits")
    set_process_option(PR_SET_NO_NEW_PRIVS, 1)
    set_process_option(PR_SET_DUMPABLE, 0)
    if "landlock" not in without and apply_landlock():
        layers.append("landlock")
    if "seccomp" not in without:
        rules.load()
        layers.append("seccomp")
    return tuple(layers)
