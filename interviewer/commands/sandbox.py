"""`sandbox [--json]`: what isolation this machine gives to candidates' code."""

import argparse

from interviewer.commands.common import print_json
from interviewer.sandbox import sandbox_report
from interviewer.settings import Settings


def add(parser: argparse.ArgumentParser) -> None:
    """The command's arguments."""
    parser.add_argument("--json", action="store_true", help="JSON on standard output")


def run(args: argparse.Namespace, settings: Settings) -> int:
    """Tries the sandbox and says what it found."""
    found = sandbox_report()
    if args.json:
        print_json(found)
    else:
        print("\n".join(f"{key}: {value}" for key, value in found.items()))  # noqa: T201 - output
    return 0
