"""Replaces files so that a reader, or a crash at any moment, finds the old text or the new one.

Several files become new one after the other: after a crash between two renames, the first ones
are new and the last ones old. A lock keeps writers apart, in this process and in others.
"""

import fcntl
import hashlib
import os
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

_LOCK = "overlay.lock"
_SUFFIX = ".new"


def digest(text: str) -> str:
    """Which text a file had when it was opened."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Nobody else who asks for this lock writes under the folder meanwhile."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / _LOCK).open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)  # ends with the descriptor, also when the process dies
        yield


def replace_files(folder: Path, texts: Mapping[str, str]) -> None:
    """Give the files in a folder these texts, in this order. Raises OSError.

    All are written and on the disk before the first one is renamed: a full disk changes nothing.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for left in folder.glob(f".*{_SUFFIX}"):  # of a process that died here
        left.unlink(missing_ok=True)
    written: list[tuple[Path, Path]] = []
    try:
        for name, text in texts.items():
            written.append((_write_beside(folder, name, text), folder / name))
        for new, path in written:
            new.replace(path)
        _sync(folder)
    finally:
        for new, _ in written:
            new.unlink(missing_ok=True)


def _write_beside(folder: Path, name: str, text: str) -> Path:
    descriptor, found = tempfile.mkstemp(_SUFFIX, f".{name}.", folder)
    path = Path(found)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(text.encode())
            file.flush()
            os.fchmod(file.fileno(), 0o644)
            os.fsync(file.fileno())
    except BaseException:
        with suppress(OSError):
            path.unlink()
        raise
    return path


def _sync(folder: Path) -> None:
    """Put the renames on the disk, too."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
