"""What the wait status of a candidate's process means."""

import os
import signal

from interviewer.probe import Ended
from interviewer.types import RunVerdict


def ending_of(status: int) -> Ended:
    """The ending of a process that died before it had answered."""
    if os.WIFEXITED(status):
        code = os.WEXITSTATUS(status)
        return Ended(
            RunVerdict.RUNTIME_ERROR,
            f"The program ended itself (exit status {code}) before it had answered.",
        )
    number = os.WTERMSIG(status)
    name = signal.Signals(number).name
    if number == signal.SIGXCPU:
        return Ended(RunVerdict.TIME_LIMIT, "The program used up its processor time.")
    if number == signal.SIGKILL:
        return Ended(RunVerdict.MEMORY_LIMIT, "The program was killed: out of memory.")
    if number == signal.SIGSYS:
        return Ended(RunVerdict.SECURITY_VIOLATION, "The program made a forbidden system call.")
    return Ended(RunVerdict.RUNTIME_ERROR, f"The program crashed ({name}).")
