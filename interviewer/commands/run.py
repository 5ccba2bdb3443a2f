"""`run SLUG --code FILE|- [--json]` and `run --batch FILE.jsonl --out FILE.jsonl`."""

import argparse

from interviewer.coderoom import CodeRoom
from interviewer.commands.common import Row, field, print_json, read_text, run_batch
from interviewer.content import Content, open_content
from interviewer.errors import UsageError
from interviewer.json_forms import run_json
from interviewer.sandbox import Sandbox
from interviewer.settings import Settings
from interviewer.types import RunResult


def add(parser: argparse.ArgumentParser) -> None:
    """The command's arguments."""
    parser.add_argument("slug", nargs="?", help="the item; - runs any code without checks")
    parser.add_argument("--code", metavar="FILE", help="the program, or - for standard input")
    parser.add_argument("--batch", metavar="FILE", help="JSON lines of id, item, code")
    parser.add_argument("--out", metavar="FILE", help="where a batch's results go")
    parser.add_argument("--json", action="store_true", help="JSON on standard output")


def run(args: argparse.Namespace, settings: Settings) -> int:
    """Runs one program or a batch. The verdict is output, not the exit code."""
    content = trusted_content(settings)
    with Sandbox() as sandbox:
        room = CodeRoom(content, sandbox)
        if args.batch:
            if not args.out:
                raise UsageError("--batch needs --out FILE")
            return run_batch(args.batch, args.out, lambda row: _run_row(room, row))
        if not args.slug or not args.code:
            raise UsageError("expected SLUG and --code FILE, or --batch FILE and --out FILE")
        room.task(args.slug)  # an unknown slug is told before the file is read
        result = room.run(args.slug, read_text(args.code))
    if args.json:
        print_json(run_json(result))
    else:
        _print_text(result)
    return 0


def trusted_content(settings: Settings) -> Content:
    """The content without the overlay: checks run in our own process, so none written there."""
    return open_content(settings.bank)


def _run_row(room: CodeRoom, row: Row) -> Row:
    return run_json(room.run(field(row, "item"), field(row, "code")))


def _print_text(result: RunResult) -> None:
    lines = [f"{result.item}: {result.verdict.value} in {result.seconds:.2f} s {result.message}"]
    for check in result.checks:
        lines.append(f"  {check.verdict.value:3} {check.name}: {check.sentence}")
        if check.message:
            lines += ["        " + line for line in check.message.splitlines()]
    for name, text in (("output", result.stdout), ("errors", result.stderr)):
        if text:
            lines += [f"--- {name}", text.rstrip()]
    print("\n".join(lines))  # noqa: T201 - the command's output
