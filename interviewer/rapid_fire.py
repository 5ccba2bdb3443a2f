"""The text of rapid-fire.toml -> short questions, each with its rubric and samples. Pure.

One file holds them all. To whoever asks or grades, each is an item like any other, without code.
"""

from dataclasses import dataclass
from functools import lru_cache

from interviewer.rubric import read_rubric, read_samples
from interviewer.toml_fields import Table, parse_toml
from interviewer.types import CLUSTERS, Item, Rubric, Sample

RAPID_FIRE = "rapid-fire.toml"  # in bank/


@dataclass(frozen=True, slots=True)
class Quick:
    """A question that one to three sentences answer."""

    item: Item
    rubric: Rubric
    samples: tuple[Sample, ...]


@lru_cache(maxsize=4)  # by its text: the page asks for one question at a time, every time anew
def parse_rapid_fire(text: str, file: str) -> tuple[Quick, ...]:
    """The questions in the text of a file, in its order. Raises ContentError."""
    table = parse_toml(text, file)
    taken: set[str] = set()
    questions = tuple(_question(each, taken) for each in table.tables("questions"))
    table.finish()
    return questions


def _question(table: Table, taken: set[str]) -> Quick:
    slug = table.identifier("id", taken)
    rubric = read_rubric(table, slug)
    return Quick(_item(table, slug, rubric), rubric, read_samples(table, rubric))


def _item(table: Table, slug: str, rubric: Rubric) -> Item:
    """All are easy to ask, and what is not asked of them is empty; sources are the criteria's."""
    return Item(
        slug=slug,
        title=table.text("title"),
        level="easy",
        cluster=table.choice("cluster", CLUSTERS),
        companies=(),
        stem=table.text("stem"),
        reference=table.text("reference"),
        hints=(),
        follow_ups=(),
        sources=tuple(dict.fromkeys(each.source for each in rubric.criteria)),
    )
