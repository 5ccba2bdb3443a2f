"""The session as pure transitions: a state rebuilt from its turns -> the turns that come next.

Nothing here reads a clock, a file or a model: time and content are arguments. A transition that
is not allowed raises InputError with a sentence for the candidate.
"""

import re
from dataclasses import dataclass

from interviewer.errors import InputError
from interviewer.loose_code import split_loose_code
from interviewer.turns import Said, Session, Turn
from interviewer.types import Grade, Item, Rubric, RunVerdict

LONGEST_ANSWER = 20_000  # characters
LONGEST_CODE = 64 << 10  # bytes
MOST_ANSWERS = 4  # on one item, graded together
SOLVED = "Your code passes every check. Go on with “Next question” when you are ready."
LAST = "That was the last question. Finish when you are ready, or go back to any question."
_FENCE = re.compile(r"^[ \t]*```[^\n]*\n(.*?)(?:^[ \t]*```[ \t]*$|\Z)", re.M | re.S)
_CLOSING = (Said.SKIP, Said.REVEAL)


@dataclass(frozen=True, slots=True)
class State:
    """A session and its turns so far; everything else is derived."""

    session: Session
    turns: tuple[Turn, ...]

    @property
    def current(self) -> str:
        """The item that was asked last or gone back to."""
        asked = [t.item for t in self.turns if t.kind in (Said.ASK, Said.TASK) and t.item]
        return asked[-1] if asked else self.session.items[0]

    @property
    def finished(self) -> bool:
        """Whether the session is over (and was not opened again)."""
        return self._last(Said.FINISH, Said.REOPEN) is Said.FINISH

    @property
    def paused(self) -> bool:
        """Whether the clock stands still."""
        return self._last(Said.PAUSE, Said.RESUME) is Said.PAUSE

    def on(self, item: str, *kinds: Said) -> tuple[Turn, ...]:
        """The turns on an item, of these kinds."""
        return tuple(t for t in self.turns if t.item == item and t.kind in kinds)

    def answer(self, item: str) -> str:
        """All that was answered on an item, as it is graded: the follow-up with the first."""
        return "\n\n".join(t.text for t in self.on(item, Said.ANSWER))

    def _last(self, *kinds: Said) -> Said | None:
        return next((t.kind for t in reversed(self.turns) if t.kind in kinds), None)


def status(state: State, item: str) -> str:
    """Where an item stands: new, open, answered, skipped or revealed."""
    closing = state.on(item, *_CLOSING)
    if state.on(item, Said.ANSWER, Said.CODE):
        return "revealed" if any(t.kind is Said.REVEAL for t in closing) else "answered"
    if closing:
        return "skipped"
    return "open" if state.on(item, Said.ASK) else "new"


def deadline(state: State) -> float | None:
    """When time is up, in seconds since the epoch; None without a limit or while paused."""
    if not state.session.minutes or state.paused:
        return None
    pauses = 0.0
    since = None
    for turn in state.turns:
        if turn.kind is Said.PAUSE:
            since = turn.at
        elif turn.kind is Said.RESUME and since is not None:
            pauses, since = pauses + turn.at - since, None
    return state.session.started + 60 * state.session.minutes + pauses


def start(session: Session, item: Item, now: float) -> tuple[Turn, ...]:
    """The first question."""
    return _pose(item, now)


def answer(state: State, item: Item, text: str, now: float) -> tuple[Turn, ...]:
    """An answer; code in it is a submission when the item has a code task."""
    _going_on(state)
    text = _plain(text)
    if len(text) > LONGEST_ANSWER:
        found = f"{len(text):,} characters"
        raise InputError(f"Your answer has {found}; at most {LONGEST_ANSWER:,} can be judged.")
    prose, code = split_code(text) if item.task else (text.strip(), "")
    if not prose and not code:
        raise InputError("There is nothing to send yet. Write an answer, or skip the question.")
    turns = _woken(state, item.slug, now)
    if prose:
        _may_answer(state, item.slug)
        turns += (Turn(Said.ANSWER, item.slug, prose, now),)
    return turns + (submit(state, item, code, now) if code else ())


def submit(state: State, item: Item, code: str, now: float) -> tuple[Turn, ...]:
    """A submission of code."""
    _going_on(state)
    code = _plain(code)
    if not code.strip():
        raise InputError("There is no code to run yet.")
    if len(code.encode()) > LONGEST_CODE:
        raise InputError(f"The code has more than {LONGEST_CODE >> 10} KiB; it was not run.")
    return (*_woken(state, item.slug, now), Turn(Said.CODE, item.slug, code, now))


def split_code(text: str) -> tuple[str, str]:
    """The prose and the code of a message: what is fenced, else what is surely code.

    Among words, code without a fence is prose as well: an answer may say in code what it means.
    """
    if not _FENCE.search(text):
        words, code = split_loose_code(text)
        return text.strip() if words else "", code
    code = "\n\n".join(match.group(1).rstrip() for match in _FENCE.finditer(text))
    return _FENCE.sub("", text).strip(), code


def graded(state: State, item: Item, rubric: Rubric, grade: Grade, now: float) -> tuple[Turn, ...]:
    """What the interviewer asks after judging: one follow-up, on the weightiest gap, or nothing.

    A question that warms up has none: it is asked and answered in a minute.
    """
    if state.finished or state.current != item.slug or state.on(item.slug, *_CLOSING):
        return ()
    asked = state.on(item.slug, Said.FOLLOW_UP)
    if asked or not grade.follow_up or state.session.is_warm_up(item.slug):
        return ()
    about = next((c.id for c in rubric.criteria if c.follow_up == grade.follow_up), "")
    return (Turn(Said.FOLLOW_UP, item.slug, grade.follow_up, now, about),)


def theory_done(state: State, item: str) -> bool:
    """Whether an item is answered and its follow-up, if one was asked, too."""
    said = state.on(item, Said.ANSWER, Said.FOLLOW_UP)
    return bool(said) and said[-1].kind is Said.ANSWER


def proceed(state: State, item: Item, upcoming: Item | None, now: float) -> tuple[Turn, ...]:
    """What comes when the talking part of the current item is over: its code, or the next item."""
    if state.finished or state.current != item.slug or not theory_done(state, item.slug):
        return ()
    solved = any(t.about == RunVerdict.ACCEPTED for t in state.on(item.slug, Said.CODE))
    if item.task and not solved and not state.on(item.slug, *_CLOSING):
        if state.on(item.slug, Said.TASK):
            return ()
        return (Turn(Said.TASK, item.slug, item.task.prompt, now),)
    if upcoming and item.task and state.on(item.slug, Said.CODE):
        # stay, with the checks in sight, until the candidate goes on
        return _remarked(state, item, SOLVED, now) if solved else ()
    return go(state, upcoming, now) if upcoming else _remarked(state, item, LAST, now)


def upcoming(state: State) -> str | None:
    """The next item without an answer, after the current one and then from the start."""
    items = state.session.items
    at = items.index(state.current) if state.current in items else 0
    order = items[at + 1 :] + items[:at]
    return next((each for each in order if status(state, each) in ("new", "open")), None)


def go(state: State, item: Item, now: float) -> tuple[Turn, ...]:
    """Go to an item, for the first time or back to it."""
    _going_on(state)
    if item.slug not in state.session.items:
        raise InputError(f"This session has no question {item.slug!r}.")
    if state.current == item.slug and state.on(item.slug, Said.ASK):
        return ()
    return _pose(item, now)


def hint(state: State, item: Item, now: float) -> tuple[Turn, ...]:
    """The next hint of the ladder; the last one only after a first attempt."""
    _practising(state, "Hints")
    given = len(state.on(item.slug, Said.HINT))
    if given >= len(item.hints):
        raise InputError("There are no more hints for this question.")
    last = given == len(item.hints) - 1
    if last and not state.on(item.slug, Said.ANSWER, Said.CODE):
        raise InputError("The last hint comes after a first attempt: write what you have.")
    return (Turn(Said.HINT, item.slug, item.hints[given], now, str(given + 1)),)


def skip(state: State, item: Item, following: Item | None, now: float) -> tuple[Turn, ...]:
    """Leave the item: unanswered it stays out of the average."""
    _going_on(state)
    turns: tuple[Turn, ...] = ()
    if not state.on(item.slug, Said.ANSWER, Said.CODE, *_CLOSING):
        turns = (Turn(Said.SKIP, item.slug, "", now),)
    return turns + (_pose(following, now) if following else _remarked(state, item, LAST, now))


def reveal(state: State, item: Item, now: float) -> tuple[Turn, ...]:
    """The model answer, after a draft; the item is not judged any further."""
    _practising(state, "Model answers")
    if not state.on(item.slug, Said.ANSWER, Said.CODE):
        raise InputError("The model answer comes after a draft of your own: write what you have.")
    if state.on(item.slug, Said.REVEAL):
        raise InputError("The model answer is already shown.")
    return (Turn(Said.REVEAL, item.slug, item.reference, now),)


def pause(state: State, now: float) -> tuple[Turn, ...]:
    """Stop the clock, or let it go on."""
    _going_on(state)
    return (Turn(Said.RESUME if state.paused else Said.PAUSE, state.current, "", now),)


def finish(state: State, now: float) -> tuple[Turn, ...]:
    """End the session; again is no fault."""
    return () if state.finished else (Turn(Said.FINISH, "", "", now),)


def reopen(state: State, now: float) -> tuple[Turn, ...]:
    """Take the end of a session back, outside of a mock interview."""
    if state.session.mode == "mock":
        raise InputError("A finished mock interview stays finished: its feedback was shown.")
    return (Turn(Said.REOPEN, "", "", now),) if state.finished else ()


def disagree(state: State, item: str, note: str, now: float) -> tuple[Turn, ...]:
    """Ask a mentor to look at the verdicts on an item."""
    if not state.on(item, Said.ANSWER):
        raise InputError("There is no verdict to disagree with yet.")
    if len(note) > LONGEST_ANSWER:
        raise InputError(f"The note is too long: at most {LONGEST_ANSWER:,} characters.")
    return (Turn(Said.DISAGREE, item, note.strip(), now),)


def _plain(text: str) -> str:
    """The text without what neither the database nor the judge can take."""
    kept = text.replace("\x00", "").replace("\r\n", "\n")
    return kept.encode("utf-8", "replace").decode("utf-8")  # a lone surrogate becomes "?"


def _pose(item: Item, now: float) -> tuple[Turn, ...]:
    return (Turn(Said.ASK, item.slug, item.stem, now, item.title),)


def _remarked(state: State, item: Item, said: str, now: float) -> tuple[Turn, ...]:
    """A remark, once an item."""
    known = any(t.text == said for t in state.on(item.slug, Said.REMARK))
    return () if known else (Turn(Said.REMARK, item.slug, said, now),)


def _woken(state: State, item: str, now: float) -> tuple[Turn, ...]:
    return (Turn(Said.RESUME, item, "", now),) if state.paused else ()


def _may_answer(state: State, item: str) -> None:
    if state.on(item, Said.REVEAL):
        raise InputError("The model answer was shown, so this question is closed. Take the next.")
    if len(state.on(item, Said.ANSWER)) >= MOST_ANSWERS:
        raise InputError("This question has enough answers now. Take the next one.")
    if len(state.answer(item)) > LONGEST_ANSWER:
        raise InputError("Your answers to this question are long enough. Take the next one.")


def _going_on(state: State) -> None:
    if state.finished:
        raise InputError("This session is finished.")


def _practising(state: State, what: str) -> None:
    _going_on(state)
    if state.session.mode == "mock":
        raise InputError(f"{what} are for practice; in a mock interview you are on your own.")
