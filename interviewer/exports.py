"""A report as Markdown, JSON or one HTML page (pure). What a candidate wrote is escaped in HTML."""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict
from html import escape
from typing import TYPE_CHECKING, Any

from interviewer.errors import InputError

if TYPE_CHECKING:  # the report writes itself through this module
    from interviewer.overrides import Override
    from interviewer.report import ItemReport, Report

FORMATS = ("md", "json", "html")
_MARKS = {"covered": "✓", "partial": "◐", "missing": "○", "contradicted": "✗", "unscored": "?"}
_STYLE = (
    "body{font:16px/1.5 system-ui,sans-serif;max-width:46rem;margin:2rem auto;padding:0 1rem}"
    "pre{background:#f5f5f5;padding:.8rem;white-space:pre-wrap}"
    "blockquote{border-left:3px solid #999;margin-left:0;padding-left:1rem;white-space:pre-wrap}"
)


def write(report: "Report", format: str) -> str:
    """The report in one of FORMATS. Raises InputError."""
    if format == "md":
        return _markdown(report)
    if format == "json":
        return json.dumps(to_dict(report), ensure_ascii=False, indent=2) + "\n"
    if format == "html":
        return _html(report)
    raise InputError(f"found format {format!r}, expected one of {', '.join(FORMATS)}")


def statements(rubric: Mapping[str, Any] | None) -> dict[str, str]:
    """What each criterion and misconception of a stored rubric says."""
    if rubric is None:
        return {}
    body = json.loads(rubric["body"])
    return {**body["criteria"], **body["misconceptions"]}


def to_dict(report: "Report") -> dict[str, Any]:
    """All of the report, as JSON takes it."""
    return {
        "session": report.session,
        "mode": report.mode,
        "started": report.started,
        "finished": report.finished,
        "score": report.score,
        "coverage": report.coverage,
        "machine_score": report.machine_score,
        "warm_up_score": report.warm_up_score,
        "items": [_item_dict(item) for item in report.items],
    }


def _item_dict(item: "ItemReport") -> dict[str, Any]:
    """An item; candidates read this, so the mentors' login names are left out."""
    words = [{k: v for k, v in asdict(w).items() if k != "mentor"} for w in item.overrides]
    return {**asdict(item), "statements": dict(item.statements), "overrides": words}


def warm_up_line(report: "Report") -> str:
    """How the warm-up went, in words; empty when there was none."""
    count = len(report.warm_ups)
    questions = "1 question" if count == 1 else f"{count} questions"
    score = shown_score(report.warm_up_score)
    return f"Warm-up: {score}, {questions}, not in the score." if count else ""


def _score_line(report: "Report") -> str:
    return _both(report.score, report.machine_score, overridden=report.overridden)


def _both(counts: float | None, machine: float | None, *, overridden: bool) -> str:
    note = f", with a mentor's word; the judge: {shown_score(machine)}" if overridden else ""
    return f"{shown_score(counts)}{note}"


def _item_score(item: "ItemReport") -> str:
    found = item.reviewed
    if found is None:
        return shown_score(None)
    counts, machine = found.grade.score.value, found.machine.score.value
    return _both(counts, machine, overridden=bool(found.standing))


def _mentor(word: "Override | None") -> str:
    """What a mentor said of a verdict, in plain text."""
    if word is None:
        return ""
    return f" — by a mentor; the judge said {word.machine}. {' '.join(word.reason.split())}"


def shown_score(value: float | None) -> str:
    """A score for people."""
    return "not scored" if value is None else f"{value:.0f} / 100"


def _markdown(report: "Report") -> str:
    return "\n".join(_lines(report)) + "\n"


def _lines(report: "Report") -> Iterator[str]:
    yield f"# Interview {report.session}"
    yield ""
    yield f"Mode: {report.mode}. Score: {_score_line(report)}, over {report.coverage:.0%} of "
    yield f"{len(report.counted)} questions."
    if report.warm_ups:
        yield from ("", warm_up_line(report))
    for item in report.items:
        yield from ("", f"## {item.heading}", "", item.question)
        yield from _answered(item)
        yield from _judged(item)
        yield from _coded(item)


def _answered(item: "ItemReport") -> Iterator[str]:
    if item.answer:
        yield from ("", f"Answer ({_item_score(item)}):")
        yield from ("", *(f"> {line}" for line in _quoted(item.answer)))
    else:
        yield from ("", f"Not answered ({item.status}).")
    if item.hints:
        yield from ("", f"Hints used: {item.hints}.")
    if item.late:
        yield from ("", "Answered after the time was up.")


def _quoted(text: str) -> list[str]:
    """Lines of a candidate's text that no Markdown viewer takes for markup."""
    return [re.sub(r"([\\`*_\[\]!<>#|&])", r"\\\1", line) for line in text.splitlines()]


def _judged(item: "ItemReport") -> Iterator[str]:
    if item.grade is None:
        return
    yield ""
    yield from (f"- {line}" for line in _verdicts(item, lambda t: " ".join(_quoted(t))))
    judge = item.grade.judge
    note = "calibrated" if judge.calibrated else "uncalibrated"
    if item.overrides:
        yield from ("", "The judge's feedback, before a mentor changed a verdict:")
    yield from ("", item.grade.feedback, "", f"Judge: {judge.model} ({note}).")
    if item.reference:
        yield from ("", "Model answer:", "", item.reference)


def _coded(item: "ItemReport") -> Iterator[str]:
    if not item.code:
        return
    fence = "`" * (2 + max((len(m) for m in re.findall("`+", item.code)), default=1))
    yield from ("", "Code:", "", f"{fence}python", item.code, fence)
    for run in item.runs[-1:]:
        yield from ("", f"Run: {run.verdict}", "")
        for check in run.checks:
            yield f"- {check.verdict} {check.name}: {check.sentence or check.message}"


def _html(report: "Report") -> str:
    parts = [f"<h1>Interview</h1><p>Score: {escape(_score_line(report))}, mode {report.mode}"]
    parts += [f"<p>{warm_up_line(report)}</p>"] if report.warm_ups else []
    for item in report.items:
        parts.append(f"<h2>{escape(item.heading)}</h2><p>{escape(item.question)}</p>")
        score = escape(_item_score(item))
        parts.append(
            f"<p>{score}</p><blockquote>{escape(item.answer)}</blockquote>"
            if item.answer
            else f"<p>Not answered ({item.status}).</p>"
        )
        rest = [line for line in (*_verdicts(item, str), *_run_plain(item))]
        parts.append(f"<ul>{''.join(f'<li>{escape(line)}</li>' for line in rest)}</ul>")
        if item.code:
            parts.append(f"<pre>{escape(item.code)}</pre>")
        if item.reference:
            parts.append(f"<h3>Model answer</h3><p>{escape(item.reference)}</p>")
    head = f"<meta charset='utf-8'><title>Interview</title><style>{_STYLE}</style>"
    return f"<!doctype html><html lang='en'><head>{head}</head><body>{''.join(parts)}</body></html>"


def _verdicts(item: "ItemReport", shown: Callable[[str], str]) -> Iterator[str]:
    """One line a verdict; what people wrote goes through `shown`."""
    found = item.reviewed
    for j in found.grade.criteria if found else ():
        said = item.statements.get(j.criterion, j.criterion)
        proof = f" — “{shown(j.quote.text)}”" if j.quote else ""
        word = shown(_mentor(found.word("criterion", j.criterion))) if found else ""
        mark = f"{_MARKS[j.verdict]} {j.verdict}"
        yield f"{mark} ({j.points:g} of {j.possible:g}): {said}{proof}{word}"
    for m in found.grade.misconceptions if found else ():
        claim = found.word("misconception", m.misconception) if found else None
        if m.asserted or claim:
            mark = "✗ misconception" if m.asserted else "– no misconception"
            said = item.statements.get(m.misconception, "")
            yield f"{mark} ({m.points if m.asserted else 0:g}): {said}{shown(_mentor(claim))}"


def _run_plain(item: "ItemReport") -> Iterator[str]:
    for run in item.runs[-1:]:
        yield f"Run: {run.verdict}"
        for check in run.checks:
            yield f"{check.verdict} {check.name}: {check.sentence or check.message}"
