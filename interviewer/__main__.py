"""The command line: `python -m interviewer COMMAND`."""

import argparse
import importlib
import os
import sys
import traceback

from interviewer.errors import InputError, InterviewerError, UsageError
from interviewer.settings import Settings

COMMANDS = {
    "grade": "grade an answer, or a batch of answers",
    "evaluate": "measure the judge on labelled answers",
    "check": "check the bank and the rubrics",
    "train": "train the reader that judges beside the model",
    "calibrate": "fit the calibration of the model in use on the samples",
    "run": "run code against an item's checks",
    "sandbox": "say what isolation this machine gives",
    "bench": "measure speed",
    "sessions": "list the stored sessions",
    "export": "write one session as Markdown, JSON or HTML",
    "space": "write a folder to push to a Hugging Face Space",
    "mentor": "make the entry of a mentor for INTERVIEWER_MENTORS",
}


def main(argv: list[str] | None = None) -> int:
    """Runs one command; 0 done, 1 the input is at fault, 2 usage, 3 our own failure."""
    parser = argparse.ArgumentParser(prog="python -m interviewer", description=__doc__)
    subparsers = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    arguments = sys.argv[1:] if argv is None else argv
    for name, what in COMMANDS.items():
        sub = subparsers.add_parser(name, help=what, description=what)
        if name in arguments[:1]:  # the others' modules need not be imported
            importlib.import_module(f"interviewer.commands.{name}").add(sub)
    args = parser.parse_args(arguments)
    command = importlib.import_module(f"interviewer.commands.{args.command}")
    try:
        return int(command.run(args, Settings.from_environ(os.environ)))
    except InputError as error:
        sys.stderr.write(f"{error}\n")
        return 2 if isinstance(error, UsageError) else 1
    except InterviewerError as error:
        sys.stderr.write(f"{error}\n")
        return 3
    except BrokenPipeError:
        return 0
    except Exception:  # noqa: BLE001 - whatever it is, it is our failure: status 3
        traceback.print_exc()
        return 3


if __name__ == "__main__":
    sys.exit(main())
