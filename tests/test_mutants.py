"""Mutants of a program, and which of them an item's checks catch."""

import shutil
from pathlib import Path

import pytest

from interviewer.coderoom import CodeRoom
from interviewer.content import Content
from interviewer.errors import ContentError
from interviewer.mutants import Mutant, mutants
from interviewer.mutation import MutationResult, equivalents, run_mutants
from tests.sandbox_attempts import started

SMALL = Path(__file__).parent / "small_bank"
SOLUTION = """import math


def scale(scores, width):
    root = math.sqrt(width)
    if root == 1:
        return scores
    return [score / root for score in scores]
"""
EQUIVALENT = "line 5: if root == 1 -> if False"


@pytest.mark.parametrize(
    ("source", "name", "became"),
    [
        ("y = a + b", "a + b -> a - b", "y = a - b"),
        ("y = a + b", "a + b -> b", "y = b"),
        ("y = a - b", "a - b -> b - a", "y = b - a"),
        ("y = a * b", "a * b -> a.mul_(b)", "y = a.mul_(b)"),
        ("y = -a", "-a -> a", "y = a"),
        ("y = x.sum(dim=-1)", "1 -> 0", "y = x.sum(dim=-0)"),
        ("y = x.sum(dim=-1)", "x.sum(dim=-1) -> x.mean(dim=-1)", "y = x.mean(dim=-1)"),
        ("y = x.sum(dim=-1)", "x.sum(dim=-1) -> x.sum()", "y = x.sum()"),
        ("y = torch.sqrt(v)", "torch.sqrt(v) -> v", "y = v"),
        ("y = v.detach()", "v.detach() -> v", "y = v"),
        ("y = f(v)", "y = f(v) -> y = f(v).detach()", "y = f(v).detach()"),
        ("if a < b:\n    c()", "a < b -> a <= b", "if a <= b:\n    c()"),
        ("opt.step()", "opt.step() -> pass", "pass"),
        ("y = not a", "not a -> a", "y = a"),
        ("y = a and b", "a and b -> b", "y = b"),
    ],
)
def test_each_kind_of_fault_is_made(source: str, name: str, became: str) -> None:
    made = {mutant.name: mutant.source for mutant in mutants(source)}
    assert made[f"line 1: {name}"] == became


def test_mutants_are_programs_that_differ_from_the_original_and_each_other() -> None:
    sources = [mutant.source for mutant in mutants(SOLUTION)]
    assert len(set(sources)) == len(sources) > 8
    for source in sources:
        compile(source, "mutant", "exec")
    assert SOLUTION.strip() not in (source.strip() for source in sources)


def bank(folder: Path, listed: str) -> Content:
    shutil.copytree(SMALL, folder, dirs_exist_ok=True)
    task = folder / "bank" / "scaling"
    (task / "solution.py").write_text(SOLUTION, encoding="utf-8")
    (task / "equivalents.toml").write_text(listed, encoding="utf-8")
    return Content(folder)


@pytest.mark.sandbox
def test_caught_surviving_and_equivalent_mutants_are_told_apart(tmp_path: Path) -> None:
    listed = f'[[mutants]]\nname = "{EQUIVALENT}"\nreason = "A root of 1 divides by nothing."\n'
    content = bank(tmp_path, listed)
    with started() as sandbox:
        *steps, result = run_mutants(CodeRoom(content, sandbox), content, "scaling")
    assert isinstance(result, MutationResult)
    assert [step for step in steps if isinstance(step, Mutant)] == list(mutants(SOLUTION))
    # the one check calls it with a width of 4 only, so what happens at a root of 1 is not seen
    survivors = {mutant.became for mutant in result.survivors}
    assert "if True" not in survivors and "2" not in survivors
    assert "0" in survivors
    assert result.equivalents == ((EQUIVALENT, "A root of 1 divides by nothing."),)
    assert result.caught + len(result.survivors) + 1 == len(steps)
    assert 0.5 < result.rate < 1


def test_a_faulty_list_of_equivalents_is_told_with_its_line(tmp_path: Path) -> None:
    content = bank(tmp_path, '[[mutants]]\nname = "line 1: a -> b"\n')
    with pytest.raises(ContentError, match=r"equivalents.toml:1: found no key 'reason'"):
        equivalents(content, "scaling")
