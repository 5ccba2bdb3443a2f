"""Finds and reads bank/ and rubrics/: the built-in ones, read-only, and an overlay that wins.

A repair round has all its files, item and rubric, in one folder of repairs/. The overlay alone is
written, rubrics only: whole files, and none that changed in the meantime.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from interviewer.bank import parse_item
from interviewer.errors import ConflictError, ContentError, InputError
from interviewer.overlay import digest, locked, replace_files
from interviewer.rapid_fire import RAPID_FIRE, Quick, parse_rapid_fire
from interviewer.rubric import parse_rubric, parse_samples
from interviewer.second_pass import SecondPass, parse_second_pass
from interviewer.toml_fields import KEBAB, nearest
from interviewer.types import Item, Rubric, Sample

Kind = Literal["bank", "rubrics"]
REPAIRS = "repairs"
BUILT_IN = Path(__file__).resolve().parent.parent  # holds bank/ and rubrics/
MAX_BYTES = 1 << 20  # of one content file; the largest built-in ones have a tenth of it
RUBRIC_FILES = ("samples.toml", "rubric.toml")  # in the order of being written


@dataclass(frozen=True, slots=True)
class Change:
    """A new text for a file of rubrics/<slug>; `opened` is the digest of the text it replaces."""

    name: str
    text: str
    opened: str


def open_content(bank: Path | None = None, data: Path | None = None) -> "Content":
    """The content of folder `bank`, or else the built-in one, with the overlay in `data`."""
    return Content(bank or BUILT_IN, data)


class Content:
    """Items, rubrics and samples by slug; each call reads anew, so an edit counts at once.

    A file of the overlay, `overlay/{bank,rubrics}/<slug>/<name>`, wins over the same file under
    `root`; files that it lacks are taken from there.
    """

    def __init__(self, root: Path, overlay: Path | None = None) -> None:
        self._root = root
        self._overlay = overlay
        self._drafted = ""
        self._drafts: Mapping[str, str] = {}

    def slugs(self) -> tuple[str, ...]:
        """The slugs of all items with a folder, sorted. Raises InputError when there is no bank."""
        return tuple(each for each in self.folders("bank") if self.file("bank", each, "item.toml"))

    def repairs(self) -> tuple[str, ...]:
        """The slugs of all repair rounds, sorted; a bank may have none."""
        found = (path for base in self._bases() for path in (base / REPAIRS).glob("*/item.toml"))
        return tuple(sorted({path.parent.name for path in found}))

    def item(self, slug: str) -> Item:
        """The item of a slug. Raises InputError for an unknown slug, ContentError for faults."""
        if question := self._quick(slug):
            return question.item
        return parse_item(*self.source("bank", slug, "item.toml"))

    def rubric(self, slug: str) -> Rubric:
        """The rubric of an item. Raises as `item` does, also when it has none."""
        if question := self._quick(slug):
            return question.rubric
        return parse_rubric(*self.source("rubrics", slug, "rubric.toml"))

    def samples(self, slug: str) -> tuple[Sample, ...]:
        """The graded answers of an item, in the file's order. Raises as `item` does."""
        if question := self._quick(slug):
            return question.samples
        rubric = self.rubric(slug)
        return parse_samples(*self.source("rubrics", slug, "samples.toml"), rubric)

    def second_pass(self, slug: str) -> SecondPass | None:
        """The second reading of an item's samples; None when there is none. Raises as `item`."""
        name = "second_pass.toml"
        if self.file("rubrics", slug, name) is None:
            return None
        return parse_second_pass(
            *self.source("rubrics", slug, name), self.rubric(slug), self.samples(slug)
        )

    def rapid_fire(self) -> tuple[Quick, ...]:
        """The rapid-fire questions, none where there is no file. Raises ContentError."""
        found = self.rapid_fire_source()
        return parse_rapid_fire(*found) if found else ()

    def rapid_fire_source(self) -> tuple[str, str] | None:
        """The text of rapid-fire.toml, the overlay's before the built-in one, and its path."""
        paths = (base / "bank" / RAPID_FIRE for base in self._bases())
        path = next((each for each in paths if each.is_file()), None)
        return (_read(path), _shown(path)) if path else None

    def folders(self, kind: Kind) -> tuple[str, ...]:
        """The names of all folders of a kind, well named or not, sorted."""
        if not (self._root / kind).is_dir():
            found = f"no folder {self._root / kind}"
            raise InputError(f"found {found}, expected a folder with bank/ and rubrics/")
        return tuple(
            sorted(
                {
                    each.name
                    for base in self._bases()
                    if (base / kind).is_dir()
                    for each in (base / kind).iterdir()
                    if each.is_dir() and not each.name.startswith((".", "__"))
                }
            )
        )

    def file(self, kind: Kind, slug: str, name: str) -> Path | None:
        """The file that counts, the overlay's before the built-in one; None when there is none."""
        if not KEBAB.fullmatch(slug):  # a slug from outside must not walk out of the folder
            return None
        folders: tuple[str, ...] = (kind, REPAIRS)
        candidates = (base / each / slug / name for each in folders for base in self._bases())
        return next((path for path in candidates if path.is_file()), None)

    def source(self, kind: Kind, slug: str, name: str) -> tuple[str, str]:
        """The text of a file and its path as shown in faults. Raises as `item` does."""
        if kind == "rubrics" and slug == self._drafted and name in self._drafts:
            return self._drafts[name], f"{kind}/{slug}/{name}"
        path = self.file(kind, slug, name)
        if path is None:
            repairs = self.repairs()
            folders = {*self.folders("bank"), *self.folders("rubrics"), *repairs}
            if slug not in folders and not self._quick(slug):
                raise self._unknown(slug)
            shown = _shown(self._root / (REPAIRS if slug in repairs else kind) / slug / name)
            raise ContentError([f"{shown}:1: found no file, expected one for item {slug!r}"])
        return _read(path), _shown(path)

    def text(self, slug: str, name: str) -> str:
        """The text of a file of rubrics/<slug>, empty when there is none. Raises as `item` does."""
        missing = self.file("rubrics", slug, name) is None and slug in self.folders("bank")
        return "" if missing else self.source("rubrics", slug, name)[0]

    def drafted(self, slug: str, texts: Mapping[str, str]) -> "Content":
        """The same content with other texts, not saved, for files of rubrics/<slug>."""
        for name, text in texts.items():
            _fits(f"rubrics/{slug}/{name}", text)
        draft = Content(self._root, self._overlay)
        draft._drafted, draft._drafts = slug, dict(texts)
        return draft

    def save(self, slug: str, changes: Sequence[Change]) -> None:
        """Put texts into the overlay, all of them or, where one was changed since, none.

        Whoever saves has checked them. Raises ConflictError with the newer text, InputError for
        an unknown item or where there is no overlay, OSError.
        """
        if self._overlay is None:
            raise InputError("found no folder for changes, expected INTERVIEWER_DATA to be set")
        if slug not in self.slugs():
            raise self._unknown(slug)
        if unknown := {change.name for change in changes} - {*RUBRIC_FILES}:
            raise InputError(f"found {min(unknown)!r}, expected {' or '.join(RUBRIC_FILES)}")
        with locked(self._overlay):
            before = {change.name: self.text(slug, change.name) for change in changes}
            for change in changes:
                if digest(before[change.name]) != change.opened:
                    raise ConflictError(change.name, before[change.name])
            new = {each.name: each.text for each in changes if each.text != before[each.name]}
            ordered = {name: new[name] for name in RUBRIC_FILES if name in new}
            replace_files(self._overlay / "rubrics" / slug, ordered)

    def _quick(self, slug: str) -> Quick | None:
        """The rapid-fire question of this id; a folder of the same name comes first."""
        if self.file("bank", slug, "item.toml"):
            return None
        return next((each for each in self.rapid_fire() if each.item.slug == slug), None)

    def _bases(self) -> tuple[Path, ...]:
        return (self._root,) if self._overlay is None else (self._overlay, self._root)

    def _unknown(self, slug: str) -> InputError:
        quick = (each.item.slug for each in self.rapid_fire())
        known = (*self.slugs(), *self.repairs(), *quick)
        near = nearest(slug, known) or f": {', '.join(known) or 'the bank is empty'}"
        return InputError(f"found no item {slug!r}, expected one of the bank{near}")


def _fits(shown: str, text: str) -> None:
    """Raises ContentError for a text that could not be read back once it is saved."""
    try:
        size = len(text.encode())
    except UnicodeEncodeError as error:
        fault = f"{shown}:1: found half a surrogate pair, expected text in UTF-8"
        raise ContentError([fault]) from error
    if size > MAX_BYTES:
        raise ContentError([f"{shown}:1: found {size} bytes, expected at most {MAX_BYTES}"])


def _shown(path: Path) -> str:
    here = Path.cwd()
    return str(path.relative_to(here) if path.is_relative_to(here) else path)


def _read(path: Path) -> str:
    """The text of a file. Raises ContentError when it is too large, unreadable or not UTF-8."""
    try:
        with path.open("rb") as file:
            raw = file.read(MAX_BYTES + 1)
    except OSError as error:
        fault = f"{_shown(path)}:1: found {error.strerror}, expected a file to read"
        raise ContentError([fault]) from error
    if len(raw) > MAX_BYTES:
        size = path.stat().st_size
        fault = f"{_shown(path)}:1: found {size} bytes, expected at most {MAX_BYTES}"
        raise ContentError([fault])
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        found = f"byte 0x{raw[error.start]:02x} at offset {error.start}"
        fault = f"{_shown(path)}:{line}: found {found}, expected text in UTF-8"
        raise ContentError([fault]) from error
