"""Mentors' names and passwords: INTERVIEWER_MENTORS -> entries; argon2 makes and checks hashes."""

import re
from collections.abc import Mapping
from functools import cache

from argon2 import PasswordHasher, extract_parameters
from argon2.exceptions import InvalidHashError, VerificationError

from interviewer.errors import InputError

VARIABLE = "INTERVIEWER_MENTORS"
HUB = "hf:"  # begins the name of a mentor who logs in through Hugging Face, without a hash
LEAST_PASSWORD, MOST_PASSWORD = 8, 256  # characters
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,62}")
_BETWEEN = re.compile(r",(?=\s*[A-Za-z0-9._-]+:)")  # hashes have commas too, but no colon
_HASHER = PasswordHasher()


def parse_mentors(text: str) -> dict[str, str]:
    """Name -> hash of `name:hash,...`; `hf:user` has an empty hash. Raises InputError."""
    found: dict[str, str] = {}
    for number, entry in enumerate(_BETWEEN.split(text.strip()) if text.strip() else [], 1):
        name, _, value = entry.strip().rstrip(",").partition(":")
        if f"{name}:" == HUB and _NAME.fullmatch(value):
            name, value = f"{HUB}{value}", ""
        elif not _NAME.fullmatch(name) or not _is_hash(value):
            # the entry itself is not told: it may be a password
            expected = "name:$argon2..., as `python -m interviewer mentor add NAME` prints it"
            raise InputError(
                f"{VARIABLE}: found entry {number} of another form, expected {expected}"
            )
        if name in found:
            raise InputError(f"{VARIABLE}: found {name!r} twice, expected each mentor once")
        found[name] = value
    return found


def new_entry(name: str, password: str) -> str:
    """The entry of a mentor, to be put into INTERVIEWER_MENTORS. Raises InputError."""
    if not _NAME.fullmatch(name) or f"{name}:" == HUB:
        raise InputError(f"found name {name[:80]!r}, expected up to 63 of A-Z a-z 0-9 . _ -")
    if not LEAST_PASSWORD <= len(password) <= MOST_PASSWORD:
        expected = f"{LEAST_PASSWORD} to {MOST_PASSWORD}"
        raise InputError(f"found a password of {len(password)} characters, expected {expected}")
    return f"{name}:{_HASHER.hash(password)}"


def is_right(entries: Mapping[str, str], name: str, password: str) -> bool:
    """Whether it is this mentor's password; as slow for a name that nobody has."""
    kept, nobody = entries.get(name, ""), _nobody()
    try:
        _HASHER.verify(kept or nobody, password[: MOST_PASSWORD + 1])
    except (VerificationError, InvalidHashError, UnicodeEncodeError):  # half a surrogate pair
        return False
    return bool(kept)


@cache
def _nobody() -> str:
    """Checked when the name is unknown, so that the time taken tells nothing about names."""
    return _HASHER.hash("nobody has this password")


def _is_hash(text: str) -> bool:
    try:
        extract_parameters(text)
    except InvalidHashError:
        return False
    return True
