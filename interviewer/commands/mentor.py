"""`mentor add NAME`: the entry of a mentor for INTERVIEWER_MENTORS."""

import argparse
import getpass
import sys

from interviewer.commands.common import say
from interviewer.errors import InputError
from interviewer.mentors import VARIABLE, new_entry
from interviewer.settings import Settings


def add(parser: argparse.ArgumentParser) -> None:
    """The command's arguments."""
    parser.add_argument("action", choices=("add",))
    parser.add_argument("name", help="how the mentor logs in: letters, digits, . _ -")


def run(args: argparse.Namespace, settings: Settings) -> int:
    """Asks for a password, or reads a line of standard input; nothing is stored."""
    sys.stdout.write(new_entry(args.name, _password()) + "\n")
    say(f"Put it into {VARIABLE}, in single quotes in a shell; entries are joined by commas.")
    return 0


def _password() -> str:
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\r\n")
    password = getpass.getpass("Password: ")
    if getpass.getpass("Again: ") != password:
        raise InputError("found two different passwords, expected the same one twice")
    return password
