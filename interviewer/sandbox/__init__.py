"""Runs candidates' code: a zygote with torch loaded, locked children, values over pipes only."""

from interviewer.sandbox.supervisor import CodeTask, Sandbox, run_code

__all__ = ["CodeTask", "Sandbox", "run_code"]
