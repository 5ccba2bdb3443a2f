"""`bench [--json] [NAME...]`: ratios taken in one run; names are `run` and `grade`."""

import argparse

from interviewer.bench_grade import bench_grade
from interviewer.commands.common import ProgressBar, print_json
from interviewer.content import BUILT_IN, open_content
from interviewer.errors import InputError
from interviewer.models.local import LocalModel
from interviewer.parts import load_judge
from interviewer.sandbox.bench import bench_run
from interviewer.settings import Settings

NAMES = ("run", "grade")


def add(parser: argparse.ArgumentParser) -> None:
    """The command's arguments."""
    parser.add_argument("names", nargs="*", metavar="NAME", help=" or ".join(NAMES))
    parser.add_argument("--json", action="store_true", help="JSON on standard output")


def run(args: argparse.Namespace, settings: Settings) -> int:
    """Runs the named benchmarks, all without a name."""
    figures: dict[str, float] = {}
    for name in args.names or NAMES:
        if name not in NAMES:
            raise InputError(f"bench: found {name!r}, expected {' or '.join(NAMES)}")
        if name == "run":
            figures |= bench_run(BUILT_IN / "bank")
        else:
            figures |= _grade(settings)
    if args.json:
        print_json(figures)
    else:
        print("\n".join(f"{key:24} {value:.4g}" for key, value in figures.items()))  # noqa: T201
    return 0


def _grade(settings: Settings) -> dict[str, float]:
    judge, model = load_judge(settings, ProgressBar())
    if not isinstance(model, LocalModel):
        raise InputError("bench grade compares with the prefix cache off: it needs a local model")
    return bench_grade(judge, judge.with_model(model.uncached()), open_content(settings.bank))
