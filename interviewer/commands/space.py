"""`space docker|zerogpu --out DIR`: a folder to push to a Hugging Face Space."""

import argparse
from pathlib import Path

from interviewer.commands.common import say
from interviewer.content import BUILT_IN
from interviewer.settings import Settings
from interviewer.space import KINDS, write_space


def add(parser: argparse.ArgumentParser) -> None:
    """The command's arguments."""
    parser.add_argument("kind", choices=KINDS, help="what the Space runs on")
    parser.add_argument("--out", required=True, metavar="DIR", help="a new or an empty folder")


def run(args: argparse.Namespace, settings: Settings) -> int:
    """Writes the folder and says what to do with it."""
    names = write_space(args.kind, BUILT_IN, Path(args.out))
    say(f"{args.out}: {', '.join(names)}. Commit and push it to a Space: docs/deploy.md.")
    return 0
