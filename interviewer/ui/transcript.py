"""A session as a mentor reads it, and the list of sessions, as HTML (pure)."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from html import escape

from interviewer.overrides import Override
from interviewer.report import ItemReport
from interviewer.review import Line, Opened
from interviewer.turns import Said, Turn
from interviewer.types import Grade, Span, Verdict
from interviewer.ui.markup import marked, prose
from interviewer.ui.panels import run_result
from interviewer.ui.verdict_rows import (
    WORDS,
    both_scores,
    criterion_row,
    misconception_row,
    score_of,
)

_LABELS = {
    Said.ASK: "Question",
    Said.TASK: "Code task",
    Said.FOLLOW_UP: "Follow-up",
    Said.REMARK: "Remark",
    Said.HINT: "Hint",
    Said.REVEAL: "Model answer",
}
_EVENTS = {
    Said.SKIP: "skipped",
    Said.PAUSE: "paused",
    Said.RESUME: "went on",
    Said.FINISH: "finished",
    Said.REOPEN: "opened again",
    Said.DISAGREE: "disagrees with the verdicts",
}


def sessions(lines: Sequence[Line]) -> str:
    """The sessions, each with a way to open it."""
    if not lines:
        return '<div id="sessions"><p class="quiet">No interview has been held yet.</p></div>'
    head = "<th>Started (UTC)</th><th>Mode</th><th>Questions</th><th>Score</th><th></th><th></th>"
    rows = "".join(_line(line) for line in lines)
    return f'<div id="sessions"><table><tr>{head}</tr>{rows}</table></div>'


def _line(line: Line) -> str:
    shown = line.report
    notes = ["disputed"] if line.disputed else []
    notes += ["not all judged"] if line.unscored else []
    notes += [f"{line.overridden} changed by a mentor"] if line.overridden else []
    titles = ", ".join(item.heading for item in shown.items)
    score = both_scores(shown.score, shown.machine_score, overridden=shown.overridden)
    return (
        f'<tr data-session="{escape(shown.session)}"><td>{_time(shown.started)}</td>'
        f"<td>{shown.mode}{'' if shown.finished else ', going on'}</td><td>{escape(titles)}</td>"
        f"<td>{score}</td><td>{', '.join(notes)}</td>"
        f'<td><a href="?session={escape(shown.session)}">open</a></td></tr>'
    )


def transcript(opened: Opened) -> str:
    """All of a session: what was said, the verdicts on it, the code and its checks."""
    shown = opened.report
    score = both_scores(shown.score, shown.machine_score, overridden=shown.overridden)
    head = (
        f'<div class="head"><span>{_time(shown.started)} UTC · {shown.mode}'
        f'{"" if shown.finished else " · going on"}</span><span class="score">{score}</span></div>'
    )
    items = "".join(_item(item, opened) for item in shown.items)
    return (
        f'<div id="transcript" data-session="{escape(shown.session)}">{head}{items}'
        f"{_log(opened)}</div>"
    )


def _item(item: ItemReport, opened: Opened) -> str:
    found = item.reviewed
    score = score_of(found) if found else item.status
    turns = "".join(
        _turn(turn, item, opened) for turn in opened.state.turns if turn.item == item.item
    )
    head = f'<div class="head"><span>{escape(item.heading)}</span><span>{score}</span></div>'
    return (
        f'<section data-item="{escape(item.item)}">{head}<div class="talk">{turns}</div>'
        f"<ul>{''.join(_rows(item, opened.claims.get(item.item, {})))}</ul>{_judge(item)}</section>"
    )


def _rows(item: ItemReport, claims: Mapping[str, str]) -> Iterator[str]:
    found, said = item.reviewed, dict(item.statements)
    for j in found.grade.criteria if found else ():
        word = found.word("criterion", j.criterion) if found else None
        statement = f"{prose(said.get(j.criterion, ''))}<code>{escape(j.criterion)}</code>"
        yield criterion_row(j.criterion, j.verdict, j.possible, statement, j, word, detailed=True)
    for m in found.grade.misconceptions if found else ():
        claim = found.word("misconception", m.misconception) if found else None
        statement = (
            f"{prose(claims.get(m.misconception, ''))}<code>{escape(m.misconception)}</code>"
        )
        yield misconception_row(m, statement, claim, detailed=True)


def _judge(item: ItemReport) -> str:
    if item.grade is None:
        return ""
    judge = item.grade.judge
    note = "calibrated" if judge.calibrated else "uncalibrated"
    version = escape(item.grade.rubric_version[:12])
    return f'<p class="quiet">Judge: {escape(judge.model)} ({note}) · rubric {version}</p>'


def _turn(turn: Turn, item: ItemReport, opened: Opened) -> str:
    if turn.kind is Said.ANSWER:
        body = f'<div class="said">{marked(turn.text, _quotes(turn, item, opened))}</div>'
        return f'<div class="bubble user" data-testid="user">{body}</div>'
    if turn.kind is Said.CODE:
        run = opened.runs.get(turn.id)
        ended = f'<div class="run">{run_result(run)}</div>' if run else ""
        code = f"<pre>{escape(turn.text)}</pre>"
        return f'<div class="bubble user" data-testid="user">{code}</div>{ended}'
    if turn.kind in _EVENTS:
        note = f" “{escape(turn.text)}”" if turn.text else ""
        return f'<div class="event">The candidate {_EVENTS[turn.kind]}{note}</div>'
    label = f'<div class="label">{_LABELS[turn.kind]}</div>'
    return f'<div class="bubble bot" data-testid="bot">{label}{prose(turn.text)}</div>'


def _quotes(turn: Turn, item: ItemReport, opened: Opened) -> list[tuple[Span, str]]:
    """The quotes of the item's verdicts that lie in this answer, as offsets into it."""
    if item.grade is None or turn.id > opened.graded.get(item.item, 0):
        return []
    earlier = [t for t in opened.state.on(item.item, Said.ANSWER) if t.id < turn.id]
    at = sum(len(t.text) + 2 for t in earlier)  # joined by a blank line
    return [(Span(s.start - at, s.end - at, s.text), name) for s, name in _proofs(item.grade)]


def _proofs(grade: Grade) -> Iterator[tuple[Span, str]]:
    for j in grade.criteria:
        if j.quote and j.verdict is not Verdict.MISSING:
            yield j.quote, j.criterion
    for m in grade.misconceptions:
        if m.quote and m.asserted:
            yield m.quote, m.misconception


def _log(opened: Opened) -> str:
    """Every word of a mentor, the newest first; also those that stand no more."""
    if not opened.overrides:
        return ""
    rows = "".join(_logged(word) for word in reversed(opened.overrides))
    head = "<th>When (UTC)</th><th>Mentor</th><th>On</th><th>Change</th><th>Why</th><th>Rubric</th>"
    return (
        '<div id="override-log"><h3>What mentors changed</h3>'
        f"<table><tr>{head}</tr>{rows}</table></div>"
    )


def _logged(word: Override) -> str:
    now = "the judge’s again" if word.verdict not in WORDS else WORDS[word.verdict][1]
    cells = (
        _time(word.at),
        escape(word.mentor),
        escape(word.name),
        f"{WORDS[word.machine][1]} → {now}",
        escape(word.reason),
        escape(word.rubric_version[:12]),
    )
    return f"<tr>{''.join(f'<td>{cell}</td>' for cell in cells)}</tr>"


def _time(at: float) -> str:
    return f"{datetime.fromtimestamp(at, UTC):%Y-%m-%d %H:%M}"
