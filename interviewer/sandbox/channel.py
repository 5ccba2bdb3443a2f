"""The grader's end of the pipes to a locked child: questions, answers, output, time and endings."""

import json
import os
import select
import signal
import time
from collections.abc import Mapping
from dataclasses import astuple, dataclass
from typing import Any, NoReturn

from interviewer.probe import CandidateError, Ended
from interviewer.sandbox import wire
from interviewer.sandbox.endings import ending_of
from interviewer.types import Limits, RunVerdict

NONCE_BYTES = 16
REAP_SECONDS = 5.0
GONE_SECONDS = 0.5  # to die after closing the answer pipe


@dataclass(frozen=True, slots=True)
class Ends:
    """Descriptors a grader holds: where its job will come from, and its side of one child."""

    orders: int
    question: int
    answer: int
    out: int
    err: int
    status: int
    child: int

    def descriptors(self) -> tuple[int, ...]:
        """All of them."""
        return astuple(self)


class Channel:
    """Asks one child; every wait is charged to one wall-time budget."""

    def __init__(self, ends: Ends, limits: Limits) -> None:
        self.ends, self.limits = ends, limits
        self.left = limits.wall_seconds
        self.output = {ends.out: bytearray(), ends.err: bytearray()}
        self.open = {ends.out, ends.err}
        self.peak_bytes = 0
        self.ended: Ended | None = None
        self.asking = False
        os.set_blocking(ends.question, False)

    def ask(self, question: Mapping[str, object]) -> Any:
        """One question, one plain value. Raises CandidateError or Ended."""
        if self.asking and not self.ended:
            self.end(RunVerdict.INTERNAL_ERROR, "A question was broken off.")
        if self.ended:
            raise self.ended
        nonce = os.urandom(NONCE_BYTES)
        frame = wire.pack(nonce, dict(question))
        self.asking = True
        try:
            answer = wire.unpack(*self._exchange(frame, nonce))
        except wire.WireError as error:
            self.end(RunVerdict.SECURITY_VIOLATION, f"The program broke the protocol: {error}.")
            raise self._ending() from error
        self.asking = False
        return self._value(answer)

    def end(self, verdict: RunVerdict, message: str) -> None:
        """Kill the child; every later question raises this ending."""
        if self.ended is None:
            self.ended = Ended(verdict, message)
            self._kill()
            self._reap()

    def finish(self) -> None:
        """Let the child go, and collect what it printed and used."""
        os.close(self.ends.question)
        if self.ended is None:
            if not self._drain(time.monotonic() + GONE_SECONDS):
                self._kill()
            self._reap()
            if self._overflow():
                self.ended = self._output_ending()

    def texts(self) -> tuple[str, str]:
        """Standard output and error, cut at the limit."""
        out, err = (
            bytes(self.output[d][: self.limits.output_bytes]).decode("utf-8", "replace")
            for d in (self.ends.out, self.ends.err)
        )
        return out, err

    def _value(self, answer: object) -> Any:
        match answer:
            case {"ok": value}:
                return value
            case {"error": {"types": list(types), "message": str(message), "lines": list(lines)}}:
                cut = [str(line)[:300] for line in lines[:8]]
                raise CandidateError([str(t)[:100] for t in types[:20]], message[:2000], cut)
            case {"large": str(message)}:
                self.end(RunVerdict.OUTPUT_LIMIT, message[:300])
            case _:
                self.end(RunVerdict.SECURITY_VIOLATION, "The program forged an answer.")
        raise self._ending()

    def _ending(self) -> Ended:
        return self.ended or Ended(RunVerdict.INTERNAL_ERROR, "The program has no ending.")

    def _exchange(self, frame: bytes, nonce: bytes) -> tuple[bytes, bytes]:
        """Send a frame and read the answer's, serving the output pipes meanwhile."""
        rest, answer, needed = memoryview(frame), bytearray(), wire.HEADER.size
        sizes: tuple[int, int] | None = None
        while len(answer) < needed:
            for descriptor in self._wait(bool(rest)):
                if descriptor == self.ends.question:
                    rest = self._send(rest)
                elif descriptor == self.ends.answer:
                    answer += self._receive(needed - len(answer))
                else:
                    self._collect(descriptor)
            if sizes is None and len(answer) == needed:
                got, *lengths = wire.unpack_header(bytes(answer))
                if got != nonce:
                    raise wire.WireError("an answer to no question")
                sizes = (lengths[0], lengths[1])
                needed += sum(sizes)
        body = bytes(answer[wire.HEADER.size :])
        tree, _ = sizes or (0, 0)
        return body[:tree], body[tree:]

    def _wait(self, sending: bool) -> list[int]:
        """Descriptors that are ready; raises Ended when the budget is spent."""
        start = time.monotonic()
        writers = [self.ends.question] if sending else []
        ready, writable, _ = select.select(
            [self.ends.answer, *self.open], writers, [], max(self.left, 0)
        )
        self.left -= time.monotonic() - start
        if self.left <= 0:
            seconds = self.limits.wall_seconds
            self.end(
                RunVerdict.TIME_LIMIT, f"The program had not finished after {seconds:g} s in all."
            )
            raise self._ending()
        return [*ready, *writable]

    def _send(self, rest: memoryview) -> memoryview:
        try:
            return rest[os.write(self.ends.question, rest[: 1 << 16]) :]
        except BlockingIOError:
            return rest
        except BrokenPipeError:
            pass
        self._gone()

    def _receive(self, size: int) -> bytes:
        piece = os.read(self.ends.answer, min(size, 1 << 20))
        if not piece:
            self._gone()
        return piece

    def _collect(self, descriptor: int) -> None:
        piece = os.read(descriptor, 1 << 16)
        if not piece:
            self.open.discard(descriptor)
        self.output[descriptor] += piece
        if self._overflow():
            self.ended = self._output_ending()
            self._kill()
            self._reap()
            raise self.ended

    def _overflow(self) -> bool:
        return sum(map(len, self.output.values())) > self.limits.output_bytes

    def _output_ending(self) -> Ended:
        size = self.limits.output_bytes
        return Ended(RunVerdict.OUTPUT_LIMIT, f"The program printed more than {size:,} bytes.")

    def _gone(self) -> NoReturn:
        """The child closed its pipe: find out how it ended, and raise that."""
        self._drain(time.monotonic() + GONE_SECONDS)
        status = self._reap(GONE_SECONDS)
        if status is None:
            self._kill()
            self._reap()
            self.ended = Ended(RunVerdict.RUNTIME_ERROR, "The program stopped answering.")
        elif self._overflow():
            self.ended = self._output_ending()
        else:
            self.ended = ending_of(status)
        raise self.ended

    def _drain(self, until: float) -> bool:
        """Read output until the child has closed it; False when time ran out or it is too much."""
        while self.open and not self._overflow():
            ready, _, _ = select.select(list(self.open), [], [], max(until - time.monotonic(), 0))
            if not ready:
                return False
            for descriptor in ready:
                piece = os.read(descriptor, 1 << 16)
                self.output[descriptor] += piece
                if not piece:
                    self.open.discard(descriptor)
        return not self.open

    def _kill(self) -> None:
        try:
            signal.pidfd_send_signal(self.ends.child, signal.SIGKILL)
        except ProcessLookupError:
            return

    def _reap(self, seconds: float = REAP_SECONDS) -> int | None:
        """The wait status, as the zygote reports it; None when the child lives on."""
        ready, _, _ = select.select([self.ends.status], [], [], seconds)
        report = os.read(self.ends.status, 256) if ready else b""
        if not report:
            return None
        told = json.loads(report)
        self.peak_bytes = int(told["peak"])
        return int(told["status"])
