"""What isolation this machine gives, found by using it."""

import platform
import time
from ctypes.util import find_library

from interviewer.sandbox.supervisor import CodeTask, Sandbox
from interviewer.sandbox.trial import TRIES
from interviewer.types import RunVerdict


def sandbox_report() -> dict[str, object]:
    """Whether code runs here, under which layers, and if not, why and what to install.

    `tried` are the forbidden things that a child attempts before it loads code; a report with
    `runs_code` true means that all were refused.
    """
    start = time.monotonic()
    with Sandbox() as sandbox:
        result = sandbox.run(CodeTask(), "print('ready')")
    runs = result.verdict == RunVerdict.OK and result.stdout == "ready\n"
    return {
        "runs_code": runs,
        "isolation": result.isolation if runs else "none",
        "seccomp": "seccomp" in result.isolation,
        "landlock": "landlock" in result.isolation,
        "libseccomp": find_library("seccomp"),
        "kernel": platform.release(),
        "machine": platform.machine(),
        "tried": [name for name, _ in TRIES],
        "reason": "" if runs else result.message or f"a trivial program ended as {result.verdict}",
        "start_seconds": round(time.monotonic() - start, 3),
    }
