"""What an address asks for: `/?items=a,b&mode=mock&seed=7` and the other choices (pure)."""

from collections.abc import Collection, Mapping
from typing import Any

from interviewer.turns import MODES, Session
from interviewer.types import CLUSTERS, LEVELS

LONGEST = 600  # minutes


def preset(query: Mapping[str, str], known: Collection[str]) -> dict[str, Any]:
    """The choices in a query; what is not among the possible ones is left out."""
    wanted: dict[str, Any] = {}
    if items := [each for each in query.get("items", "").split(",") if each in known]:
        wanted["items"] = list(dict.fromkeys(items))
    for name, possible in (("mode", MODES), ("level", LEVELS), ("cluster", CLUSTERS)):
        if query.get(name) in possible:
            wanted[name] = query[name]
    for name, most in (("seed", 2**31 - 1), ("minutes", LONGEST)):
        text = query.get(name, "")
        if text.isascii() and text.isdecimal() and int(text) <= most:
            wanted[name] = int(text)
    return wanted


def is_preset(session: Session, wanted: Mapping[str, Any]) -> bool:
    """Whether a session is the one an address asks for, so that a reload starts no second one."""
    held = {
        "items": list(session.items),
        "mode": session.mode,
        "seed": session.seed,
        "minutes": session.minutes,
    }
    return all(held[name] == value for name, value in wanted.items() if name in held)
