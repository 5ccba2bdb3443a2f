"""`grade SLUG --answer FILE|- [--json]` and `grade --batch FILE.jsonl --out FILE.jsonl`."""

import argparse
from typing import Any

from interviewer.commands.common import (
    ProgressBar,
    Row,
    field,
    print_json,
    read_text,
    run_batch,
    say,
)
from interviewer.content import Content, open_content
from interviewer.errors import ModelError, UsageError
from interviewer.grading import check_answer, grade_steps
from interviewer.json_forms import grade_json
from interviewer.judge import LlmJudge
from interviewer.parts import load_judge
from interviewer.settings import Settings
from interviewer.types import Grade


def add(parser: argparse.ArgumentParser) -> None:
    """The command's arguments."""
    parser.add_argument("slug", nargs="?", help="the item, for one answer")
    parser.add_argument(
        "--answer", metavar="FILE", help="the answer's file, or - for standard input"
    )
    parser.add_argument("--batch", metavar="FILE", help="JSON lines of id, item, answer")
    parser.add_argument("--out", metavar="FILE", help="where a batch's results go")
    parser.add_argument("--json", action="store_true", help="JSON on standard output")


def run(args: argparse.Namespace, settings: Settings) -> int:
    """Grades one answer or a batch."""
    content = open_content(settings.bank, settings.data)
    if args.batch:
        if not args.out:
            raise UsageError("--batch needs --out FILE")
        judge = _load(settings)
        return run_batch(args.batch, args.out, lambda row: _graded_row(content, judge, row))
    if not args.slug or not args.answer:
        raise UsageError("expected SLUG and --answer FILE, or --batch FILE and --out FILE")
    item = content.item(args.slug)  # what can be at fault is tried before the weights load
    rubric = content.rubric(args.slug)
    answer = check_answer(read_text(args.answer))
    judge = _load(settings)
    grade = final(grade_steps(item, rubric, answer, judge))
    if args.json:
        print_json(grade_json(grade))
    else:
        _print_text(grade)
    return 0


def final(steps: Any) -> Grade:
    """The Grade that ends a stream of steps."""
    *_, grade = steps
    assert isinstance(grade, Grade)  # noqa: S101 - grade_steps' contract
    return grade


def _graded_row(content: Content, judge: LlmJudge | None, row: Row) -> Row:
    slug = field(row, "item")
    answer = check_answer(field(row, "answer"))
    return grade_json(final(grade_steps(content.item(slug), content.rubric(slug), answer, judge)))


def _load(settings: Settings) -> LlmJudge | None:
    try:
        return load_judge(settings, ProgressBar())[0]
    except ModelError as error:
        say(f"unscored: {error}")
        return None


def _print_text(grade: Grade) -> None:
    value = grade.score.value
    lines = [f"{grade.item}: {'no score' if value is None else f'{value:.0f} of 100'}"]
    for j in grade.criteria:
        quote = f'  "{j.quote.text}"' if j.quote else ""
        lines.append(f"  {j.verdict.value:12} {j.points:g}/{j.possible:g}  {j.criterion}{quote}")
    lines += [
        f'  misconception      {m.misconception}  "{m.quote.text if m.quote else ""}"'
        for m in grade.misconceptions
        if m.asserted
    ]
    note = "" if grade.judge.calibrated else " (uncalibrated)"
    lines += ["", grade.feedback, "", f"Judge: {grade.judge.model}{note}"]
    print("\n".join(lines))  # noqa: T201 - the command's output
