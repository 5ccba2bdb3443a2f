"""`evaluate [FILE.jsonl | --attacks] [--json] [--out FILE] [--limit N --seed S] [--without S]`."""

import argparse
import hashlib
import json
import random
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from tqdm import tqdm

from interviewer.calibration import SIGNAL_GROUPS
from interviewer.commands.attack_suite import attack_lines, attack_suite
from interviewer.commands.common import (
    ProgressBar,
    print_json,
    read_rows,
    say,
    unseen_slugs,
)
from interviewer.content import Content, open_content
from interviewer.errors import InputError
from interviewer.evaluation import Judged, Table, table
from interviewer.injections import injection_table
from interviewer.judge import LlmJudge, Question
from interviewer.labelled import Labelled, labelled_answers
from interviewer.parts import load_judge
from interviewer.score import score_judgements
from interviewer.settings import Settings
from interviewer.types import Judgement, MisconceptionJudgement, Verdict


def add(parser: argparse.ArgumentParser) -> None:
    """The command's arguments."""
    parser.add_argument(
        "file", nargs="?", help="labelled JSON lines; without it, the bank's held-out samples"
    )
    parser.add_argument(
        "--attacks", action="store_true", help="attacks on the judge; --limit counts attacks"
    )
    parser.add_argument("--json", action="store_true", help="JSON on standard output")
    parser.add_argument("--out", metavar="FILE", help="every verdict; an interrupted run resumes")
    parser.add_argument("--limit", type=int, metavar="N", help="about N answers, whole questions")
    parser.add_argument("--seed", type=int, default=0, help="which questions --limit draws")
    parser.add_argument("--without", choices=SIGNAL_GROUPS, help="leave a signal out")


def run(args: argparse.Namespace, settings: Settings) -> int:
    """Judges every answer of the file and prints the table."""
    content = open_content(settings.bank, settings.data)
    if args.attacks:
        return _run_attacks(args, settings, content)
    answers = list(_from_file(args.file, content) if args.file else held_out(content))
    if not answers:
        raise InputError(f"{args.file or 'the bank'}: no labelled answer found")
    if args.limit:
        answers = _drawn(answers, args.limit, args.seed)
    rows, judge = _judged_rows(args, settings, sorted(answers, key=lambda a: a.group))
    return _give(args, table(rows, judge), _lines)


def _run_attacks(args: argparse.Namespace, settings: Settings, content: Content) -> int:
    """Judges the attack suite and prints its table."""
    if args.file:
        raise InputError(f"found {args.file} beside --attacks, expected one of them")
    tried = attack_suite(content, args.limit, args.seed)
    rows, judge = _judged_rows(args, settings, [trial.answer for trial in tried])
    return _give(args, injection_table(tried, rows) | {"judge": judge}, attack_lines)


def _give(args: argparse.Namespace, figures: Table, lines: Callable[[Table], list[str]]) -> int:
    if args.json:
        print_json(figures)
    else:
        print("\n".join(lines(figures)))  # noqa: T201 - the command's output
    return 0


def _judged_rows(
    args: argparse.Namespace, settings: Settings, answers: list[Labelled]
) -> tuple[list[Judged], dict[str, Any]]:
    """A row for each answer, and what judged them; answers that `--out` has aren't judged again."""
    without = frozenset([args.without]) if args.without else frozenset()
    judge = load_judge(settings, ProgressBar(), without)[0]
    info = judge.info
    run_id = "/".join((info.identity, info.prompt, info.calibration, *sorted(without)))
    known = _known(args.out, run_id)
    rows = []
    for answer in tqdm(answers, desc="answers"):
        key = _key(answer)
        line = known.get(key) or {"run": run_id, "key": key} | _judged(judge, answer)
        if args.out and key not in known:
            with Path(args.out).open("a", encoding="utf-8") as file:
                file.write(json.dumps(line, ensure_ascii=False) + "\n")
        known[key] = line
        rows.append(_row(answer, line))
    return rows, {
        "model": info.model,
        "identity": info.identity,
        "calibrated": info.calibrated,
        "reader": info.reader,
        "without": args.without,
    }


def held_out(content: Content) -> Iterator[Labelled]:
    """Held-out samples of the items that the reader was not trained on: no part saw any of them."""
    for slug in unseen_slugs(content):
        item, rubric = content.item(slug), content.rubric(slug)
        for sample in content.samples(slug):
            if sample.held_out:
                yield Labelled(
                    slug,
                    item.stem,
                    item.reference,
                    rubric,
                    sample.text,
                    sample.kind,
                    sample.verdicts,
                    sample.misconceptions,
                    sample.score,
                )


def _from_file(path: str, content: Content) -> Iterator[Labelled]:
    slugs = set(content.slugs())
    for number, row in read_rows(path):
        if isinstance(row, InputError):
            raise row
        slug = row.get("item")
        reference = content.item(slug).reference if slug in slugs else ""
        yield from labelled_answers(row, f"{path}:{number}", reference)


def _drawn(answers: list[Labelled], limit: int, seed: int) -> list[Labelled]:
    groups = sorted({a.group for a in answers})
    random.Random(seed).shuffle(groups)  # noqa: S311 - a draw of questions, not a secret
    drawn: list[Labelled] = []
    for group in groups:
        if len(drawn) >= limit:
            break
        drawn += [a for a in answers if a.group == group]
    return drawn


def _judged(judge: LlmJudge, answer: Labelled) -> dict[str, Any]:
    started = time.perf_counter()
    steps = list(
        judge.judge(Question(answer.question, answer.reference), answer.rubric, answer.answer)
    )
    criteria = [s for s in steps if isinstance(s, Judgement)]
    asserted = [s for s in steps if isinstance(s, MisconceptionJudgement)]
    return {
        "group": answer.group,
        "kind": answer.kind,
        "answer": answer.answer,
        "criteria": [
            {
                "id": j.criterion,
                "label": dict(answer.labels).get(j.criterion),
                "verdict": j.verdict.value,
                "probability": j.probability,
                "quote": j.quote.text if j.quote else None,
                "signals": dict(j.signals),
            }
            for j in criteria
        ],
        "misconceptions": [
            {"id": m.misconception, "asserted": m.asserted, "probability": m.probability}
            for m in asserted
        ],
        "score": score_judgements(criteria, asserted).value,
        "seconds": time.perf_counter() - started,
    }


def _row(answer: Labelled, line: dict[str, Any]) -> Judged:
    criteria = line["criteria"]
    return Judged(
        answer=line["key"],
        group=answer.group,
        kind=answer.kind,
        truth=tuple(label for _, label in answer.labels),
        verdicts=tuple(Verdict(c["verdict"]) for c in criteria),
        probabilities=tuple(c["probability"] or 0.0 for c in criteria),
        score=None if line["score"] is None else line["score"] / 100,
        human_score=None if answer.score is None else answer.score / answer.max_score,
        seconds=line["seconds"],
    )


def _key(answer: Labelled) -> str:
    text = "\x1e".join((answer.question, answer.reference, answer.rubric.version, answer.answer))
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _known(out: str | None, run_id: str) -> dict[str, dict[str, Any]]:
    """What an earlier run of the same judge wrote to `out`."""
    if not out or not Path(out).exists():
        return {}
    if not Path(out).read_bytes().endswith(b"\n"):  # torn: what follows begins a line of its own
        with Path(out).open("a", encoding="utf-8") as file:
            file.write("\n")
    lines = [row for _, row in read_rows(out) if isinstance(row, dict)]
    known = {row["key"]: row for row in lines if row.get("run") == run_id}
    if known:
        say(f"{out}: {len(known)} answers are there already")
    return known


def _lines(figures: Table) -> list[str]:
    lines = [f"judge {figures['judge']['model']}, calibrated: {figures['judge']['calibrated']}"]
    for name, value in figures.items():
        if isinstance(value, int | float):
            interval = figures["ci"].get(name)
            shown = f"  [{interval[0]:.3f}, {interval[1]:.3f}]" if interval else ""
            lines.append(
                f"{name:20} {value:8.3f}{shown}"
                if isinstance(value, float)
                else f"{name:20} {value:8d}"
            )
    for kind, row in (figures["by_kind"] or {}).items():
        credited = "-" if row["credited"] is None else f"{row['credited']:.2f}"
        score = "-" if row["mean_score"] is None else f"{row['mean_score']:.0f}"
        lines.append(f"  {kind:12} n {row['n']:4d}  credited {credited}  mean score {score}")
    return lines
