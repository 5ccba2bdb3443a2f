"""Measures a run of code: warm, through the zygote, against a fresh process that does the same."""

import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

from interviewer.errors import SandboxError
from interviewer.sandbox.launch import ENVIRONMENT
from interviewer.sandbox.supervisor import CodeTask, Sandbox
from interviewer.types import RunVerdict

PAUSE_SECONDS = 0.25
SLUG = "batch-vs-layer-norm"


def bench_run(bank: Path, warm: int = 20, cold: int = 5) -> dict[str, float]:
    """Medians in milliseconds of grading the same solution warm and cold, and their ratio.

    Runs are PAUSE_SECONDS apart, as a candidate's are, which is when the zygote forks ahead.
    """
    checks, program = bank / SLUG / "checks.py", bank / SLUG / "solution.py"
    code = program.read_text("utf-8")
    task = CodeTask(SLUG, checks)
    with Sandbox() as sandbox:
        sandbox.start()
        warm_ms = _median_ms(lambda: str(sandbox.run(task, code).verdict), warm)
    cold_ms = _median_ms(lambda: _cold(checks, program), cold)
    return {
        "run.warm_ms": round(warm_ms, 1),
        "run.cold_ms": round(cold_ms, 1),
        "run.ratio": round(cold_ms / warm_ms, 1),
    }


def _median_ms(grade: Callable[[], str], times: int) -> float:
    taken = []
    for _ in range(times):
        time.sleep(PAUSE_SECONDS)
        start = time.perf_counter()
        verdict = grade()
        taken.append(1000 * (time.perf_counter() - start))
        if verdict != RunVerdict.ACCEPTED:
            raise SandboxError(f"the benchmark's solution got {verdict}, expected AC")
    return median(taken)


def _cold(checks: Path, program: Path) -> str:
    root = Path(__file__).resolve().parents[2]
    command = [sys.executable, "-m", "interviewer.sandbox.cold", str(checks), str(program)]
    environment = {**ENVIRONMENT, "PYTHONPATH": str(root)}
    done = subprocess.run(  # noqa: S603  our own interpreter and code
        command, env=environment, capture_output=True, text=True, check=True
    )
    return done.stdout.strip()
