"""Line numbers of TOML tables and keys, which tomllib does not give. Not a parser.

The source is assumed to have parsed; a key inside an inline table has the line of the key that
holds it.
"""

import re

Place = tuple[str | int, ...]

_OPAQUE = re.compile(
    r"'''.*?'''(?:'{0,2})"
    r'|"""(?:\\.|[^\\])*?"""(?:"{0,2})'
    r"|'[^'\n]*'"
    r'|"(?:\\.|[^"\\\n])*"'
    r"|#[^\n]*",
    re.DOTALL,
)
_NAME = r"(?:[\w-]+|'[^'\n]*'|\"[^\"\n]*\")"
_NAMES = rf"{_NAME}(?:\s*\.\s*{_NAME})*"
_HEADER = re.compile(rf"\s*(\[\[?)\s*({_NAMES})\s*\]\]?\s*$")
_KEY = re.compile(rf"\s*({_NAMES})\s*=")


def line_numbers(text: str) -> dict[Place, int]:
    """The line, from 1, of every table and key: `("criteria", 2, "points")` is one place."""
    lines: dict[Place, int] = {}
    counts: dict[Place, int] = {}
    here: Place = ()
    # line separators other than \n are legal inside TOML strings, so no splitlines()
    source = text.split("\n")
    for number, masked in enumerate(_mask(text).split("\n"), 1):
        if header := _HEADER.match(masked):
            names = _names(source[number - 1][slice(*header.span(2))])
            here = _enter(names, header[1] == "[[", counts)
            lines.setdefault(here, number)
        elif key := _KEY.match(masked):
            names = _names(source[number - 1][slice(*key.span(1))])
            for end in range(1, len(names) + 1):
                lines.setdefault(here + names[:end], number)
    return lines


def line_of(lines: dict[Place, int], place: Place) -> int:
    """The line of a place, or of the nearest table or key around it; 1 when there is none."""
    while place and place not in lines:
        place = place[:-1]
    return lines.get(place, 1)


def _mask(text: str) -> str:
    """The text with the inside of strings and all comments blanked, every offset kept."""

    def blank(match: re.Match[str]) -> str:
        found = match[0]
        if found.startswith("#"):
            return " " * len(found)
        return found[0] + re.sub(r"[^\n]", " ", found[1:-1]) + found[-1]

    return _OPAQUE.sub(blank, text)


def _names(dotted: str) -> Place:
    return tuple(name.strip("'\"") for name in re.findall(_NAME, dotted))


def _enter(names: Place, repeated: bool, counts: dict[Place, int]) -> Place:
    """The place a header opens; the latest element stands for an array of tables on the way."""
    place: Place = ()
    for name in names[:-1]:
        place += (name,)
        if place in counts:
            place += (counts[place] - 1,)
    place += names[-1:]
    if repeated:
        counts[place] = counts.get(place, 0) + 1
        place += (counts[place] - 1,)
    return place
