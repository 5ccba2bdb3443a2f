"""The text of an item.toml -> Item, checked. What makes an item good is in content_rules."""

from pathlib import PurePath

from interviewer.toml_fields import KEBAB, Table, parse_toml
from interviewer.types import CLUSTERS, LEVELS, FollowUp, Item, Limits, Task


def parse_item(text: str, file: str) -> Item:
    """The item in the text of a file; the file's folder names it. Raises ContentError."""
    table = parse_toml(text, file)
    item = Item(
        slug=_slug(table, file),
        title=table.text("title"),
        level=table.choice("level", LEVELS),
        cluster=table.choice("cluster", CLUSTERS),
        companies=table.texts("companies"),
        stem=table.text("stem"),
        reference=table.text("reference"),
        hints=table.texts("hints"),
        follow_ups=tuple(
            FollowUp(each.text("question"), each.text("about", blank=True))
            for each in table.tables("follow_ups")
        ),
        sources=table.texts("sources"),
        task=_task(table.table("task")),
    )
    table.finish()
    return item


def _slug(table: Table, file: str) -> str:
    slug = PurePath(file).parent.name
    if not KEBAB.fullmatch(slug):
        table.fault("folder", repr(slug), "a slug in kebab-case")
    return slug


def _task(table: Table | None) -> Task | None:
    if table is None:
        return None
    entries = table.texts("entries")
    if not entries and "entries" in table:
        table.fault("entries", "none", "the names that the checks look for")
    for entry in entries:
        if not entry.isidentifier():
            table.fault("entries", repr(entry), "a Python name")
    return Task(table.text("prompt"), entries, _limits(table.table("limits")))


def _limits(table: Table | None) -> Limits:
    """The limits of a task, which may only be lower than the default ones."""
    most = Limits()
    if table is None:
        return most
    return Limits(
        wall_seconds=_limit(table, "wall_seconds", most.wall_seconds, 0.1),
        memory_bytes=int(_limit(table, "memory_bytes", most.memory_bytes, 1)),
        output_bytes=int(_limit(table, "output_bytes", most.output_bytes, 1)),
    )


def _limit(table: Table, key: str, most: float, least: float) -> float:
    return table.number(key, least, most, f"a number from {least:g} to {most:.10g}", most)
