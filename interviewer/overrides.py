"""What mentors say of verdicts, and a grade as it then stands (pure). Nothing is overwritten."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Literal

from interviewer.errors import InputError
from interviewer.score import points_earned, score_judgements
from interviewer.types import DECIDED, Grade, Judgement, MisconceptionJudgement, Verdict

Kind = Literal["criterion", "misconception"]
UNDO = "judge"  # the judge's verdict stands again
CHOICES: Mapping[Kind, tuple[str, ...]] = {
    "criterion": (*(v.value for v in DECIDED), UNDO),
    "misconception": ("asserted", "absent", UNDO),
}
LONGEST_REASON = 2000  # characters


@dataclass(frozen=True, slots=True)
class Override:
    """A mentor's word on one verdict; `machine` is what the judge had said then."""

    turn: int
    kind: Kind
    name: str
    verdict: str
    machine: str
    reason: str
    mentor: str
    rubric_version: str
    at: float  # seconds since the epoch
    id: int = 0  # given by the store


@dataclass(frozen=True, slots=True)
class Reviewed:
    """A graded answer: the judge's grade, and the one that counts with the mentors' words."""

    answer: str
    machine: Grade
    grade: Grade
    standing: tuple[Override, ...] = ()

    def word(self, kind: Kind, name: str) -> Override | None:
        """The mentor's word on a verdict, if one stands."""
        return next((o for o in self.standing if (o.kind, o.name) == (kind, name)), None)


def reviewed(answer: str, grade: Grade, overrides: Iterable[Override]) -> Reviewed:
    """A grade with what mentors said of it, of the same rubric; each verdict's last word stands."""
    last = {(o.kind, o.name): o for o in overrides if o.rubric_version == grade.rubric_version}
    standing = tuple(o for o in last.values() if o.verdict != UNDO)
    words = {(o.kind, o.name): o.verdict for o in standing}
    criteria = tuple(_criterion(j, words) for j in grade.criteria)
    misconceptions = tuple(_misconception(m, words) for m in grade.misconceptions)
    score = score_judgements(criteria, misconceptions) if standing else grade.score
    now = replace(grade, criteria=criteria, misconceptions=misconceptions, score=score)
    return Reviewed(answer, grade, now, standing)


def machine_verdict(grade: Grade, kind: Kind, name: str) -> str:
    """What the judge said. Raises InputError for what it was not asked."""
    if kind == "criterion":
        found = [j.verdict.value for j in grade.criteria if j.criterion == name]
    else:
        found = [said(m.asserted) for m in grade.misconceptions if m.misconception == name]
    if not found:
        raise InputError(f"found {kind} {name[:80]!r}, expected one that was judged")
    return found[0]


def said(asserted: bool | None) -> str:
    """A misconception's verdict in a word."""
    return {True: "asserted", False: "absent", None: "unscored"}[asserted]


def checked(kind: str, verdict: str, reason: str) -> tuple[Kind, str]:
    """Kind and reason of an override, if it can be one. Raises InputError for the mentor."""
    found = next((each for each in CHOICES if each == kind), None)
    if found is None or verdict not in CHOICES[found]:
        known = ", ".join(CHOICES[found]) if found else "a criterion or a misconception"
        raise InputError(f"found verdict {verdict[:80]!r}, expected one of {known}")
    text = reason.strip()
    if not text:
        raise InputError("Say why: the reason is kept and shown with the verdict.")
    if len(text) > LONGEST_REASON:
        raise InputError(f"found a reason of {len(text)} characters, expected {LONGEST_REASON}")
    if any(c == "\x00" or "\ud800" <= c <= "\udfff" for c in text):
        raise InputError("found NUL or half a surrogate pair in the reason, expected text")
    return found, text


def _criterion(judged: Judgement, words: Mapping[tuple[Kind, str], str]) -> Judgement:
    word = words.get(("criterion", judged.criterion))
    if word is None:
        return judged
    verdict = Verdict(word)
    quote = None if verdict is Verdict.MISSING else judged.quote
    points = points_earned(verdict, judged.possible)
    return replace(judged, verdict=verdict, quote=quote, points=points)


def _misconception(
    judged: MisconceptionJudgement, words: Mapping[tuple[Kind, str], str]
) -> MisconceptionJudgement:
    word = words.get(("misconception", judged.misconception))
    return judged if word is None else replace(judged, asserted=word == "asserted")
