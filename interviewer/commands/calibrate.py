"""`calibrate [--out FILE]`: judges the tune samples with the model in use and fits on them."""

import argparse
import hashlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from tqdm import tqdm

from interviewer import agreement
from interviewer.calibration import Calibration, Logistic, fit_logistic, to_json
from interviewer.commands.common import ProgressBar, read_rows, say
from interviewer.content import Content, open_content
from interviewer.errors import InputError, ModelError
from interviewer.judge import (
    CRITERION_SIGNALS,
    MISCONCEPTION_SIGNALS,
    STATEMENT_SIGNALS,
    LlmJudge,
    Question,
)
from interviewer.parts import load_judge
from interviewer.prompts import PROMPT_HASH
from interviewer.settings import Settings
from interviewer.types import DECIDED, Judgement, MisconceptionJudgement, Sample

STRENGTH = 0.3  # of the fit: some hundred decisions, eight correlated signals
VERDICTS = tuple(verdict.value for verdict in DECIDED)
Line = dict[str, Any]


def add(parser: argparse.ArgumentParser) -> None:
    """The command's arguments."""
    parser.add_argument("--out", metavar="FILE", help="default: calibrations/ in INTERVIEWER_DATA")
    parser.add_argument("--limit", type=int, metavar="N", help="at most N samples of each item")


def run(args: argparse.Namespace, settings: Settings) -> int:
    """Collects signals (resumable), fits, prints figures on items left out, writes."""
    content = open_content(settings.bank, settings.data)
    judge = load_judge(settings, ProgressBar())[0]
    identity = judge.info.identity
    name = hashlib.sha256(f"{identity}/{PROMPT_HASH}".encode()).hexdigest()[:16]
    folder = settings.data / "calibrations"
    folder.mkdir(parents=True, exist_ok=True)
    lines = collect_signals(content, judge, folder / f"{name}.signals.jsonl", args.limit)
    out = Path(args.out) if args.out else folder / f"{name}.json"
    for line in left_out_figures(lines):
        say(line)
    note = f"fitted on {len(lines)} decisions of the bank's tune samples"
    out.write_text(to_json(fit(lines, identity, note)) + "\n", encoding="utf-8")
    say(f"{out}: written, {note}")
    return 0


def collect_signals(
    content: Content, judge: LlmJudge, store: Path, limit: int | None = None
) -> list[Line]:
    """One line per decision on a tune sample; those already in `store` are not judged again."""
    known = {
        row["key"]: row
        for _, row in (read_rows(str(store)) if store.exists() else ())
        if isinstance(row, dict)
    }
    lines: list[Line] = []
    for slug in content.slugs():
        item, rubric = content.item(slug), content.rubric(slug)
        for sample in tqdm(_tune_samples(content, slug, limit), desc=slug):
            key = hashlib.sha256(f"{item.reference}{rubric}{sample.text}".encode()).hexdigest()[:16]
            row = known.get(key)
            if row is None:
                steps = list(judge.judge(Question(item.stem, item.reference), rubric, sample.text))
                row = {"key": key, "signals": _signals(steps)}
                if not all(row["signals"].values()):
                    raise ModelError(f"{slug}/{sample.id}: the model failed; run it again")
                with store.open("a", encoding="utf-8") as file:
                    file.write("\n" + json.dumps(row) + "\n")  # apart from a torn line
            due: dict[str, str] = {c: v.value for c, v in sample.verdicts}
            due |= {
                m.id: "yes" if m.id in sample.misconceptions else "no"
                for m in rubric.misconceptions
            }
            lines += [
                {"item": slug, "sample": sample.id, "label": due[claim], "signals": signals}
                for claim, signals in row["signals"].items()
                if signals
            ]
    return lines


def _tune_samples(content: Content, slug: str, limit: int | None) -> list[Sample]:
    """The samples that may be tuned on, in an order that mixes the kinds, `limit` at most."""
    tune = [sample for sample in content.samples(slug) if not sample.held_out]
    return sorted(tune, key=lambda s: hashlib.sha256(s.id.encode()).hexdigest())[:limit]


def fit(lines: Sequence[Line], identity: str, note: str) -> Calibration:
    """The calibration of these decisions. Raises InputError when there are too few to fit."""
    criteria = [line for line in lines if line["label"] in VERDICTS]
    assertions = [line for line in lines if line["label"] in ("yes", "no")]
    if len({line["label"] for line in criteria}) < 2 or len({a["label"] for a in assertions}) < 2:
        raise InputError("the tune samples show a single verdict, expected several to fit on")
    return Calibration(
        model=identity,
        prompt=PROMPT_HASH,
        criteria=_fit(criteria, CRITERION_SIGNALS, VERDICTS),
        statements=_fit(criteria, STATEMENT_SIGNALS, VERDICTS),
        misconceptions=_fit(assertions, MISCONCEPTION_SIGNALS, ("no", "yes")),
        note=note,
    )


def left_out_figures(lines: Sequence[Line]) -> list[str]:
    """Agreement on each item by a calibration fitted on the others, both ways of reading."""
    items = sorted({line["item"] for line in lines})
    if len(items) < 2:
        return ["one item only: nothing to leave out"]
    fitted = {item: fit([x for x in lines if x["item"] != item], "", "") for item in items}
    due = [line for line in lines if line["label"] in VERDICTS]
    return [
        *_figures("with all wordings", due, {i: c.criteria for i, c in fitted.items()}),
        *_figures("by the statement alone", due, {i: c.statements for i, c in fitted.items()}),
    ]


def _figures(title: str, lines: Sequence[Line], fitted: Mapping[str, Logistic]) -> list[str]:
    found = [fitted[line["item"]].probabilities(line["signals"]) for line in lines]
    truth = [line["label"] == "covered" for line in lines]
    judged = [p["covered"] == max(p.values()) for p in found]
    covered = [p["covered"] for p in found]
    answers = [f"{line['item']}/{line['sample']}" for line in lines]
    figures = {
        "macro_f1": agreement.macro_f1(truth, judged),
        "kappa": agreement.kappa(truth, judged),
        "auc": agreement.auc(truth, covered),
        "auc_within": agreement.auc_within(answers, truth, covered),
        "brier": agreement.brier(truth, covered),
    }
    head = f"left out by item, {title}, n {len(truth)}:"
    return [head, *(f"  {k:10} {v:.3f}" for k, v in figures.items() if v is not None)]


def _fit(lines: Sequence[Line], features: Sequence[str], classes: Sequence[str]) -> Any:
    signals, labels = [x["signals"] for x in lines], [x["label"] for x in lines]
    return fit_logistic(signals, labels, features, classes, STRENGTH)


def _signals(steps: Sequence[Judgement | MisconceptionJudgement]) -> dict[str, dict[str, float]]:
    return {
        (s.criterion if isinstance(s, Judgement) else s.misconception): dict(s.signals)
        for s in steps
    }
