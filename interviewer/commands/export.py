"""`export SESSION --format md|json|html`."""

import argparse
import sys

from interviewer.report import export
from interviewer.settings import Settings
from interviewer.store import Store


def add(parser: argparse.ArgumentParser) -> None:
    """The command's arguments."""
    parser.add_argument("session", help="a session's id, as `sessions` lists it")
    parser.add_argument("--format", choices=("md", "json", "html"), default="md")


def run(args: argparse.Namespace, settings: Settings) -> int:
    """Writes one session to standard output."""
    text = export(Store(settings.data / "interviewer.db"), args.session, args.format)
    sys.stdout.write(text.rstrip("\n") + "\n")
    return 0
