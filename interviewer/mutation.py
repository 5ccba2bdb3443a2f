"""Which mutants of an item's solution its checks catch: the kill rate, and who survived."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from interviewer.coderoom import CodeRoom
from interviewer.content import Content
from interviewer.errors import SandboxError
from interviewer.mutants import Mutant, mutants
from interviewer.toml_fields import nearest, parse_toml
from interviewer.toml_lines import line_numbers, line_of
from interviewer.types import RunVerdict

EQUIVALENTS = "equivalents.toml"
RUNS = 3  # of a survivor: inputs are drawn afresh, and a program is caught when any run catches it


@dataclass(frozen=True, slots=True)
class Equivalent:
    """Why a mutant is as right as the solution, and where that is written (`file:line`)."""

    reason: str
    place: str


@dataclass(frozen=True, slots=True)
class MutationResult:
    """An item's mutants: caught, surviving, and those that compute the same by intent.

    `faults` are entries of the list of equivalents that name no mutant or one that is caught.
    """

    item: str
    caught: int
    survivors: tuple[Mutant, ...]
    equivalents: tuple[tuple[str, str], ...]  # name of the mutant, reason
    faults: tuple[str, ...] = ()

    @property
    def total(self) -> int:
        """How many mutants there are, equivalent ones apart."""
        return self.caught + len(self.survivors)

    @property
    def rate(self) -> float:
        """Share of the mutants, equivalent ones apart, that the checks catch (0..1)."""
        return self.caught / self.total if self.total else 1.0


def equivalents(content: Content, slug: str) -> dict[str, Equivalent]:
    """Mutants of a slug's solution that are as right as it is, by name.

    Raises ContentError for a faulty file.
    """
    if content.file("bank", slug, EQUIVALENTS) is None:
        return {}
    text, file = content.source("bank", slug, EQUIVALENTS)
    table, lines = parse_toml(text, file), line_numbers(text)
    found: dict[str, Equivalent] = {}
    for index, each in enumerate(table.tables("mutants")):
        name = each.text("name")
        if name in found:
            each.fault("name", f"{name!r} a second time", "each mutant once")
        place = f"{file}:{line_of(lines, ('mutants', index, 'name'))}"
        found[name] = Equivalent(each.text("reason"), place)
    table.finish()
    return found


def stray(listed: Mapping[str, Equivalent], made: Collection[str]) -> list[str]:
    """A fault for each entry of the list of equivalents that names none of the mutants made."""
    return [
        f"{each.place}: name: found {name!r}, expected a mutant of solution.py{nearest(name, made)}"
        for name, each in listed.items()
        if name not in made
    ]


def run_mutants(room: CodeRoom, content: Content, slug: str) -> Iterator[Mutant | MutationResult]:
    """Each mutant as it is dealt with, then the result. Raises InputError without a code task.

    Whoever is listed as equivalent is run as well: one that is caught is not equivalent, counts as
    caught and is a fault of the list.
    """
    known = equivalents(content, slug)
    made = mutants(content.source("bank", slug, "solution.py")[0])
    faults = stray(known, [mutant.name for mutant in made])
    caught = 0
    survivors: list[Mutant] = []
    same: list[tuple[str, str]] = []
    for mutant in made:
        listed = known.get(mutant.name)
        if _is_caught(room, slug, mutant):
            caught += 1
            if listed:
                found = f"found {mutant.name!r}, which the checks catch"
                faults.append(f"{listed.place}: name: {found}, expected a mutant that survives")
        elif listed:
            same.append((mutant.name, listed.reason))
        else:
            survivors.append(mutant)
        yield mutant
    yield MutationResult(slug, caught, tuple(survivors), tuple(same), tuple(faults))


def kill_table(results: Sequence[MutationResult]) -> str:
    """The results of items as a table in Markdown, with a last row for all of them together."""
    counts = {each.item: (each.total, each.caught, len(each.equivalents)) for each in results}
    total, caught, same = (sum(row[at] for row in counts.values()) for at in range(3))
    counts["all"] = (total, caught, same)
    head = "| item | mutants | caught | survive | caught % | equivalent, not counted |"
    lines = [head, "| --- | --- | --- | --- | --- | --- |"]
    for item, (total, caught, same) in counts.items():
        rate = f"{100 * caught / total:.1f}" if total else "-"
        lines.append(f"| {item} | {total} | {caught} | {total - caught} | {rate} | {same} |")
    return "\n".join(lines) + "\n"


def _is_caught(room: CodeRoom, slug: str, mutant: Mutant) -> bool:
    for _ in range(RUNS):
        result = room.run(slug, mutant.source)
        if result.verdict is RunVerdict.INTERNAL_ERROR:
            raise SandboxError(f"{slug}, {mutant.name}: {result.message}")
        if result.verdict is not RunVerdict.ACCEPTED:
            return True
    return False
