"""The interviewer's desk joins sessions, content, judging and code runs. Calls name an owner."""

import random
import time
from collections.abc import Callable, Sequence
from contextlib import suppress

from interviewer import conversation, interview
from interviewer.content import Content
from interviewer.errors import InputError, InterviewerError
from interviewer.interview import State
from interviewer.marking import Grading, Marker
from interviewer.rapid_fire import Quick
from interviewer.store import Store, new_id
from interviewer.submissions import Runner, Submissions
from interviewer.turns import MODES, Mode, Said, Session, Turn
from interviewer.types import Grade, Item, Rubric

MOST_ITEMS = 50


class Desk:
    """All that a candidate can do; raises InputError with a sentence for the candidate."""

    def __init__(self, store: Store, content: Content, grader: Grading, runner: Runner) -> None:
        self.store = store
        self.content = content
        self.grader = grader
        self.marker = Marker(store, content, grader, self._graded)
        self._submissions = Submissions(store, content, runner, self._ran)

    def open(self) -> None:
        """Begin to judge and to run, first of all what a killed process left."""
        self.marker.start()
        self._submissions.resume()

    def begin(
        self,
        owner: str,
        items: Sequence[str],
        mode: str,
        seed: int = 0,
        minutes: int = 0,
        warm_up: Sequence[str] = (),
    ) -> State:
        """A new session on these items, after those that warm up; its first question asked."""
        if mode not in MODES:
            raise InputError(f"found mode {mode!r}, expected one of {', '.join(MODES)}")
        if not 1 <= len(items) <= MOST_ITEMS:
            raise InputError(f"found {len(items)} questions, expected 1 to {MOST_ITEMS}")
        warm_up = [slug for slug in dict.fromkeys(warm_up) if slug not in items]
        unique = tuple(dict.fromkeys((*warm_up, *items)))
        first, *_ = [self.content.item(slug) for slug in unique]  # names an unknown one
        now = time.time()
        session = Session(new_id(), owner, _mode(mode), unique, seed, minutes, now, len(warm_up))
        self.store.create(session)
        state = self._apply(session.id, lambda _: interview.start(session, first, now))
        self.marker.wake(warm=first.slug)
        return state

    def draw(self, level: str, cluster: str, count: int, seed: int) -> tuple[str, ...]:
        """Items of a level and cluster (empty for any), drawn by the seed; no repair rounds."""
        return self._drawn(self.content.slugs(), level, cluster, count, seed)

    def draw_repairs(self, level: str, count: int, seed: int) -> tuple[str, ...]:
        """Repair rounds of a level (empty for any), drawn by the seed, and nothing else."""
        return self._drawn(self.content.repairs(), level, "", count, seed)

    def rapid_fire(self) -> tuple[Quick, ...]:
        """The rapid-fire questions; none while their file is at fault, `check` says why."""
        try:
            return self.content.rapid_fire()
        except InputError:
            return ()

    def warm_up(self, count: int, seed: int) -> tuple[str, ...]:
        """Rapid-fire questions drawn by the seed, as many as there are at most."""
        known = [each.item.slug for each in self.rapid_fire()]
        random.Random(seed).shuffle(known)  # noqa: S311  a draw to repeat, not a secret
        return tuple(known[:count])

    def weak(self, owner: str, count: int) -> tuple[str, ...]:
        """The items that this owner answered worst, the worst first."""
        scores: dict[str, float] = {}
        for session in reversed(self.store.sessions(owner)):
            for found in self.store.reviewed(session.id).values():
                if found.grade.score.value is not None:
                    scores[found.grade.item] = found.grade.score.value
        known = set(self.content.slugs())
        weak = sorted((s, slug) for slug, s in scores.items() if s < 80 and slug in known)
        if not weak:
            raise InputError("You have no weak questions yet: no judged answer is below 80.")
        return tuple(slug for _, slug in weak[:count])

    def state(self, owner: str, session_id: str) -> State:
        """A session, if it is this owner's. Raises InputError, the same for none as for theirs."""
        session = self.store.session(session_id)
        if session.owner != owner:
            raise InputError(f"found no session {session_id[:64]!r}, expected a stored one")
        return State(session, self.store.turns(session_id))

    def unfinished(self, owner: str) -> State | None:
        """The owner's newest session that is not finished."""
        for session in self.store.sessions(owner):
            state = State(session, self.store.turns(session.id))
            if not state.finished:
                return state
        return None

    def answer(self, owner: str, session_id: str, text: str, item: str = "") -> State:
        """Store an answer; with no judge at hand the interview goes on at once."""
        state = self.state(owner, session_id)
        asked = self.content.item(item or state.current)
        if asked.slug != state.current:
            self.go(owner, session_id, asked.slug)
        self._apply(session_id, lambda s: interview.answer(s, asked, text, time.time()))
        if self.grader.state != "ready":
            self._proceed(session_id, asked)
        self.marker.wake()
        return self.state(owner, session_id)

    def submit(self, owner: str, session_id: str, code: str, item: str = "") -> State:
        """Store a submission; `run_pending` runs it."""
        state = self.state(owner, session_id)
        asked = self.content.item(item or state.current)
        return self._apply(session_id, lambda s: interview.submit(s, asked, code, time.time()))

    def run_pending(self, owner: str, session_id: str) -> State:
        """Run the stored submissions that have not been run."""
        self.state(owner, session_id)
        self._submissions.run_all(session_id)
        return self.state(owner, session_id)

    def hint(self, owner: str, session_id: str) -> State:
        """Give the next hint."""
        return self._on_current(owner, session_id, interview.hint)

    def reveal(self, owner: str, session_id: str) -> State:
        """Show the model answer."""
        return self._on_current(owner, session_id, interview.reveal)

    def skip(self, owner: str, session_id: str) -> State:
        """Leave the current item for the next open one."""
        state = self.state(owner, session_id)
        item, following = self.content.item(state.current), self._upcoming(state)
        after = self._apply(session_id, lambda s: interview.skip(s, item, following, time.time()))
        self.marker.wake(warm=after.current)
        return after

    def go(self, owner: str, session_id: str, slug: str) -> State:
        """Go to an item of the session."""
        self.state(owner, session_id)
        item = self.content.item(slug)
        after = self._apply(session_id, lambda s: interview.go(s, item, time.time()))
        self.marker.wake(warm=slug)
        return after

    def pause(self, owner: str, session_id: str) -> State:
        """Stop the clock, or let it go on."""
        return self._plain(owner, session_id, lambda s: interview.pause(s, time.time()))

    def finish(self, owner: str, session_id: str) -> State:
        """End the session."""
        return self._plain(owner, session_id, lambda s: interview.finish(s, time.time()))

    def reopen(self, owner: str, session_id: str) -> State:
        """Take the end back."""
        return self._plain(owner, session_id, lambda s: interview.reopen(s, time.time()))

    def disagree(self, owner: str, session_id: str, item: str, note: str) -> State:
        """Ask a mentor to look at the verdicts on an item."""
        return self._plain(
            owner, session_id, lambda s: interview.disagree(s, item, note, time.time())
        )

    def _drawn(
        self, slugs: Sequence[str], level: str, cluster: str, count: int, seed: int
    ) -> tuple[str, ...]:
        found = [self.content.item(slug) for slug in slugs]
        fitting = [i.slug for i in found if level in ("", i.level) and cluster in ("", i.cluster)]
        if not fitting:
            raise InputError("No question fits this choice. Choose another level or topic.")
        random.Random(seed).shuffle(fitting)  # noqa: S311  a draw to repeat, not a secret
        return tuple(fitting[:count])

    def _on_current(
        self,
        owner: str,
        session_id: str,
        transition: Callable[[State, Item, float], tuple[Turn, ...]],
    ) -> State:
        item = self.content.item(self.state(owner, session_id).current)
        return self._apply(session_id, lambda s: transition(s, item, time.time()))

    def _plain(
        self, owner: str, session_id: str, transition: Callable[[State], tuple[Turn, ...]]
    ) -> State:
        self.state(owner, session_id)
        return self._apply(session_id, transition)

    def _apply(self, session_id: str, transition: Callable[[State], tuple[Turn, ...]]) -> State:
        turns = self.store.append(session_id, lambda s, t: transition(State(s, t)))
        return State(self.store.session(session_id), turns)

    def _upcoming(self, state: State) -> Item | None:
        slug = interview.upcoming(state)
        return self.content.item(slug) if slug else None

    def _proceed(self, session_id: str, item: Item) -> State:
        state = State(self.store.session(session_id), self.store.turns(session_id))
        following = self._upcoming(state)
        after = self._apply(
            session_id, lambda s: interview.proceed(s, item, following, time.time())
        )
        self.marker.wake(warm=after.current)
        return after

    def _ran(self, session_id: str, slug: str) -> None:
        with suppress(InputError):  # an item taken out of the bank since has no more to ask
            self._proceed(session_id, self.content.item(slug))

    def _graded(
        self, session_id: str, item: Item, rubric: Rubric, grade: Grade, tell: Callable[[str], None]
    ) -> None:
        state = State(self.store.session(session_id), self.store.turns(session_id))
        live = state.current == item.slug and not state.finished
        remark = self._remark(state, item, tell) if live else ""
        now = time.time()

        def transition(state: State) -> tuple[Turn, ...]:
            said = (Turn(Said.REMARK, item.slug, remark, now),) if remark else ()
            return said + interview.graded(state, item, rubric, grade, now)

        self._apply(session_id, transition)
        self._proceed(session_id, item)

    def _remark(self, state: State, item: Item, tell: Callable[[str], None]) -> str:
        if state.session.mode == "mock":
            return conversation.neutral(len(state.turns))
        said = ""
        try:
            for piece in self.grader.stream(
                conversation.acknowledgement(item, state.answer(item.slug)), 40
            ):
                said += piece
                tell(said)
        except InterviewerError:
            return ""  # only a courtesy: the verdicts stand without it
        return said.strip()


def _mode(text: str) -> Mode:
    return next(mode for mode in MODES if mode == text)
