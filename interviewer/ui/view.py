"""What a page shows of a session: read from the store each time, never from the client."""

from collections.abc import Mapping
from dataclasses import dataclass

from interviewer.desk import Desk
from interviewer.errors import InterviewerError
from interviewer.interview import State, theory_done
from interviewer.marking import Progress
from interviewer.overrides import Reviewed
from interviewer.turns import Said
from interviewer.types import Item, Rubric, RunResult


@dataclass(frozen=True, slots=True)
class View:
    """A session with everything that was judged and run in it, and the judge's state."""

    state: State
    items: Mapping[str, Item]
    rubrics: Mapping[str, Rubric]
    grades: Mapping[int, Reviewed]
    runs: Mapping[int, RunResult]
    progress: Mapping[int, Progress]
    judge: str
    judge_status: str
    starter: str = ""  # of the current item's code task

    @property
    def open_feedback(self) -> bool:
        """Whether verdicts may be shown: not before the end of a mock interview."""
        return self.state.session.mode != "mock" or self.state.finished

    @property
    def waiting(self) -> tuple[int, ...]:
        """Answers that are to be judged: the latest of each item without a grade."""
        latest = {t.item: t.id for t in self.state.turns if t.kind is Said.ANSWER}
        return tuple(i for i in latest.values() if i not in self.grades)

    @property
    def judging(self) -> bool:
        """Whether a verdict is on its way."""
        going = any(not self.progress[i].done for i in self.waiting)
        said = any(p.pieces and not p.done for p in self.progress.values())
        return self.judge == "ready" and (going or said)

    @property
    def coming(self) -> tuple[int, ...]:
        """Answers whose verdicts are on their way, or will be once the judge has loaded."""
        there = self.judge in ("ready", "loading")
        return tuple(i for i in self.waiting if there and not self.progress[i].done)

    @property
    def running(self) -> bool:
        """Whether code is being run."""
        return any(t.kind is Said.CODE and t.id not in self.runs for t in self.state.turns)

    @property
    def focus(self) -> str:
        """The item whose verdicts are shown: the one answered last."""
        answered = [t.item for t in self.state.turns if t.kind is Said.ANSWER]
        asked = self.state.current
        return asked if asked in answered or not answered else answered[-1]

    def grade(self, item: str) -> Reviewed | None:
        """The newest grade of an item, the text it was given for, and what mentors said."""
        answers = self.state.on(item, Said.ANSWER)
        return next((self.grades[t.id] for t in reversed(answers) if t.id in self.grades), None)

    def closed(self, item: str) -> bool:
        """Whether telling what was missed gives nothing away any more."""
        left = self.state.finished or self.state.current != item
        done = theory_done(self.state, item) and not self.judging_item(item)
        return left or (done and self._settled(item)) or bool(self.state.on(item, Said.REVEAL))

    def _settled(self, item: str) -> bool:
        """Whether no follow-up can come any more for what was judged."""
        last = self.progress[self.state.on(item, Said.ANSWER)[-1].id]
        return last.done or not last.pieces

    def judging_item(self, item: str) -> bool:
        """Whether this item's newest answer is being judged, or will be once the judge is there."""
        answers = self.state.on(item, Said.ANSWER)
        coming = self.judge in ("ready", "loading")
        return bool(answers) and answers[-1].id in self.waiting and coming

    @property
    def version(self) -> str:
        """Changes whenever there is something new to show."""
        said = sum(len(p.pieces) + len(p.remark) + p.done for p in self.progress.values())
        words = [w.id for found in self.grades.values() for w in found.standing]
        counts = (len(self.state.turns), len(self.grades), len(self.runs), said, *words)
        return "|".join([self.state.current, self.judge, *map(str, counts)])


def look(desk: Desk, owner: str, session_id: str) -> View:
    """The view of an owner's session. Raises InputError when it is not theirs."""
    state = desk.state(owner, session_id)
    answers = [t.id for t in state.turns if t.kind is Said.ANSWER]
    items, rubrics = {}, {}
    for slug in state.session.items:
        try:
            items[slug], rubrics[slug] = desk.content.item(slug), desk.content.rubric(slug)
        except InterviewerError:
            continue  # taken out of the bank since: its turns are still shown
    starter = desk.content.file("bank", state.current, "starter.py")
    return View(
        state=state,
        items=items,
        rubrics=rubrics,
        grades=desk.store.reviewed(session_id),
        runs=desk.store.runs(session_id),
        progress={i: desk.marker.progress(i) for i in answers},
        judge=desk.grader.state,
        judge_status=desk.grader.status,
        starter=starter.read_text(encoding="utf-8") if starter else "",
    )
