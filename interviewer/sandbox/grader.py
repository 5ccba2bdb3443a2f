"""The trusted process that grades one submission: joins the pipes, the checks and the result.

Forked from the zygote but not locked: it reads the bank's checks.py. Expected values live here,
in the service's job and nowhere else.
"""

import json
import os
import socket
import sys
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any

from interviewer.checks import grade, load_suite, overall, verdict_of
from interviewer.errors import SandboxError
from interviewer.probe import CandidateError, Ended
from interviewer.sandbox.channel import Channel, Ends
from interviewer.types import CheckResult, Limits, RunVerdict
from interviewer.unknown_names import say_unknown, unknown_names

MAY_LACK_NAMES = (RunVerdict.OK, RunVerdict.WRONG_ANSWER, RunVerdict.RUNTIME_ERROR)
START_SECONDS = 30.0  # for a child to be locked, which is not the candidate's time


def main(ends: Ends) -> None:
    """Wait for a job, grade it, write one JSON line per check and one for the whole."""
    with socket.socket(fileno=ends.orders) as orders:
        _, descriptors, _, _ = socket.recv_fds(orders, 16, 2)
    if len(descriptors) != 2:
        return  # a spare that was never needed
    incoming, outgoing = descriptors
    job = json.loads(_read_all(incoming))
    sys.dont_write_bytecode = True
    start = time.monotonic()
    channel = Channel(ends, Limits(**job["limits"]))
    results: list[CheckResult] = []
    layers: tuple[str, ...] = ()
    verdict, message = RunVerdict.OK, ""
    try:
        layers = _hello(channel, tuple(job["without"]))
        if job["checks"] is None:
            _Loading(channel).ask({"ask": "load", "source": job["code"], "name": "__main__"})
        else:
            suite = load_suite(Path(job["checks"]))
            for result in grade(_Loading(channel), job["code"], suite):
                results.append(result)
                _say(outgoing, {"check": asdict(result)})
            verdict = overall(results)
    except Broken as broken:
        verdict, message = RunVerdict.COMPILE_ERROR, str(broken)
    except CandidateError as error:
        verdict, message = verdict_of(error)
    except Ended as ended:
        verdict, message = ended.verdict, ended.message
    except SandboxError as error:
        verdict, message = RunVerdict.INTERNAL_ERROR, str(error)
    channel.finish()
    if channel.ended and verdict in (RunVerdict.OK, RunVerdict.ACCEPTED):
        verdict, message = channel.ended.verdict, channel.ended.message
    if verdict in MAY_LACK_NAMES and (said := say_unknown(unknown_names(job["code"]))):
        message = f"{said}\n{message}".rstrip()
    out, err = channel.texts()
    _say(outgoing, {"result": {
        "verdict": verdict, "message": message, "stdout": out, "stderr": err,
        "seconds": time.monotonic() - start, "peak_bytes": channel.peak_bytes,
        "isolation": "+".join(x for x in ("seccomp", "landlock") if x in layers) or "none",
    }})  # fmt: skip


class Broken(Exception):
    """The source does not compile."""


class _Loading:
    """A channel that tells a source that does not compile from one that fails when run."""

    def __init__(self, channel: Channel) -> None:
        self.channel = channel

    def ask(self, question: Any) -> Any:
        """As Channel.ask. Raises Broken."""
        answer = self.channel.ask(question)
        if question["ask"] == "load":
            _raise_if_broken(answer)
        return answer


def _raise_if_broken(answer: Any) -> None:
    match answer:
        case {"syntax": str(text)}:
            raise Broken(text)
        case {"defined": list(found)} if all(_is_definition(each) for each in found):
            return
    raise Ended(RunVerdict.SECURITY_VIOLATION, "The program forged an answer.")


def _is_definition(found: Any) -> bool:
    match found:
        case {"name": str(), "kind": str(), "parameters": int() | None, "own": bool()}:
            return True
    return False


def _hello(channel: Channel, without: tuple[str, ...]) -> tuple[str, ...]:
    """The layers in force. Raises SandboxError unless the child's lock holds."""
    channel.left = START_SECONDS
    try:
        answer = channel.ask({"ask": "hello"})
    except (Ended, CandidateError) as error:
        raise SandboxError(f"the locked child did not start: {error}") from error
    channel.left = channel.limits.wall_seconds
    if answer["worked"]:
        found = ", ".join(answer["worked"])
        raise SandboxError(f"the sandbox does not hold here ({found} worked): no code was run")
    layers = tuple(answer["layers"])
    if "seccomp" not in layers and "seccomp" not in without:
        raise SandboxError("the child runs without seccomp: no code was run")
    return layers


def _say(descriptor: int, value: object) -> None:
    line = memoryview(json.dumps(value).encode() + b"\n")
    while line:
        line = line[os.write(descriptor, line) :]


def _read_all(descriptor: int) -> bytes:
    pieces = []
    while piece := os.read(descriptor, 1 << 16):
        pieces.append(piece)
    return b"".join(pieces)
