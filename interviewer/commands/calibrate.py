"""`calibrate [--out FILE]`: judges the tune samples with the model in use and fits on them."""

import argparse
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from tqdm import tqdm

from interviewer import agreement
from interviewer.calibration import (
    SIGNAL_GROUPS,
    Calibration,
    Logistic,
    fit_logistic,
    signal_group,
    to_json,
)
from interviewer.commands.common import ProgressBar, say, unseen_slugs
from interviewer.content import Content, open_content
from interviewer.errors import InputError, ModelError
from interviewer.judge import (
    CRITERION_SIGNALS,
    MISCONCEPTION_SIGNALS,
    STATEMENT_SIGNALS,
    LlmJudge,
    Question,
)
from interviewer.lessons import twin_groups
from interviewer.models.remembering import RememberingModel
from interviewer.parts import load_judge
from interviewer.prompts import PROMPT_HASH
from interviewer.settings import Settings
from interviewer.types import DECIDED, Judgement, MisconceptionJudgement, Sample

STRENGTH = 0.3  # of the fit: some hundred decisions, ten correlated signals
VERDICTS = tuple(verdict.value for verdict in DECIDED)
Line = dict[str, Any]


def add(parser: argparse.ArgumentParser) -> None:
    """The command's arguments."""
    parser.add_argument("--out", metavar="FILE", help="default: calibrations/ in INTERVIEWER_DATA")
    parser.add_argument("--limit", type=int, metavar="N", help="at most N samples of each item")


def run(args: argparse.Namespace, settings: Settings) -> int:
    """Collects signals (resumable), fits, prints figures on items left out, writes."""
    content = open_content(settings.bank, settings.data)
    judge, model = load_judge(settings, ProgressBar())
    name = hashlib.sha256(f"{model.identity}/{PROMPT_HASH}".encode()).hexdigest()[:16]
    folder = settings.data / "calibrations"
    folder.mkdir(parents=True, exist_ok=True)
    remembering = RememberingModel(model, folder / f"{name}.decisions.jsonl")
    asking = judge.with_model(remembering, calibrated=False)
    lines = collect_signals(content, asking, args.limit)
    out = Path(args.out) if args.out else folder / f"{name}.json"
    for signal in ("", *SIGNAL_GROUPS):
        for title, figures in left_out(without(lines, signal)).items():
            say(f"left out by item, {title}{f', without {signal}' if signal else ''}:")
            for key, value in figures.items():
                say(f"  {key:22} {value:.3f}")
    note = f"fitted on {len(lines)} decisions on tune samples of items kept for calibration"
    fitted = replace(fit(lines, model.identity, note), reader=judge.info.reader)
    out.write_text(to_json(fitted) + "\n", encoding="utf-8")
    say(f"{out}: written, {note}")
    return 0


def collect_signals(content: Content, judge: LlmJudge, limit: int | None = None) -> list[Line]:
    """One line per decision on a tune sample of the items that the reader was not trained on."""
    lines: list[Line] = []
    for slug in unseen_slugs(content):
        item, rubric = content.item(slug), content.rubric(slug)
        twins = _twins(content.samples(slug))
        for sample in tqdm(_tune_samples(content, slug, limit), desc=slug):
            steps = list(judge.judge(Question(item.stem, item.reference), rubric, sample.text))
            found = _signals(steps)
            if not all(found.values()):
                raise ModelError(f"{slug}/{sample.id}: the model failed; run it again")
            due: dict[str, str] = {c: v.value for c, v in sample.verdicts}
            due |= {
                m.id: "yes" if m.id in sample.misconceptions else "no"
                for m in rubric.misconceptions
            }
            about = {"item": slug, "sample": sample.id, "kind": sample.kind}
            lines += [
                {
                    **about,
                    "pair": f"{slug}/{twins[sample.id]}/{claim}",
                    "label": due[claim],
                    "signals": signals,
                }
                for claim, signals in found.items()
            ]
    return lines


def _twins(samples: Sequence[Sample]) -> dict[str, str]:
    """What stands for a sample and its twins, the same for all of them."""
    return {each.id: group[0].id for group in twin_groups(samples) for each in group}


def _tune_samples(content: Content, slug: str, limit: int | None) -> list[Sample]:
    """The samples that may be tuned on, in an order that mixes the kinds, `limit` at most.

    Twins stand side by side.
    """
    tune = [sample for sample in content.samples(slug) if not sample.held_out]
    twins = _twins(tune)
    return sorted(tune, key=lambda s: hashlib.sha256(twins[s.id].encode()).hexdigest())[:limit]


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


def without(lines: Sequence[Line], group: str) -> list[Line]:
    """The decisions without the signals of a group; all of them where it is empty."""
    return [
        {**line, "signals": {k: v for k, v in line["signals"].items() if signal_group(k) != group}}
        for line in lines
    ]


def left_out(lines: Sequence[Line]) -> dict[str, dict[str, float]]:
    """Agreement on each item by a calibration fitted on the others, for both ways of reading.

    Empty when there is one item only.
    """
    items = sorted({line["item"] for line in lines})
    if len(items) < 2:
        return {}
    fitted = {item: fit([x for x in lines if x["item"] != item], "", "") for item in items}
    due = [line for line in lines if line["label"] in VERDICTS]
    return {
        "with all wordings": _figures(due, {i: c.criteria for i, c in fitted.items()}),
        "by the statement alone": _figures(due, {i: c.statements for i, c in fitted.items()}),
    }


def _figures(lines: Sequence[Line], fitted: Mapping[str, Logistic]) -> dict[str, float]:
    found = [fitted[line["item"]].probabilities(line["signals"]) for line in lines]
    truth = [line["label"] == "covered" for line in lines]
    judged = [p["covered"] == max(p.values()) for p in found]
    covered = [p["covered"] for p in found]
    answers = [f"{line['item']}/{line['sample']}" for line in lines]
    figures = {
        "n": float(len(truth)),
        "macro_f1": agreement.macro_f1(truth, judged),
        "kappa": agreement.kappa(truth, judged),
        "auc": agreement.auc(truth, covered),
        "auc_within": agreement.auc_within(answers, truth, covered),
        "auc_twins": agreement.auc_within([line["pair"] for line in lines], truth, covered),
        "brier": agreement.brier(truth, covered),
        "ece": agreement.expected_calibration_error(truth, covered),
        **_credited(lines, judged),
    }
    return {key: value for key, value in figures.items() if value is not None}


def _credited(lines: Sequence[Line], judged: Sequence[bool]) -> dict[str, float | None]:
    """How many of the criteria that an answer doesn't cover were taken as covered."""
    uncovered = [(x, j) for x, j in zip(lines, judged, strict=True) if x["label"] != "covered"]
    missing = [j for x, j in uncovered if x["label"] == "missing"]
    contradicted = [j for x, j in uncovered if x["label"] == "contradicted"]
    in_wrong = [j for x, j in uncovered if x["kind"] == "wrong"]
    return {
        "credited_missing": agreement.mean(missing),
        "credited_contradicted": agreement.mean(contradicted),
        "credited_in_wrong": agreement.mean(in_wrong),
    }


def _fit(lines: Sequence[Line], features: Sequence[str], classes: Sequence[str]) -> Any:
    signals, labels = [x["signals"] for x in lines], [x["label"] for x in lines]
    return fit_logistic(signals, labels, features, classes, STRENGTH)


def _signals(steps: Sequence[Judgement | MisconceptionJudgement]) -> dict[str, dict[str, float]]:
    return {
        (s.criterion if isinstance(s, Judgement) else s.misconception): dict(s.signals)
        for s in steps
    }
