"""Code and reference checks to check results: the order of things, and what each ending means.

Runs in the trusted grader process, over any Submission; comparisons are the checks' own.
"""

import importlib.util
import signal
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType, ModuleType
from typing import Any

import torch

from interviewer.compare import CheckFailure
from interviewer.contract import Signature, called_names, parse_signature, resolve
from interviewer.errors import SandboxError
from interviewer.explained import explain
from interviewer.faults import is_memory
from interviewer.probe import CandidateError, Ended, Probe, Submission
from interviewer.types import CheckResult, RunVerdict

CHECK_SECONDS = 30.0
Check = Callable[[Probe, torch.Generator], object]


@dataclass(frozen=True, slots=True)
class Suite:
    """What a task's checks.py holds; `guidance` maps a library name to a remark on its use."""

    entries: tuple[Signature, ...] = ()
    checks: tuple[tuple[str, str, Check], ...] = ()  # id, sentence, function
    guidance: Mapping[str, str] = field(default_factory=dict)


class CheckTimeout(Exception):
    """A trusted check took longer than CHECK_SECONDS."""


def load_suite(path: Path) -> Suite:
    """The suite of a trusted checks.py: its public functions, in the order they are written.

    Raises SandboxError when the file does not load.
    """
    spec = importlib.util.spec_from_file_location("task_checks", path)
    if spec is None or spec.loader is None:
        raise SandboxError(f"{path}: not a Python file")
    module = importlib.util.module_from_spec(spec)
    try:
        spec.loader.exec_module(module)
        entries = tuple(parse_signature(text) for text in module.ENTRIES)
    except Exception as error:
        raise SandboxError(f"{path} does not load: {error!r}") from error
    return Suite(entries, tuple(_checks_in(module)), getattr(module, "GUIDANCE", {}))


def _checks_in(module: ModuleType) -> Iterator[tuple[str, str, Check]]:
    for name, value in vars(module).items():
        if name.startswith("_") or getattr(value, "__module__", "") != module.__name__:
            continue
        if callable(value) and not isinstance(value, type):
            sentence = " ".join((value.__doc__ or "").split())
            yield name.replace("_", "-"), sentence, value


def grade(submission: Submission, source: str, suite: Suite) -> Iterator[CheckResult]:
    """The entry check, then every check of the suite; a program that ended stays ended."""
    loaded = submission.ask({"ask": "load", "source": source})
    aliases, said, missing = resolve(suite.entries, loaded["defined"])
    sentence = "Defines " + " and ".join(entry.text for entry in suite.entries) + "."
    if missing:
        yield CheckResult("entry", RunVerdict.WRONG_ANSWER, " ".join(missing), sentence)
        return
    said += [note for name, note in suite.guidance.items() if name in called_names(source)]
    yield CheckResult("entry", RunVerdict.ACCEPTED, " ".join(said), sentence)
    probe = Probe(submission, source, aliases)
    ended: Ended | None = None
    for name, sentence, check in suite.checks:
        if ended:
            message = f"Not run: the program had ended. {ended.message}"
            yield CheckResult(name, ended.verdict, message, sentence)
            continue
        verdict, message, ended = run_check(check, probe)
        yield CheckResult(name, verdict, message, sentence)


def run_check(check: Check, probe: Probe) -> tuple[RunVerdict, str, Ended | None]:
    """One check with fresh randomness: verdict, message, and the ending if the program ended."""
    generator = torch.Generator()
    generator.seed()
    try:
        with time_limit(CHECK_SECONDS):
            check(probe, generator)
    except CheckFailure as failure:
        return RunVerdict.WRONG_ANSWER, str(failure), None
    except CandidateError as error:
        return *verdict_of(error), None
    except Ended as ended:
        return ended.verdict, ended.message, ended
    except Exception as error:  # noqa: BLE001  a fault of the bank is ours, and says so
        return RunVerdict.INTERNAL_ERROR, f"This check failed by itself: {error!r}", None
    return RunVerdict.ACCEPTED, "", None


def verdict_of(error: CandidateError) -> tuple[RunVerdict, str]:
    """What an exception of the candidate's code means, the sandbox's part in it said first."""
    if is_memory(error.types, error.message):
        return RunVerdict.MEMORY_LIMIT, error.describe()
    why = explain(error.types, error.message, error.lines)
    told = f"{why}\n{error.describe()}" if why else error.describe()
    if "PermissionError" in error.types:
        return RunVerdict.SECURITY_VIOLATION, told
    return RunVerdict.RUNTIME_ERROR, told


def overall(checks: Sequence[CheckResult]) -> RunVerdict:
    """The first verdict that is the candidate's and not AC; else IE if any; else AC."""
    verdicts = [check.verdict for check in checks if check.verdict != RunVerdict.ACCEPTED]
    theirs = [verdict for verdict in verdicts if verdict != RunVerdict.INTERNAL_ERROR]
    return (theirs or verdicts or [RunVerdict.ACCEPTED])[0]


@contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """Raise CheckTimeout in the main thread after so many seconds."""

    def ring(_signal: int, _frame: FrameType | None) -> Any:
        raise CheckTimeout(f"it took longer than {seconds:g} s")

    before = signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
