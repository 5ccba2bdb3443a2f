"""Series of numbers that a run printed, to be drawn: lists of losses, or a loss on every line.

Only what is printed as such is read: three numbers or more in a list, or in lines that name them
alike. Nothing is evaluated.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

FEWEST, MOST, MOST_SERIES = 3, 2000, 4
_NUMBER = r"[-+]?(?:\d+(?:\.\d*)?|\.\d+|nan|inf)(?:e[-+]?\d+)?"
# every repetition is bounded or can end in one way only: the text is a candidate's
_LIST = re.compile(
    rf"(?:([A-Za-z][\w ]{{0,30}}?) ?[:=]? ?)?\[ ?({_NUMBER}(?:, ?{_NUMBER})+)\]", re.I
)
_NAMED = re.compile(
    r"\b(\w{0,20}(?:loss|acc|accuracy|perplexity|ppl))\b ?[:=]? {0,4}(?:tensor\()?"
    rf"({_NUMBER})(?!\w)",
    re.I,
)


@dataclass(frozen=True, slots=True)
class Series:
    """Numbers in the order they were printed, under the name they were printed with."""

    name: str
    values: tuple[float, ...]


def series_in(text: str) -> tuple[Series, ...]:
    """The first series of an output, at most MOST_SERIES of them."""
    found = [*_lists(text), *_lines(text)]
    return tuple(each for each in found if len(each.values) >= FEWEST)[:MOST_SERIES]


def _lists(text: str) -> Iterator[Series]:
    for line in text.splitlines():
        match = _LIST.fullmatch(line.rstrip())  # a row of a tensor is not a line of its own
        if match and "." in match[2]:  # whole numbers are shapes or indices
            numbers = tuple(float(each) for each in match[2].split(","))
            yield Series(match[1] or "printed list", numbers[:MOST])


def _lines(text: str) -> Iterator[Series]:
    named: dict[str, list[float]] = {}
    for line in text.splitlines():
        for match in _NAMED.finditer(line):
            named.setdefault(match[1], []).append(float(match[2]))
    for name, numbers in named.items():
        yield Series(name, tuple(numbers[:MOST]))
