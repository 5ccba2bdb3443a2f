"""The zygote: one thread, torch loaded; forks two processes per submission.

One is locked and runs the candidate's code, the other is not and runs the bank's trusted checks.

It never sees a submission, a check or a value: those travel between service, grader and child
over pipes that it only hands on. It lives as long as the control socket it was started with.
"""

import contextlib
import json
import os
import select
import signal
import socket
import sys
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

from interviewer.errors import SandboxError
from interviewer.sandbox import child, grader, lockdown, trial, warm
from interviewer.sandbox.channel import Ends

MAX_MESSAGE = 4096
SPARE_MS = 20  # idle time before a pair is forked ahead


@dataclass(slots=True)
class Pair:
    """A locked child and its grader, and where the child's ending is reported.

    `limits` are bytes and CPU seconds; `base` is what the zygote held when it forked, in bytes:
    a child's peak is counted above it.
    """

    limits: tuple[int, int]
    child: int
    grader: int
    status: int
    orders: socket.socket
    base: int
    id: int | None = None


class Zygote:
    """Forks on request and reaps; everything else happens in the forked processes.

    While idle, one pair is forked ahead with the limits last asked for; each serves one only.
    """

    def __init__(self, control: socket.socket, without: Collection[str], rules: Any) -> None:
        self.control, self.without, self.rules = control, frozenset(without), rules
        self.pid = os.getpid()
        self.waiting: dict[int, tuple[int, Pair]] = {}  # pidfd -> (pid, pair)
        self.spare: Pair | None = None
        self.last: tuple[int, int] | None = None

    def serve(self) -> None:
        """Serve until the control socket is closed."""
        while True:
            poll = select.poll()
            poll.register(self.control, select.POLLIN)
            for descriptor in self.waiting:
                poll.register(descriptor, select.POLLIN)
            idle = self.last is not None and not self.waiting
            wait = SPARE_MS if idle else None
            ready = poll.poll(wait)
            if not ready and self.last is not None:
                self.spare = self._fork(self.last)
            for descriptor, _ in ready:
                if descriptor != self.control.fileno():
                    self._reap(descriptor)
                elif not self._obey():
                    return

    def _obey(self) -> bool:
        message, descriptors, _, _ = socket.recv_fds(self.control, MAX_MESSAGE, 2)
        if not message:
            return False
        order = json.loads(message)
        if order["do"] == "open":
            self._open(order, descriptors)
        else:
            for descriptor, (pid, pair) in self.waiting.items():
                if pair.id == order["id"] and pid == pair.grader:
                    signal.pidfd_send_signal(descriptor, signal.SIGKILL)
        return True

    def _open(self, order: dict[str, Any], descriptors: list[int]) -> None:
        limits = (order["memory"], order["cpu"])
        pair, self.spare = self.spare, None
        if pair is None or pair.limits != limits:
            if pair is not None:
                self._kill_child_of(pair)
            pair = self._fork(limits)
        pair.id = order["id"]
        with contextlib.suppress(OSError), pair.orders as orders:
            socket.send_fds(orders, [b"go"], descriptors)
        for descriptor in descriptors:
            os.close(descriptor)
        self.last = limits

    def _fork(self, limits: tuple[int, int]) -> Pair:
        question, answer, out, err, status, empty = (os.pipe() for _ in range(6))
        os.close(empty[1])
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        base = lockdown.resident()
        locked = os.fork()
        if locked == 0:
            held = (empty[0], out[1], err[1], question[0], answer[1])
            _exit_after(self._be_child, limits, held)
        candidate = os.pidfd_open(locked)
        ends = Ends(theirs.fileno(), question[1], answer[0], out[0], err[0], status[0], candidate)
        trusted = os.fork()
        if trusted == 0:
            _exit_after(self._be_grader, ends)
        theirs.close()
        pair = Pair(limits, locked, trusted, status[1], ours, base)
        self.waiting[candidate] = (locked, pair)
        self.waiting[os.pidfd_open(trusted)] = (trusted, pair)
        for descriptor in (*question, *answer, *out, *err, status[0], empty[0]):
            os.close(descriptor)
        return pair

    def _reap(self, descriptor: int) -> None:
        pid, pair = self.waiting.pop(descriptor)
        _, status, usage = os.wait4(pid, 0)
        os.close(descriptor)
        if pair is self.spare:
            self.spare = None
            pair.orders.close()
        if pid == pair.child:
            report = {"status": status, "peak": max(usage.ru_maxrss * 1024 - pair.base, 0)}
            with contextlib.suppress(OSError):  # the grader may be gone
                os.write(pair.status, json.dumps(report).encode())
            os.close(pair.status)
        else:
            self._kill_child_of(pair)

    def _kill_child_of(self, pair: Pair) -> None:
        pair.orders.close()
        for descriptor, (victim, owner) in self.waiting.items():
            if owner is pair and victim == pair.child:
                signal.pidfd_send_signal(descriptor, signal.SIGKILL)

    def _be_child(self, limits: tuple[int, int], descriptors: tuple[int, ...]) -> None:
        lockdown.die_with_parent(self.pid)
        _place(descriptors)
        with contextlib.suppress(OSError):
            Path("/proc/self/oom_score_adj").write_text("1000")
        sys.stdin = open(0, encoding="utf-8", closefd=False)  # noqa: SIM115  for good
        sys.stdout, sys.stderr = (
            open(n, "w", 1, "utf-8", "backslashreplace", closefd=False)  # noqa: SIM115
            for n in (1, 2)
        )
        child.seed_generators()
        layers = lockdown.lock_down(self.rules, *limits, self.without)
        worked = () if "trial" in self.without else trial.forbidden_that_work()
        child.serve(child.Child(layers, worked))

    def _be_grader(self, ends: Ends) -> None:
        lockdown.die_with_parent(self.pid)
        held = set(ends.descriptors())
        start = 3
        for descriptor in sorted(held):
            if start < descriptor:
                os.closerange(start, descriptor)
            start = descriptor + 1
        os.closerange(start, 1 << 20)
        grader.main(ends)


def _place(descriptors: tuple[int, ...]) -> None:
    """Make the descriptors 0, 1, 2, ... in order and close all others."""
    import fcntl

    high = [fcntl.fcntl(d, fcntl.F_DUPFD, 64) for d in descriptors]
    for number, descriptor in enumerate(high):
        os.dup2(descriptor, number)
    os.closerange(len(descriptors), 1 << 20)


def _exit_after(work: Any, *args: object) -> NoReturn:
    status = 1
    try:
        work(*args)
        status = 0
    finally:
        os._exit(status)


def main(control_descriptor: int, without: Collection[str]) -> None:
    """Load, warm up, announce what this machine gives, serve."""
    control = socket.socket(fileno=control_descriptor)
    rules = None
    try:
        if "libseccomp" in without:
            raise SandboxError(lockdown.MISSING_SECCOMP.format(reason="left out"))
        if "seccomp" not in without:
            rules = lockdown.build_filter()
    except SandboxError as error:
        control.send(json.dumps({"refused": str(error)}).encode())
        return
    warm.load_modules()
    warm.exercise()
    threads = len(list(Path("/proc/self/task").iterdir()))
    if threads != 1:
        control.send(
            json.dumps({"refused": f"{threads} threads in the zygote, 1 expected"}).encode()
        )
        return
    warm.settle()
    control.send(json.dumps({"ready": os.getpid()}).encode())
    Zygote(control, without, rules).serve()
