"""Mutants of a program, and which of them an item's checks catch."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from interviewer.__main__ import main
from interviewer.coderoom import CodeRoom
from interviewer.content import Content, open_content
from interviewer.errors import ContentError
from interviewer.mutants import Mutant, mutants
from interviewer.mutation import MutationResult, equivalents, kill_table, run_mutants, stray
from tests.sandbox_attempts import started

ROOT = Path(__file__).resolve().parents[1]
SMALL = ROOT / "tests" / "small_bank"
SLUG = "gradient-checkpointing"  # the item with the fewest mutants
SOLUTION = """import math


def scale(scores, width):
    root = math.sqrt(width)
    if root == 1:
        return scores
    return [score / root for score in scores]
"""
EQUIVALENT = "line 5: if root == 1 -> if False"
CAUGHT = "line 5: if root == 1 -> if True"
BUILT_IN = open_content()
TASKS = [each for each in BUILT_IN.slugs() if BUILT_IN.file("bank", each, "solution.py")]


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


def test_mutations_that_read_alike_are_numbered_from_the_left() -> None:
    made = {mutant.name: mutant.source for mutant in mutants("y = f(x - 2, 2) + [2]")}
    assert made["line 1: 2 -> 1"] == "y = f(x - 1, 2) + [2]"
    assert made["line 1: 2 -> 1 (2nd)"] == "y = f(x - 2, 1) + [2]"
    assert made["line 1: 2 -> 1 (3rd)"] == "y = f(x - 2, 2) + [1]"


def test_every_number_has_its_ending() -> None:
    made = mutants(f"y = {[7] * 23}")
    ends = {mutant.name.partition(" (")[2] for mutant in made if mutant.became == "8"}
    assert {"2nd)", "3rd)", "4th)", "11th)", "12th)", "13th)", "21st)", "22nd)", "23rd)"} <= ends


@pytest.mark.parametrize("slug", TASKS)
def test_no_two_mutants_of_an_item_have_one_name_and_the_listed_ones_exist(slug: str) -> None:
    names = [mutant.name for mutant in mutants(BUILT_IN.source("bank", slug, "solution.py")[0])]
    assert len(set(names)) == len(names)
    assert stray(equivalents(BUILT_IN, slug), names) == []


def test_the_documented_table_counts_the_mutants_of_the_bank() -> None:
    text = (ROOT / "docs" / "authoring.md").read_text(encoding="utf-8")
    _, _, table = text.partition("<!-- mutants -->\n")
    rows = [row.strip("| ").split(" | ") for row in table.partition("<!-- end -->")[0].splitlines()]
    found = {row[0]: (int(row[1]) + int(row[5]), int(row[5])) for row in rows[2:]}
    due = {slug: (made_of(slug), len(equivalents(BUILT_IN, slug))) for slug in TASKS}
    due["all"] = (sum(made for made, _ in due.values()), sum(same for _, same in due.values()))
    assert found == due, "run the command that docs/authoring.md gives above the table"


def made_of(slug: str) -> int:
    return len(mutants(BUILT_IN.source("bank", slug, "solution.py")[0]))


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
    assert result.faults == ()


@pytest.mark.sandbox
def test_a_listed_mutant_that_is_caught_or_does_not_exist_is_a_fault(tmp_path: Path) -> None:
    content = bank(tmp_path, "".join(entries("line 5: root == 2 -> root", CAUGHT, EQUIVALENT)))
    with started() as sandbox:
        *_, result = run_mutants(CodeRoom(content, sandbox), content, "scaling")
    assert isinstance(result, MutationResult)
    unknown, caught = result.faults
    assert "equivalents.toml:2: name: found 'line 5: root == 2 -> root', expected a" in unknown
    assert "(nearest: 'line 5: " in unknown
    assert f"equivalents.toml:6: name: found {CAUGHT!r}, which the checks catch" in caught
    assert [name for name, _ in result.equivalents] == [EQUIVALENT]


@pytest.mark.sandbox
def test_the_command_fails_on_a_faulty_list_whatever_the_rate(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for kind in ("bank", "rubrics"):
        shutil.copytree(ROOT / kind / SLUG, tmp_path / kind / SLUG)
    listed = tmp_path / "bank" / SLUG / "equivalents.toml"
    known = listed.read_text(encoding="utf-8")
    name = "line 6: return x -> return x.detach()"
    listed.write_text("".join(entries(name)) + known, encoding="utf-8")
    monkeypatch.setenv("INTERVIEWER_BANK", str(tmp_path))
    with started():  # skips, or fails, where nothing can be run
        assert main(["check", SLUG, "--mutants"]) == 1
    said = capsys.readouterr()
    assert f"equivalents.toml:2: name: found {name!r}, which the checks catch" in said.err
    assert said.out.splitlines()[2:] == [
        f"| {SLUG} | 3 | 3 | 0 | 100.0 | 2 |",
        "| all | 3 | 3 | 0 | 100.0 | 2 |",
    ]


def entries(*names: str) -> Iterator[str]:
    for name in names:
        yield f'[[mutants]]\nname = "{name}"\nreason = "A reason."\n\n'


def test_a_mutant_that_is_listed_twice_is_told_with_its_line(tmp_path: Path) -> None:
    content = bank(tmp_path, "".join(entries(EQUIVALENT, EQUIVALENT)))
    with pytest.raises(ContentError, match=r"equivalents.toml:6: name: found .* a second time"):
        equivalents(content, "scaling")


def test_the_table_has_a_row_for_each_item_and_one_for_all() -> None:
    survivor = Mutant(1, "a", "b", "b")
    results = [
        MutationResult("one", 2, (survivor,), ()),
        MutationResult("two", 7, (), (("a", "b"), ("c", "d"))),
        MutationResult("three", 0, (), ()),
    ]
    assert kill_table(results).splitlines()[2:] == [
        "| one | 3 | 2 | 1 | 66.7 | 0 |",
        "| two | 7 | 7 | 0 | 100.0 | 2 |",
        "| three | 0 | 0 | 0 | - | 0 |",
        "| all | 10 | 9 | 1 | 90.0 | 2 |",
    ]


def test_a_faulty_list_of_equivalents_is_told_with_its_line(tmp_path: Path) -> None:
    content = bank(tmp_path, '[[mutants]]\nname = "line 1: a -> b"\n')
    with pytest.raises(ContentError, match=r"equivalents.toml:1: found no key 'reason'"):
        equivalents(content, "scaling")
