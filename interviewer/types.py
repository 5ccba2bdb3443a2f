"""The nouns of the project, frozen, and the seams (Protocols). No behaviour."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal, Protocol

import numpy as np
import numpy.typing as npt

LEVELS = ("easy", "medium", "hard")
CLUSTERS = (
    "fundamentals",
    "backprop-gradients",
    "training-tricks",
    "cnn-architecture",
    "rnn-lstm",
    "transformers-attention",
    "generative",
    "compression",
    "alignment",
    "inference",
    "distributed",
    "contrastive",
    "debugging",
)
KINDS = (
    "excellent",
    "brief",
    "partial",
    "vague",
    "wrong",
    "mixed",
    "off_topic",
    "injection",
    "non_native",
    "spoken",
)


class Verdict(StrEnum):
    """What an answer does with one criterion; UNSCORED means that judging it failed."""

    COVERED = "covered"
    PARTIAL = "partial"
    MISSING = "missing"
    CONTRADICTED = "contradicted"
    UNSCORED = "unscored"


DECIDED = (Verdict.COVERED, Verdict.PARTIAL, Verdict.MISSING, Verdict.CONTRADICTED)


class RunVerdict(StrEnum):
    """How a run of code, or one check of it, ended."""

    ACCEPTED = "AC"
    WRONG_ANSWER = "WA"
    RUNTIME_ERROR = "RE"
    TIME_LIMIT = "TLE"
    MEMORY_LIMIT = "MLE"
    OUTPUT_LIMIT = "OLE"
    COMPILE_ERROR = "CE"
    SECURITY_VIOLATION = "SV"
    INTERNAL_ERROR = "IE"
    OK = "OK"  # ended normally, nothing was checked


# --- the item bank and its rubrics ------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class FollowUp:
    """A question asked after the first answer; `about` names a criterion, or is empty."""

    question: str
    about: str = ""


@dataclass(frozen=True, slots=True)
class Limits:
    """What a submission may use: wall seconds, bytes above the zygote, bytes of output."""

    wall_seconds: float = 10.0
    memory_bytes: int = 1 << 30
    output_bytes: int = 64 << 10


@dataclass(frozen=True, slots=True)
class Task:
    """The code part of an item: what to write, and the names the checks look for."""

    prompt: str
    entries: tuple[str, ...]
    limits: Limits = field(default_factory=Limits)


@dataclass(frozen=True, slots=True)
class Item:
    """One question of the bank; `stem` is what the candidate is asked, `reference` the key."""

    slug: str
    title: str
    level: str
    cluster: str
    companies: tuple[str, ...]
    stem: str
    reference: str
    hints: tuple[str, ...]
    follow_ups: tuple[FollowUp, ...]
    sources: tuple[str, ...]
    task: Task | None = None


@dataclass(frozen=True, slots=True)
class Criterion:
    """A key point: one checkable claim worth `points` (> 0)."""

    id: str
    statement: str
    points: float = 1.0
    paraphrases: tuple[str, ...] = ()
    near_misses: tuple[str, ...] = ()
    follow_up: str = ""
    missed: str = ""
    contradicted: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True)
class Misconception:
    """A false claim that costs `points` (< 0) when the answer asserts it."""

    id: str
    statement: str
    points: float = -1.0
    paraphrases: tuple[str, ...] = ()
    correction: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True)
class Rubric:
    """The analytic rubric of an item; `version` is a hash of all that is graded."""

    item: str
    criteria: tuple[Criterion, ...]
    misconceptions: tuple[Misconception, ...]
    version: str

    @property
    def claims(self) -> "tuple[Criterion | Misconception, ...]":
        """All that is judged, criteria first."""
        return (*self.criteria, *self.misconceptions)


@dataclass(frozen=True, slots=True)
class Sample:
    """A graded answer: the due verdict per criterion id and the misconceptions it asserts."""

    id: str
    kind: str
    text: str
    verdicts: tuple[tuple[str, Verdict], ...]
    misconceptions: tuple[str, ...]
    score: float
    held_out: bool
    pair: str = ""


# --- judging an answer ------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Span:
    """A piece of an answer: `text == answer[start:end]`, in characters."""

    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Evidence:
    """The spans that may bear on one claim, best first, and their cosine similarity (-1..1)."""

    spans: tuple[Span, ...]
    similarities: tuple[float, ...]

    @property
    def best(self) -> float:
        """The highest similarity, 0 when the answer has no span."""
        return max(self.similarities, default=0.0)


@dataclass(frozen=True, slots=True)
class JudgeInfo:
    """Which judge decided: shown to the candidate and stored with every judgement."""

    model: str
    identity: str
    calibrated: bool
    prompt: str = ""  # hash of the prompt's wording
    calibration: str = ""  # hash of the calibration, empty when uncalibrated
    reader: str = ""  # identity of the trained reader, empty when none takes part


@dataclass(frozen=True, slots=True)
class Judgement:
    """The decision on one criterion, with all that went into it.

    `probability` is P(covered), `confidence` that of the verdict, both 0..1; `signals` are the
    raw inputs by name; `quote` is verbatim in the answer or None.
    """

    criterion: str
    verdict: Verdict
    probability: float | None
    confidence: float | None
    similarity: float
    signals: tuple[tuple[str, float], ...]
    quote: Span | None
    points: float
    possible: float


@dataclass(frozen=True, slots=True)
class MisconceptionJudgement:
    """Whether the answer asserts a misconception; `asserted` is None when judging it failed."""

    misconception: str
    asserted: bool | None
    probability: float | None
    quote: Span | None
    points: float
    signals: tuple[tuple[str, float], ...] = ()


@dataclass(frozen=True, slots=True)
class Score:
    """`value` 0..100, or None when less than half the points could be judged."""

    value: float | None
    coverage: float


@dataclass(frozen=True, slots=True)
class Grade:
    """All that judging one answer gave."""

    item: str
    rubric_version: str
    score: Score
    criteria: tuple[Judgement, ...]
    misconceptions: tuple[MisconceptionJudgement, ...]
    feedback: str
    follow_up: str
    judge: JudgeInfo
    seconds: tuple[tuple[str, float], ...]


# --- running code -----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class CheckResult:
    """One tested property: `name` is the check's id, `sentence` what it says to the candidate."""

    name: str
    verdict: RunVerdict
    message: str = ""
    sentence: str = ""


@dataclass(frozen=True, slots=True)
class RunResult:
    """A submission's run: overall verdict, its checks, captured output and what it used."""

    item: str
    verdict: RunVerdict
    checks: tuple[CheckResult, ...]
    stdout: str
    stderr: str
    seconds: float
    peak_bytes: int
    isolation: str
    message: str = ""


# --- seams ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Message:
    """One turn of a conversation as a model reads it."""

    role: Literal["system", "user", "assistant"]
    content: str


class LanguageModel(Protocol):
    """A chat model that can decide between options and stream text."""

    @property
    def name(self) -> str:
        """What a person calls it."""
        ...

    @property
    def identity(self) -> str:
        """What its weights are: calibrations are kept under it."""
        ...

    def choose(
        self, prefix: Sequence[Message], continuations: Sequence[str], options: Sequence[str]
    ) -> npt.NDArray[np.float64]:
        """Probability of each option as the first word of the reply, `(n, k)` float64.

        The last message of `prefix` is continued by each continuation in turn; rows sum to at
        most 1 (the rest went to other words). Raises ModelError.
        """
        ...

    def stream(self, messages: Sequence[Message], max_tokens: int = 256) -> Iterator[str]:
        """The reply in pieces, as it is generated. Raises ModelError."""
        ...


class Embedder(Protocol):
    """Texts to vectors."""

    @property
    def identity(self) -> str:
        """What its weights are."""
        ...

    def embed(self, texts: Sequence[str]) -> npt.NDArray[np.float32]:
        """`(n, d)` float32, rows of length 1."""
        ...


@dataclass(frozen=True, slots=True)
class TrainingPair:
    """A claim, a passage, and how far it states the claim and conflicts with it (0..1).

    `group` are pairs to be ranked against each other.
    """

    item: str
    group: str
    claim: str
    passage: str
    states: float
    conflicts: float


Due = tuple[float, float, float] | None  # of Yes, No, Wrong; None: anything but Yes


@dataclass(frozen=True, slots=True)
class Asked:
    """A decision: the claim as it is put, which claim it is, and what is due."""

    claim: str
    key: str
    due: Due


@dataclass(frozen=True, slots=True)
class GradedAnswer:
    """An answer and the decisions on it."""

    text: str
    asked: tuple[Asked, ...]


@dataclass(frozen=True, slots=True)
class Lesson:
    """Answers to one question; the reference may be empty."""

    topic: str
    question: str
    reference: str
    answers: tuple[GradedAnswer, ...]


class ClaimReader(Protocol):
    """Claims and passages to a reading of each: a small trained model."""

    @property
    def identity(self) -> str:
        """What its weights are."""
        ...

    def read(self, claims: Sequence[str], passages: Sequence[str]) -> npt.NDArray[np.float64]:
        """`(n, 2)` log odds: that passage i states claim i, that it conflicts with it."""
        ...
