"""`sessions [--json]`: the stored sessions, newest first."""

import argparse
from datetime import UTC, datetime

from interviewer.commands.common import print_json
from interviewer.report import sessions
from interviewer.settings import Settings
from interviewer.store import Store


def add(parser: argparse.ArgumentParser) -> None:
    """The command's arguments."""
    parser.add_argument("--json", action="store_true", help="JSON on standard output")


def run(args: argparse.Namespace, settings: Settings) -> int:
    """Lists the sessions."""
    rows = sessions(Store(settings.data / "interviewer.db"))
    if args.json:
        print_json(rows)
        return 0
    for row in rows:
        print("  ".join(f"{_shown(key, value)}" for key, value in row.items()))  # noqa: T201 - output
    return 0


def _shown(key: str, value: object) -> str:
    if key in ("started", "finished") and isinstance(value, float):
        return datetime.fromtimestamp(value, UTC).strftime("%Y-%m-%d %H:%M")
    if isinstance(value, list | tuple):
        return ",".join(str(each) for each in value)
    return f"{value:.0f}" if isinstance(value, float) else str(value)
