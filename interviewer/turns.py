"""The nouns of a session, frozen: what was asked and answered, in order. A session is its turns."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

Mode = Literal["practice", "mock", "repair"]
MODES: tuple[Mode, ...] = ("practice", "mock", "repair")


class Said(StrEnum):
    """What happened in one turn."""

    ASK = "ask"  # the interviewer poses the item's stem
    TASK = "task"  # the interviewer poses the item's code task
    ANSWER = "answer"
    FOLLOW_UP = "follow_up"  # the interviewer asks about one criterion
    CODE = "code"
    REMARK = "remark"  # the interviewer says something that is not a question
    HINT = "hint"
    SKIP = "skip"
    REVEAL = "reveal"
    PAUSE = "pause"
    RESUME = "resume"
    FINISH = "finish"
    REOPEN = "reopen"
    DISAGREE = "disagree"


@dataclass(frozen=True, slots=True)
class Session:
    """A sitting: whose it is, which items in which order; `minutes` is 0 without a time limit.

    The first `warm_ups` of the items are short questions that do not count in the score.
    """

    id: str
    owner: str
    mode: Mode
    items: tuple[str, ...]
    seed: int
    minutes: int
    started: float  # seconds since the epoch
    warm_ups: int = 0

    def is_warm_up(self, item: str) -> bool:
        """Whether an item only warms up."""
        return item in self.items[: self.warm_ups]

    def number(self, item: str) -> str:
        """What people call an item: its number, W1 and W2 for those that warm up."""
        at = self.items.index(item) + 1
        return f"W{at}" if at <= self.warm_ups else str(at - self.warm_ups)


@dataclass(frozen=True, slots=True)
class Turn:
    """One thing said or done, on an item; `about` names a criterion, mostly."""

    kind: Said
    item: str
    text: str
    at: float  # seconds since the epoch
    about: str = ""  # of a question its title, of code its verdict
    id: int = 0  # given by the store
