"""Verdicts, checks, clock and report as HTML (pure)."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from html import escape

from interviewer.exports import shown_score, warm_up_line
from interviewer.interview import deadline
from interviewer.report import ItemReport, Report
from interviewer.turns import Said
from interviewer.types import (
    Criterion,
    Grade,
    Item,
    Judgement,
    RunResult,
    RunVerdict,
    Span,
    Verdict,
)
from interviewer.ui.markup import marked, prose
from interviewer.ui.plots import plots
from interviewer.ui.verdict_rows import (
    both_scores,
    criterion_row,
    misconception_rows,
    score_of,
)
from interviewer.ui.view import View
from interviewer.unknown_names import SAID

_ENDINGS = {
    RunVerdict.ACCEPTED: "all checks pass",
    RunVerdict.WRONG_ANSWER: "wrong answer",
    RunVerdict.RUNTIME_ERROR: "raised an error",
    RunVerdict.TIME_LIMIT: "took too long",
    RunVerdict.MEMORY_LIMIT: "used too much memory",
    RunVerdict.OUTPUT_LIMIT: "printed too much",
    RunVerdict.COMPILE_ERROR: "is not valid Python",
    RunVerdict.SECURITY_VIOLATION: "tried something that is not allowed",
    RunVerdict.INTERNAL_ERROR: "could not be run: our failure, not yours",
    RunVerdict.OK: "ended normally",
}
_LACKING = (RunVerdict.WRONG_ANSWER, RunVerdict.RUNTIME_ERROR, RunVerdict.COMPILE_ERROR)


def verdicts(view: View) -> str:
    """The criteria of the item answered last, each with its verdict and the words that prove it."""
    return f'<div id="verdicts">{_verdicts(view)}</div>'


def _verdicts(view: View) -> str:
    slug = view.focus
    rubric, item = view.rubrics.get(slug), view.items.get(slug)
    if rubric is None or item is None:
        return '<p class="quiet">This question has no rubric.</p>'
    if not view.open_feedback:
        return '<p class="quiet">Mock interview: verdicts are shown at the end.</p>'
    answers = view.state.on(slug, Said.ANSWER)
    if not answers:
        return f'<p class="quiet">{len(rubric.criteria)} key points wait for your answer.</p>'
    found = view.grade(slug)
    judged = {j.criterion: j for j in found.grade.criteria} if found else {}
    pieces = view.progress[answers[-1].id].pieces if view.judging_item(slug) else ()
    judged |= {p.criterion: p for p in pieces if isinstance(p, Judgement)}
    rows = "".join(_criterion(c, judged.get(c.id), view, slug) for c in rubric.criteria)
    wrong = {m.id: m.correction or m.statement for m in rubric.misconceptions}
    rows += misconception_rows(found, wrong) if found and view.closed(slug) else ""
    head = f'<div class="head"><span>{escape(item.title)}</span>{_score(view, slug)}</div>'
    return f"{head}<ul>{rows}</ul>{_judge(view, slug)}"


def _score(view: View, slug: str) -> str:
    found = view.grade(slug)
    if found is None or view.judging_item(slug):
        return ""
    return f'<span class="score">{score_of(found)}</span>'


def _judge(view: View, slug: str) -> str:
    found = view.grade(slug)
    if found is None:
        return ""
    note = "" if found.grade.judge.calibrated else " · uncalibrated: take probabilities loosely"
    return f'<p class="quiet">Judge: {escape(found.grade.judge.model)}{note}</p>'


def _criterion(criterion: Criterion, judged: Judgement | None, view: View, slug: str) -> str:
    verdict = judged.verdict.value if judged else "waiting"
    told = view.closed(slug) or verdict == Verdict.COVERED
    statement = prose(criterion.statement) if told else '<div class="prose quiet">A key point</div>'
    found = view.grade(slug) if not view.judging_item(slug) else None
    word = found.word("criterion", criterion.id) if found else None
    return criterion_row(criterion.id, verdict, criterion.points, statement, judged, word)


def checks(view: View) -> str:
    """How the last submission on the current item ended."""
    codes = view.state.on(view.state.current, Said.CODE)
    run = view.runs.get(codes[-1].id) if codes else None
    body = run_result(run) + _starter(view, run) if run else ""
    return f'<div id="checks" aria-live="polite">{body}</div>'


def _starter(view: View, run: RunResult) -> str:
    """The task's starter, for code that lacks the entry or something that it reads."""
    entered = bool(run.checks) and run.checks[0].verdict is RunVerdict.ACCEPTED
    lacking = not entered or run.message.startswith(SAID)
    if not view.starter or run.verdict not in _LACKING or not lacking:
        return ""
    code = f"<pre>{escape(view.starter)}</pre>"
    return f'<details id="starter" open><summary>The task\'s starter</summary>{code}</details>'


def run_result(run: RunResult) -> str:
    """One run: its checks, what it printed, what it used."""
    rows = "".join(
        f'<li class="check" data-check="{escape(c.name)}" data-verdict="{c.verdict}"><b>{c.verdict}'
        f"</b> {escape(c.sentence or c.name)}{_detail(c.message)}</li>"
        for c in run.checks
    )
    out = f"<pre>{escape(run.stdout)}</pre>{plots(run.stdout)}" if run.stdout else ""
    err = f'<pre class="error">{escape(run.stderr)}</pre>' if run.stderr else ""
    peak = f" · {run.peak_bytes / 2**20:.0f} MiB" if run.peak_bytes else ""
    used = f"{run.seconds:.2f} s{peak}"
    ended = f"{run.verdict} · {_ENDINGS[run.verdict]}"
    head = (
        f'<div class="head" data-run-verdict="{run.verdict}"><b>{ended}</b>'
        f'<span class="quiet">{used}</span></div>{_detail(run.message)}'
    )
    return f"{head}<ul>{rows}</ul>{out}{err}"


def _detail(text: str) -> str:
    return f'<div class="detail">{escape(text)}</div>' if text else ""


def model_status(state: str, text: str) -> str:
    """Whether there is a judge, in words."""
    return f'<div id="model-status" data-state="{state}">{escape(text)}</div>'


def session_mark(session_id: str, mode: str = "") -> str:
    """Names the session for whoever looks from outside."""
    return f'<div id="session" data-id="{escape(session_id)}" data-mode="{escape(mode)}"></div>'


def clock(view: View, now: float) -> str:
    """The time left, painted by the page from the server's deadline and the server's time."""
    end = "" if view.state.finished else deadline(view.state) or ""
    text = "paused" if view.state.paused else ""
    if not view.state.session.minutes and not text:
        text = "no time limit"
    return f'<div id="clock" data-deadline="{end}" data-now="{now}">{text}</div>'


def report(shown: Report, items: Mapping[str, Item], note: str = "") -> str:
    """The finished session; `items` name what was not asked and give what was not judged.

    `note` is HTML on what is still to come.
    """
    both = both_scores(shown.score, shown.machine_score, overridden=shown.overridden)
    total = f'<div class="total">{both}</div>'
    scored = round(shown.coverage * len(shown.counted))
    base = f"{scored} of {len(shown.counted)} questions scored · {shown.mode}"
    warm = f'<p class="quiet" id="warm-up-score">{warm_up_line(shown)}</p>'
    note = (warm if shown.warm_ups else "") + note
    links = "".join(
        f'<a href="/export/{shown.session}.{ext}" download>{name}</a>'
        for ext, name in (("md", "Markdown"), ("json", "JSON"), ("html", "Print page"))
    )
    parts = "".join(_report_item(item, items.get(item.item)) for item in shown.items)
    return (
        f'<div id="report"><div class="summary">{total}<p class="quiet">{base}</p>{note}'
        f'<p class="links">{links}</p></div>{parts}</div>'
    )


def history(reports: Sequence[Report]) -> str:
    """An owner's sessions, the newest first, each with a way back to it."""
    if not reports:
        return '<div id="history"></div>'
    rows = "".join(
        f"<tr><td>{datetime.fromtimestamp(r.started, UTC):%Y-%m-%d %H:%M}</td><td>{r.mode}</td>"
        f"<td>{len(r.counted)}</td><td>{_history_score(r)}</td>"
        f'<td><a href="/?session={r.session}">{"report" if r.finished else "go on"}</a></td></tr>'
        for r in reports
    )
    head = "<tr><th>Started (UTC)</th><th>Mode</th><th>Questions</th><th>Score</th><th></th></tr>"
    return f'<div id="history"><h3>Your sessions</h3><table>{head}{rows}</table></div>'


def _history_score(shown: Report) -> str:
    hidden = shown.mode == "mock" and not shown.finished
    mark = " *" if shown.overridden else ""
    return "at the end" if hidden else f"{shown_score(shown.score)}{mark}"


def _report_item(item: ItemReport, known: Item | None) -> str:
    shown = replace(item, title=known.title) if known else item  # of one not asked only its slug
    head = (
        f'<div class="head"><span>{escape(shown.heading)}</span><span>{_result(item)}</span></div>'
    )
    reference = item.reference or (known.reference if known else "")
    key = f"<details><summary>Model answer</summary>{prose(reference)}</details>"
    runs = run_result(item.runs[-1]) if item.runs else ""
    body = f"{prose(item.question)}{_report_answer(item)}{_report_verdicts(item)}{runs}"
    body += key if reference and item.status != "new" else ""
    return f'<section data-item="{escape(item.item)}">{head}{body}</section>'


def _result(item: ItemReport) -> str:
    if item.reviewed:
        return score_of(item.reviewed)
    if item.answer:
        return "answered, no verdict yet"
    return {"new": "not asked", "open": "not answered"}.get(item.status, item.status)


def _report_answer(item: ItemReport) -> str:
    quotes = [(quote, "") for quote in _proofs(item.grade)] if item.grade else []
    answer = f"<blockquote>{marked(item.answer, quotes)}</blockquote>" if item.answer else ""
    notes = [f"{item.hints} hint{'s' if item.hints > 1 else ''} used"] if item.hints else []
    notes += ["after the time was up"] if item.late else []
    notes += ["you disagree: a mentor will look"] if item.disputed and not item.overrides else []
    return answer + (f'<p class="quiet">{", ".join(notes)}</p>' if notes else "")


def _proofs(grade: Grade) -> list[Span]:
    found = [j.quote for j in grade.criteria if j.verdict is not Verdict.MISSING]
    found += [m.quote for m in grade.misconceptions if m.asserted]
    return [quote for quote in found if quote]


def _report_verdicts(item: ItemReport) -> str:
    if item.reviewed is None:
        return ""
    said, found = dict(item.statements), item.reviewed
    rows = "".join(
        criterion_row(
            j.criterion,
            j.verdict,
            j.possible,
            prose(said.get(j.criterion, "")),
            j,
            found.word("criterion", j.criterion),
        )
        for j in found.grade.criteria
    )
    return f"<ul>{rows}{misconception_rows(found, said)}</ul>"
