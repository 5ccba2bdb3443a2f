"""What commands share: reading input, progress on standard error, batches that resume."""

import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from tqdm import tqdm

from interviewer.content import Content, open_content
from interviewer.errors import InputError, InterviewerError
from interviewer.training import is_kept_for_calibration

Row = dict[str, Any]
_MOST_BYTES = 1 << 18  # of one answer or program; the 20,000 characters are checked after decoding


def unseen_slugs(content: Content) -> list[str]:
    """The items that the bundled reader was not trained on: kept ones, and a deployment's own."""
    trained_on = {s for s in open_content().slugs() if not is_kept_for_calibration(s)}
    return [slug for slug in content.slugs() if slug not in trained_on]


def read_text(source: str) -> str:
    """The text of a file, or of standard input for `-`. Raises InputError."""
    try:
        data = sys.stdin.buffer.read() if source == "-" else Path(source).read_bytes()
    except OSError as error:
        raise InputError(f"{source}: {error.strerror or error}, expected a readable file") from None
    if len(data) > _MOST_BYTES:
        raise InputError(f"{source}: {len(data):,} bytes, expected at most {_MOST_BYTES:,}")
    return decoded(data, source)


def decoded(data: bytes, where: str) -> str:
    """UTF-8 text. Raises InputError where it isn't."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(f"{where}: byte {error.start} is not UTF-8, expected text") from None
    if "\x00" in text:
        raise InputError(f"{where}: NUL at character {text.index(chr(0))}, expected text")
    return text


def read_rows(path: str) -> Iterator[tuple[int, Row | InputError]]:
    """Line number and object of each line of a JSON-lines file; a faulty line gives its error."""
    try:
        lines = Path(path).read_bytes().splitlines()
    except OSError as error:
        raise InputError(f"{path}: {error.strerror or error}, expected a readable file") from None
    for number, line in enumerate(lines, 1):
        if line.strip():
            yield number, _row(line, f"{path}:{number}")


def _row(line: bytes, where: str) -> Row | InputError:
    try:
        value = json.loads(line)
    except (ValueError, RecursionError) as error:
        return InputError(f"{where}: not JSON: {error}")
    if not isinstance(value, dict):
        return InputError(f"{where}: found {type(value).__name__}, expected an object")
    return value


def print_json(value: Any) -> None:
    """One JSON document on standard output."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False) + "\n")


def say(text: str) -> None:
    """A line for a person, on standard error."""
    sys.stderr.write(text + "\n")


class ProgressBar:
    """A `models.weights.Progress` that draws on standard error."""

    def __init__(self) -> None:
        self._bar: Any = None
        self._what = ""

    def __call__(self, what: str, done: int, total: int) -> None:
        """Draws `done` of `total` bytes; a step of unknown size is a line of its own."""
        if total <= 1:
            say(what)
            return
        if what != self._what:
            self._what = what
            self._bar = tqdm(total=total, desc=what, unit="B", unit_scale=True, file=sys.stderr)
        self._bar.update(done - self._bar.n)
        if done >= total:
            self._bar.close()


def run_batch(source: str, out: str, run: Callable[[Row], Row]) -> int:
    """Runs each line of `source` into the same line of `out`; goes on where an earlier run ended.

    A faulty line gives `{"id", "error"}` in its place. Returns 1 when any line was faulty.
    """
    rows = list(read_rows(source))
    done = _whole_lines(Path(out))
    faulty = any("error" in json.loads(line) for line in done)
    # half a surrogate pair, which UTF-8 can't hold, is written as the JSON escape that it came as
    with Path(out).open("w", encoding="utf-8", errors="backslashreplace") as file:
        file.writelines(line + "\n" for line in done)
        file.flush()
        left = rows[len(done) :]
        for number, row in tqdm(left, desc=source, initial=len(done), total=len(rows)):
            result = _one(row, f"{source}:{number}", run)
            faulty = faulty or "error" in result
            file.write(json.dumps(result, ensure_ascii=False) + "\n")
            file.flush()
    return 1 if faulty else 0


def _whole_lines(path: Path) -> list[str]:
    """The complete lines of an interrupted run's output; a torn last line is dropped."""
    if not path.exists():
        return []
    whole = path.read_bytes().split(b"\n")[:-1]  # splitlines would also cut at U+2028
    return [line.decode("utf-8") for line in whole]


def _one(row: Row | InputError, where: str, run: Callable[[Row], Row]) -> Row:
    if isinstance(row, InputError):
        return {"id": None, "error": str(row)}
    try:
        return {"id": row.get("id"), **run(row)}
    except InterviewerError as error:
        return {"id": row.get("id"), "error": f"{where}: {error}"}


def field(row: Row, name: str) -> str:
    """A text field of a batch line. Raises InputError."""
    value = row.get(name)
    if not isinstance(value, str):
        raise InputError(f"{name}: found {value!r:.80}, expected text")
    return value
