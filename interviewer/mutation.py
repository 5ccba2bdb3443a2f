"""Which mutants of an item's solution its checks catch: the kill rate, and who survived."""

from collections.abc import Iterator
from dataclasses import dataclass

from interviewer.coderoom import CodeRoom
from interviewer.content import Content
from interviewer.errors import SandboxError
from interviewer.mutants import Mutant, mutants
from interviewer.toml_fields import parse_toml
from interviewer.types import RunVerdict

EQUIVALENTS = "equivalents.toml"
RUNS = 3  # of a survivor: inputs are drawn afresh, and a program is caught when any run catches it


@dataclass(frozen=True, slots=True)
class MutationResult:
    """An item's mutants: caught, surviving, and those that compute the same by intent."""

    item: str
    caught: int
    survivors: tuple[Mutant, ...]
    equivalents: tuple[tuple[str, str], ...]  # name of the mutant, reason

    @property
    def rate(self) -> float:
        """Share of the mutants, equivalent ones apart, that the checks catch (0..1)."""
        total = self.caught + len(self.survivors)
        return self.caught / total if total else 1.0


def equivalents(content: Content, slug: str) -> dict[str, str]:
    """Mutants of a slug's solution that are as right as it is, by name, each with its reason.

    Raises ContentError for a faulty file.
    """
    if content.file("bank", slug, EQUIVALENTS) is None:
        return {}
    table = parse_toml(*content.source("bank", slug, EQUIVALENTS))
    found = {each.text("name"): each.text("reason") for each in table.tables("mutants")}
    table.finish()
    return found


def run_mutants(room: CodeRoom, content: Content, slug: str) -> Iterator[Mutant | MutationResult]:
    """Each mutant as it is dealt with, then the result. Raises InputError without a code task.

    Whoever is listed as equivalent is run as well: one that is caught is not equivalent and
    counts as caught.
    """
    known = equivalents(content, slug)
    caught = 0
    survivors: list[Mutant] = []
    same: list[tuple[str, str]] = []
    for mutant in mutants(content.source("bank", slug, "solution.py")[0]):
        if _is_caught(room, slug, mutant):
            caught += 1
        elif mutant.name in known:
            same.append((mutant.name, known[mutant.name]))
        else:
            survivors.append(mutant)
        yield mutant
    yield MutationResult(slug, caught, tuple(survivors), tuple(same))


def _is_caught(room: CodeRoom, slug: str, mutant: Mutant) -> bool:
    for _ in range(RUNS):
        result = room.run(slug, mutant.source)
        if result.verdict is RunVerdict.INTERNAL_ERROR:
            raise SandboxError(f"{slug}, {mutant.name}: {result.message}")
        if result.verdict is not RunVerdict.ACCEPTED:
            return True
    return False
