"""Runs candidates' code: a zygote with torch loaded, locked children, values over pipes only."""

from interviewer.sandbox.bench import bench_run
from interviewer.sandbox.report import sandbox_report
from interviewer.sandbox.supervisor import CodeTask, Sandbox, run_code

__all__ = ["CodeTask", "Sandbox", "bench_run", "run_code", "sandbox_report"]
