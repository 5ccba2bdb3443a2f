"""A report as Markdown, JSON or one HTML page (pure). What a candidate wrote is escaped in HTML."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from html import escape
from typing import TYPE_CHECKING, Any

from interviewer.errors import InputError

if TYPE_CHECKING:  # the report writes itself through this module
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
        "items": [{**asdict(item), "statements": dict(item.statements)} for item in report.items],
    }


def shown_score(value: float | None) -> str:
    """A score for people."""
    return "not scored" if value is None else f"{value:.0f} / 100"


def _markdown(report: "Report") -> str:
    return "\n".join(_lines(report)) + "\n"


def _lines(report: "Report") -> Iterator[str]:
    yield f"# Interview {report.session}"
    yield ""
    yield f"Mode: {report.mode}. Score: {shown_score(report.score)}, over {report.coverage:.0%} of "
    yield f"{len(report.items)} questions."
    for item in report.items:
        yield from ("", f"## {item.title}", "", item.question)
        yield from _answered(item)
        yield from _judged(item)
        yield from _coded(item)


def _answered(item: "ItemReport") -> Iterator[str]:
    if item.answer:
        yield from ("", f"Answer ({shown_score(item.grade.score.value if item.grade else None)}):")
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
    for j in item.grade.criteria:
        said = item.statements.get(j.criterion, j.criterion)
        proof = f" — “{' '.join(_quoted(j.quote.text))}”" if j.quote else ""
        yield f"- {_MARKS[j.verdict]} {j.verdict} ({j.points:g} of {j.possible:g}): {said}{proof}"
    for m in item.grade.misconceptions:
        if m.asserted:
            yield f"- ✗ misconception ({m.points:g}): {item.statements.get(m.misconception, '')}"
    judge = item.grade.judge
    note = "calibrated" if judge.calibrated else "uncalibrated"
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
    parts = [f"<h1>Interview</h1><p>Score: {escape(shown_score(report.score))}, mode {report.mode}"]
    for item in report.items:
        parts.append(f"<h2>{escape(item.title)}</h2><p>{escape(item.question)}</p>")
        score = shown_score(item.grade.score.value if item.grade else None)
        parts.append(
            f"<p>{score}</p><blockquote>{escape(item.answer)}</blockquote>"
            if item.answer
            else f"<p>Not answered ({item.status}).</p>"
        )
        rest = [line for line in (*_judged_plain(item), *_run_plain(item))]
        parts.append(f"<ul>{''.join(f'<li>{escape(line)}</li>' for line in rest)}</ul>")
        if item.code:
            parts.append(f"<pre>{escape(item.code)}</pre>")
        if item.reference:
            parts.append(f"<h3>Model answer</h3><p>{escape(item.reference)}</p>")
    head = f"<meta charset='utf-8'><title>Interview</title><style>{_STYLE}</style>"
    return f"<!doctype html><html lang='en'><head>{head}</head><body>{''.join(parts)}</body></html>"


def _judged_plain(item: "ItemReport") -> Iterator[str]:
    for j in item.grade.criteria if item.grade else ():
        said = item.statements.get(j.criterion, j.criterion)
        proof = f" — “{j.quote.text}”" if j.quote else ""
        yield f"{_MARKS[j.verdict]} {j.verdict} ({j.points:g} of {j.possible:g}): {said}{proof}"


def _run_plain(item: "ItemReport") -> Iterator[str]:
    for run in item.runs[-1:]:
        yield f"Run: {run.verdict}"
        for check in run.checks:
            yield f"{check.verdict} {check.name}: {check.sentence or check.message}"
