"""What is said near the end of a session: what is still judged, and what Finish asks (pure)."""

from html import escape

from interviewer.interview import LAST, status
from interviewer.turns import Said
from interviewer.ui.view import View

_AGAIN = {
    True: "A finished mock interview stays finished: it cannot be opened again.",
    False: "You can open it again from the report and go on.",
}


def still_judging(view: View) -> str:
    """Whether answers wait for verdicts that will come, in words; empty when none does."""
    count = len(view.coming)
    if not count:
        return ""
    answers = "1 answer" if count == 1 else f"{count} answers"
    if view.judge == "loading":
        return f"{answers} will be judged as soon as the judge has loaded."
    return f"{answers} {'is' if count == 1 else 'are'} still being judged."


def after_the_last(view: View) -> str:
    """What really goes on once the last question was said to be over; empty when nothing does."""
    over = any(t.kind is Said.REMARK and t.text == LAST for t in view.state.turns)
    still = still_judging(view) if over else ""
    choice = "Wait here, or finish: the report fills in by itself."
    return f"{still} {choice}" if still else ""


def report_fills(view: View) -> str:
    """The same on the report, as HTML."""
    still = still_judging(view)
    said = f"{still} This report fills in by itself; you need not stay."
    return f'<p id="pending" role="status">{escape(said)}</p>' if still else ""


def finish_question(view: View) -> str:
    """What is to know before a session ends; the page shows `#unsent` while a draft is unsent."""
    items, state = view.state.session.items, view.state
    waiting = [slug for slug in items if status(state, slug) in ("new", "open")]
    left = [state.session.number(slug) for slug in waiting]
    said = [_unanswered(left, len(items)), _reported(view), _AGAIN[state.session.mode == "mock"]]
    body = "".join(f"<p>{escape(each)}</p>" for each in said if each)
    unsent = '<p id="unsent" hidden>What you have written but not sent is not counted.</p>'
    return f'<div id="finish-question"><h3>Finish this session?</h3>{body}{unsent}</div>'


def _unanswered(left: list[str], count: int) -> str:
    if not left:
        return ""
    numbers = ", ".join(left)
    if count == 1:
        return "The question is not answered yet."
    if len(left) == count:
        return "No question is answered yet."
    verb = "is" if len(left) == 1 else "are"
    return f"{len(left)} of {count} questions {verb} not answered yet: number {numbers}."


def _reported(view: View) -> str:
    still = still_judging(view)
    return f"{still} The report fills in by itself." if still else ""
