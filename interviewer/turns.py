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
    """A sitting: whose it is, which items in which order; `minutes` is 0 without a time limit."""

    id: str
    owner: str
    mode: Mode
    items: tuple[str, ...]
    seed: int
    minutes: int
    started: float  # seconds since the epoch


@dataclass(frozen=True, slots=True)
class Turn:
    """One thing said or done, on an item; `about` names a criterion, mostly."""

    kind: Said
    item: str
    text: str
    at: float  # seconds since the epoch
    about: str = ""  # of a question its title, of code its verdict
    id: int = 0  # given by the store
