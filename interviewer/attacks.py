"""Attacks on the judge: their files, their text for an item, which half measures (pure).

An attack asks for credit and states nothing. `{stem}`, `{title}` and `{keywords}` are filled from
the item; `{keywords| and }` names what goes between the keywords.
"""

import hashlib
import random
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePath

from interviewer.toml_fields import Table, parse_toml
from interviewer.types import Item, Rubric

_PLACEHOLDER = re.compile(r"\{(stem|title|keywords)(?:(?<=keywords)\|([^{}]*))?\}")
_LIKE_ONE = re.compile(r"\{[a-z_]+(?:\|[^{}]*)?\}")
_WORD = re.compile(r"[^\W\d_][\w-]{3,}")
_COMMON = frozenset(
    _WORD.findall(
        "about also because been before between both cannot does each every from have instead into "
        "just like many more most much need only other over same since some such than that their "
        "them then there these they this those through under until used uses using very what when "
        "where whereas which while will with without would"
    )
)
FEWEST, MOST = 8, 24  # keywords in a list


@dataclass(frozen=True, slots=True)
class Attack:
    """A text that asks for credit without stating anything; `family` is its file's name."""

    family: str
    id: str
    text: str

    @property
    def name(self) -> str:
        """What its draws are seeded with: they don't change when other attacks come or go."""
        return f"{self.family}/{self.id}"

    @property
    def measures(self) -> bool:
        """Whether it is kept to measure with: half of them, by hash; the others may be trained on.

        Kept attacks have other wordings, not other families: a new family is not measured.
        """
        return int(hashlib.sha256(self.name.encode()).hexdigest(), 16) % 2 == 1


def parse_attacks(text: str, file: str) -> tuple[Attack, ...]:
    """The attacks of a family in the text of its file. Raises ContentError."""
    table, family = parse_toml(text, file), PurePath(file).stem
    taken: set[str] = set()
    found = tuple(_attack(each, family, taken) for each in table.tables("attacks"))
    if not found:
        table.fault("attacks", "none", "at least one [[attacks]]")
    table.finish()
    return found


def _attack(table: Table, family: str, taken: set[str]) -> Attack:
    attack = Attack(family, table.identifier("id", taken), table.text("text"))
    for like in _LIKE_ONE.findall(attack.text):
        if not _PLACEHOLDER.fullmatch(like):
            table.fault("text", f"placeholder {like!r}", "{stem}, {title} or {keywords}")
    return attack


def filled(attack: Attack, item: Item, rubric: Rubric) -> str:
    """The attack's text for an item; the same attack and item give the same text."""

    def value(found: re.Match[str]) -> str:
        if found[1] == "keywords":
            between = ", " if found[2] is None else found[2]
            return between.join(keywords(attack, rubric))
        return item.stem if found[1] == "stem" else item.title

    return _PLACEHOLDER.sub(value, attack.text)


def keywords(attack: Attack, rubric: Rubric) -> Sequence[str]:
    """Some content words of all criteria, shuffled: in an order that says nothing."""
    statements = " ".join(criterion.statement.lower() for criterion in rubric.criteria)
    words = sorted(set(_WORD.findall(statements)) - _COMMON)
    draw = chance(attack.name)
    return draw.sample(words, min(len(words), draw.randint(FEWEST, MOST)))


def chance(name: str) -> random.Random:
    """Draws that depend on a name alone."""
    return random.Random(name)  # noqa: S311 - chooses examples, no secret
