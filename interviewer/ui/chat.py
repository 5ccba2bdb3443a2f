"""The conversation as HTML (pure)."""

from collections.abc import Iterator
from html import escape

from interviewer.overrides import Reviewed
from interviewer.turns import Said, Turn
from interviewer.types import Span
from interviewer.ui.closing import after_the_last
from interviewer.ui.markup import marked, prose
from interviewer.ui.verdict_rows import score_of
from interviewer.ui.view import View

_BOT = (Said.ASK, Said.TASK, Said.FOLLOW_UP, Said.REMARK, Said.HINT, Said.REVEAL)
_LABELS = {
    Said.TASK: "Code task",
    Said.FOLLOW_UP: "Follow-up",
    Said.REVEAL: "Model answer",
}
_EVENTS = {
    Said.SKIP: "Skipped: not counted in the average.",
    Said.PAUSE: "Paused. The clock stands still.",
    Said.RESUME: "Going on.",
    Said.FINISH: "Session finished.",
    Said.REOPEN: "Session opened again.",
    Said.DISAGREE: "Your disagreement is stored for a mentor.",
}


def chat(view: View) -> str:
    """All that was said, oldest first; `data-busy` while the interviewer is at work."""
    busy = "true" if view.judging or view.running else "false"
    bubbles = "".join(_bubbles(view))
    label = 'role="log" aria-live="polite" aria-label="Conversation" tabindex="0"'
    return f'<div id="chat" data-busy="{busy}" {label}>{bubbles}{_working(view)}</div>'


def _bubbles(view: View) -> Iterator[str]:
    held = ""  # feedback comes after what the interviewer remarks on the answer
    for turn in view.state.turns:
        if turn.kind is not Said.REMARK:
            yield held
            held = ""
        yield _turn(view, turn)
        if turn.kind is Said.ANSWER:
            held = _after_answer(view, turn)
    yield held


def _turn(view: View, turn: Turn) -> str:
    if turn.kind is Said.ANSWER:
        return _user(_answer(view, turn))
    if turn.kind is Said.CODE:
        return _user(f"<pre>{escape(turn.text)}</pre>") + _after_code(view, turn)
    if turn.kind in _BOT:
        return _bot(prose(turn.text), _label(view, turn), turn.kind)
    note = f" “{escape(turn.text)}”" if turn.text else ""
    return f'<div class="event">{_EVENTS[turn.kind]}{note}</div>'


def _label(view: View, turn: Turn) -> str:
    if turn.kind is Said.ASK:
        session, item = view.state.session, view.items.get(turn.item)
        what = "Warm-up" if session.is_warm_up(turn.item) else "Question"
        number = session.number(turn.item).removeprefix("W")
        return f"{what} {number} · {item.title if item else turn.item}"
    if turn.kind is Said.HINT:
        item = view.items.get(turn.item)
        return f"Hint {turn.about}" + (f" of {len(item.hints)}" if item else "")
    return _LABELS.get(turn.kind, "")


def _answer(view: View, turn: Turn) -> str:
    return f'<div class="said">{marked(turn.text, _quotes(view, turn))}</div>'


def _quotes(view: View, turn: Turn) -> list[tuple[Span, str]]:
    """The quotes of the item's newest verdicts that lie in this turn, as offsets into it."""
    if not view.open_feedback:
        return []
    answers = view.state.on(turn.item, Said.ANSWER)
    at = sum(len(t.text) + 2 for t in answers if t.id < turn.id)  # joined by a blank line
    found = view.grade(turn.item)
    pieces = [*(found.grade.criteria if found else ()), *view.progress[answers[-1].id].pieces]
    return [
        (Span(p.quote.start - at, p.quote.end - at, p.quote.text), getattr(p, "criterion", ""))
        for p in pieces
        if p.quote and getattr(p, "verdict", None) != "missing" and getattr(p, "asserted", True)
    ]


def _after_answer(view: View, turn: Turn) -> str:
    if turn.id in view.grades:
        return _feedback(view, turn, view.grades[turn.id])
    if turn.id not in view.waiting:
        return ""
    if view.judge == "ready":
        failed = view.progress[turn.id].failed
        said = f"Saved, but it could not be judged: {failed} That is our failure." if failed else ""
    elif view.judge == "loading":
        said = "Saved. It will be judged as soon as the judge has loaded; you can go on."
    else:
        said = "Saved, not scored: no judge is running on this machine."
    return f'<div class="event">{escape(said)}</div>' if said else ""


def _feedback(view: View, turn: Turn, found: Reviewed) -> str:
    latest = view.state.on(turn.item, Said.ANSWER)[-1].id == turn.id
    if not (view.open_feedback and latest and view.closed(turn.item)):
        return ""
    item = view.items.get(turn.item)
    key = (
        f"<details><summary>Model answer</summary>{prose(item.reference)}</details>"
        if item and not view.state.on(turn.item, Said.REVEAL)
        else ""
    )
    score = f'<div class="score">{score_of(found)}</div>'
    older = '<p class="quiet">As the judge saw it, before a mentor changed a verdict:</p>'
    said = (older if found.standing else "") + prose(found.grade.feedback)
    return _bot(score + said + key, "Feedback", "feedback")


def _after_code(view: View, turn: Turn) -> str:
    run = view.runs.get(turn.id)
    if run is None:
        return ""
    passed = sum(c.verdict == "AC" for c in run.checks)
    checks = f" · {passed} of {len(run.checks)} checks passed" if run.checks else ""
    return f'<div class="event">Code run: <strong>{run.verdict}</strong>{checks}</div>'


def _working(view: View) -> str:
    if view.running:
        return '<div class="event working">Running your code</div>'
    if said := after_the_last(view):
        return f'<div class="event" id="still-judging">{escape(said)}</div>'
    if not view.judging:
        return ""
    said = next((p.remark for p in view.progress.values() if p.remark and not p.done), "")
    if said and view.state.session.mode != "mock":
        return _bot(prose(said), "", "remark")
    return '<div class="event working">Reading your answer</div>'


def _user(body: str) -> str:
    return f'<div class="bubble user" data-testid="user">{body}</div>'


def _bot(body: str, label: str, kind: str) -> str:
    head = f'<div class="label">{escape(label)}</div>' if label else ""
    return f'<div class="bubble bot {kind}" data-testid="bot">{head}{body}</div>'
