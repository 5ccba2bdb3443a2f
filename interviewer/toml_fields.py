"""Reads the fields of a TOML document and gathers every fault with its file and line.

Accessors never raise: after a fault they return an empty value, and `finish` raises them all.
"""

import difflib
import re
import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from interviewer.errors import ContentError
from interviewer.toml_lines import Place, line_numbers, line_of

KEBAB = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_SHOWN = 60  # characters of a found value that a fault quotes


def parse_toml(text: str, file: str) -> "Table":
    """The root table of a document. Raises ContentError with the line of a syntax error."""
    try:
        values = tomllib.loads(text)
    # tomllib lets both out for numbers of thousands of digits and for deep nesting
    except (ValueError, RecursionError) as error:
        raise ContentError([_syntax_fault(error, text, file)]) from error
    return Table(values, (), _Report(file, line_numbers(text)))


def nearest(word: str, known: Iterable[str]) -> str:
    """` (nearest: 'x')` for the known word most like this one, or nothing when none is near."""
    close = difflib.get_close_matches(word, list(known), n=1, cutoff=0.5)
    return f" (nearest: {str(close[0])!r})" if close else ""


def shown(value: object) -> str:
    """A found value as a fault quotes it: short, on one line."""
    if isinstance(value, dict):
        return "a table"
    if isinstance(value, list):
        return f"a list of {len(value)}"
    if isinstance(value, int) and value.bit_length() > 1024:  # Python may refuse to print it
        return f"an integer of {value.bit_length()} bits"
    text = repr(value) if not isinstance(value, bool) else str(value).lower()
    return text if len(text) <= _SHOWN else text[:_SHOWN] + "..."


@dataclass(slots=True)
class _Report:
    file: str
    lines: dict[Place, int]
    faults: list[tuple[int, str]] = field(default_factory=list)

    def add(self, place: Place, message: str) -> None:
        self.faults.append((line_of(self.lines, place), message))


class Table:
    """One table while it is read; keys that no accessor asked for are faults at `finish`."""

    def __init__(self, values: dict[str, object], place: Place, report: _Report) -> None:
        self._values = values
        self._place = place
        self._report = report
        self._asked: set[str] = set()
        self._inner: list[Table] = []

    def __contains__(self, key: str) -> bool:
        return key in self._values

    def keys(self) -> tuple[str, ...]:
        """The keys that the document gives, in its order."""
        return tuple(self._values)

    def fault(self, key: str, found: str, expected: str) -> None:
        """Note a fault at a key of this table."""
        self._report.add((*self._place, key), f"{key}: found {found}, expected {expected}")

    def text(self, key: str, *, blank: bool = False) -> str:
        """A text without white space around it; `blank` allows it to be empty or absent."""
        if blank and key not in self:
            self._asked.add(key)
            return ""
        value = self._get(key, "a text")
        if isinstance(value, str) and (blank or value.strip()):
            return value.strip()
        self._wrong(key, value, "a text" if blank else "a text that is not blank")
        return ""

    def choice(self, key: str, options: Sequence[str]) -> str:
        """One of the options."""
        expected = f"one of {', '.join(options)}"
        value = self._get(key, expected)
        if isinstance(value, str) and value in options:
            return value
        near = nearest(value, options) if isinstance(value, str) else ""
        self._wrong(key, value, expected + near)
        return ""

    def identifier(self, key: str, taken: set[str]) -> str:
        """A kebab-case id that is not among those taken, to which it is added."""
        value = self._get(key, "an id in kebab-case")
        if not isinstance(value, str) or not KEBAB.fullmatch(value):
            self._wrong(key, value, "an id in kebab-case")
            return ""
        if value in taken:
            self.fault(key, f"{value!r} a second time", "an id used once in the file")
        taken.add(value)
        return value

    def number(
        self, key: str, low: float, high: float, expected: str, default: float | None = None
    ) -> float:
        """A finite number from low to high; `expected` words the range."""
        if default is not None and key not in self:
            self._asked.add(key)
            return default
        value = self._get(key, expected)
        if isinstance(value, bool) or not isinstance(value, int | float):
            self._wrong(key, value, expected)
        # compared before it becomes a float, as an integer may be of any size; NaN fails too
        elif low <= value <= high:
            return float(value)
        else:
            self._wrong(key, value, expected)
        return 0.0

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of texts, none blank; the list may be empty."""
        value = self._get(key, "a list of texts")
        if not isinstance(value, list):
            self._wrong(key, value, "a list of texts")
            return ()
        for each in value:
            if not isinstance(each, str) or not each.strip():
                self.fault(key, f"{shown(each)} in the list", "texts that are not blank")
        return tuple(each.strip() for each in value if isinstance(each, str))

    def table(self, key: str) -> "Table | None":
        """The table under a key, or None when there is none."""
        self._asked.add(key)
        value = self._values.get(key)
        if isinstance(value, dict):
            return self._open(value, (*self._place, key))
        if value is not None:
            self._wrong(key, value, "a table")
        return None

    def tables(self, key: str) -> "list[Table]":
        """The tables of the array of tables under a key; none when it is absent."""
        self._asked.add(key)
        value = self._values.get(key, [])
        if not isinstance(value, list) or not all(isinstance(each, dict) for each in value):
            self._wrong(key, value, f"tables, each under [[{key}]]")
            return []
        return [self._open(each, (*self._place, key, i)) for i, each in enumerate(value)]

    def finish(self) -> None:
        """Raises ContentError with all faults in the order of their lines, if there are any."""
        self._refuse_unknown()
        faults = sorted(self._report.faults)
        if faults:
            file = self._report.file
            raise ContentError([f"{file}:{line}: {message}" for line, message in faults])

    def _get(self, key: str, expected: str) -> object:
        self._asked.add(key)
        if key not in self._values:
            self._report.add(self._place, f"found no key {key!r}, expected {expected}")
        return self._values.get(key)

    def _wrong(self, key: str, value: object, expected: str) -> None:
        if value is not None:  # TOML has no null: an absent key was reported by _get
            self.fault(key, shown(value), expected)

    def _open(self, values: dict[str, object], place: Place) -> "Table":
        inner = Table(values, place, self._report)
        self._inner.append(inner)
        return inner

    def _refuse_unknown(self) -> None:
        for key in self._values.keys() - self._asked:
            known = nearest(key, self._asked) or f" ({', '.join(sorted(self._asked))})"
            self._report.add(
                (*self._place, key), f"found unknown key {key!r}, expected a known one{known}"
            )
        for inner in self._inner:
            inner._refuse_unknown()


def _syntax_fault(error: Exception, text: str, file: str) -> str:
    if isinstance(error, RecursionError):
        return f"{file}:1: found values nested too deeply, expected a flat document"
    at = re.search(r" ?\(at line (\d+), column (\d+)\)", str(error))
    line = int(at[1]) if at else text.rstrip().count("\n") + 1
    what = str(error).replace(at[0], f" at column {at[2]}") if at else str(error)
    return f"{file}:{line}: found a syntax error ({what}), expected TOML"
