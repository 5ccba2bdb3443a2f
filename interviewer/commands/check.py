"""`check [SLUG] [--labels] [--mutants]`: one line per fault, exit 1 when there is any."""

import argparse

from interviewer.check import check_content, label_counts
from interviewer.commands.common import say
from interviewer.content import open_content
from interviewer.errors import InputError
from interviewer.settings import Settings


def add(parser: argparse.ArgumentParser) -> None:
    """The command's arguments."""
    parser.add_argument("slug", nargs="?", help="one item; without it, all")
    parser.add_argument(
        "--labels", action="store_true", help="also weigh the samples' labels and count them"
    )


def run(args: argparse.Namespace, settings: Settings) -> int:
    """Checks the bank and the rubrics."""
    content = open_content(settings.bank, settings.data)
    faults = check_content(content, args.slug, labels=args.labels)
    if args.labels:
        for line in label_counts(content, args.slug):
            say(line)
    if faults:
        raise InputError("\n".join(faults))
    return 0
