"""What the studio's page holds of a draft, and what a handler reads from it (pure).

It comes back from the browser: a save checks it against what lies on the server.
"""

import json
from collections.abc import Sequence

from interviewer.content import RUBRIC_FILES, Change
from interviewer.errors import InputError
from interviewer.overlay import digest
from interviewer.studio import FIELDS, ClaimKind, write_fields
from interviewer.ui.studio_page import FIELD_NAMES

PANES = ("rubric.toml", "samples.toml")


def texts(rubric: str, samples: str) -> dict[str, str]:
    """The files of the draft by name, from the panes."""
    return dict(zip(PANES, (lf(rubric), lf(samples)), strict=True))


def lf(text: str | None) -> str:
    """A text with the line ends that the panes have."""
    return (text or "").replace("\r\n", "\n")


def remembered(slug: str, opened: Sequence[Change]) -> str:
    """What a page holds of the item that is open in it: a claim, which a save checks."""
    return json.dumps({"slug": slug, "files": {c.name: digest(c.text) for c in opened}})


def held(opened: str) -> tuple[str, dict[str, str]]:
    """The item that is open and the digests of its files, empty when there is none."""
    try:
        found = json.loads(opened or "{}")
        files = {name: str(found["files"][name]) for name in RUBRIC_FILES}
        return str(found["slug"]), files
    except (ValueError, KeyError, TypeError, RecursionError):
        return "", {}


def conflicting(opened: str, name: str, text: str) -> str:
    """What the page holds once it shows the text that someone else saved in a file meanwhile."""
    slug, files = held(opened)
    return json.dumps({"slug": slug, "files": files, "theirs": [name, digest(text)]})


def agreed(opened: str) -> str:
    """The same when the text that was shown, and no other, may be replaced. Raises InputError."""
    slug, files = held(opened)
    try:
        name, theirs = json.loads(opened)["theirs"]
    except (ValueError, KeyError, TypeError, RecursionError):
        raise InputError("There is no conflict: save first.") from None
    return json.dumps({"slug": slug, "files": {**files, str(name): str(theirs)}})


def shown_claim(shown: str) -> tuple[str, dict[str, object]]:
    """The claim that the form shows and its fields as they were last put there."""
    try:
        found = json.loads(shown or "{}")
        return str(found["claim"]), dict(found["fields"])
    except (ValueError, KeyError, TypeError, RecursionError):
        return "", {}


def with_form(rubric: str, shown: str, fields: Sequence[str | None]) -> str:
    """The TOML with what was typed into the form since it was filled."""
    claim, before = shown_claim(shown)
    given = {name: value or "" for name, value in zip(FIELD_NAMES, fields, strict=False)}
    changed = {name: value for name, value in given.items() if before.get(name, "") != value}
    return write_fields(rubric, *claim_key(claim), changed) if claim and changed else rubric


def open_slug(opened: str) -> str:
    """The item that is open. Raises InputError when there is none."""
    slug, _ = held(opened)
    if not slug:
        raise InputError("Choose an item first.")
    return slug


def claim_key(claim: str | None) -> tuple[ClaimKind, int]:
    """Kind and index of `criteria/0`. Raises InputError for anything else."""
    kind, _, index = (claim or "").partition("/")
    for known in FIELDS:
        if kind == known and index.isascii() and index.isdecimal() and len(index) < 9:
            return known, int(index)
    raise InputError("Choose a criterion or misconception first.")
