"""Code tasks and repair rounds as code: solutions pass, starters fail, wrong ones as they say."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from interviewer.checks import load_suite
from interviewer.sandbox import CodeTask, Sandbox
from interviewer.types import RunResult, RunVerdict
from tests.sandbox_attempts import started

pytestmark = pytest.mark.sandbox

ROOT = Path(__file__).resolve().parents[1]
FOLDERS = {
    path.parent.name: path.parent
    for kind in ("bank", "repairs")
    for path in (ROOT / kind).glob("*/checks.py")
}
TASKS = sorted(FOLDERS)
WRONG = sorted(f"{slug}/{path.stem}" for slug in TASKS for path in FOLDERS[slug].glob("wrong_*.py"))
RUNS = 3  # inputs are drawn afresh each time
FAILED_RUNS: dict[str, RunResult] = {}  # of wrong programs, by test_the_wrong_program...


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with started() as opened:
        yield opened


def run(sandbox: Sandbox, slug: str, file: str) -> RunResult:
    source = (FOLDERS[slug] / file).read_text("utf-8")
    return sandbox.run(CodeTask(slug, FOLDERS[slug] / "checks.py"), source)


def told(result: RunResult) -> list[tuple[str, str, str]]:
    return [(c.name, c.verdict, c.message) for c in result.checks if c.verdict != "AC"]


@pytest.mark.parametrize("slug", TASKS)
def test_the_solution_is_accepted(sandbox: Sandbox, slug: str) -> None:
    for _ in range(RUNS):
        result = run(sandbox, slug, "solution.py")
        assert result.verdict == RunVerdict.ACCEPTED, (result.message, told(result))


@pytest.mark.parametrize("slug", TASKS)
def test_the_starter_is_not_accepted(sandbox: Sandbox, slug: str) -> None:
    result = run(sandbox, slug, "starter.py")
    assert result.verdict in (RunVerdict.WRONG_ANSWER, RunVerdict.RUNTIME_ERROR)
    assert result.checks[0].name == "entry" and result.checks[0].verdict == "AC"


@pytest.mark.parametrize("program", WRONG)
def test_the_wrong_program_is_caught_by_the_check_it_names(sandbox: Sandbox, program: str) -> None:
    slug, name = program.split("/")
    source = (FOLDERS[slug] / f"{name}.py").read_text("utf-8")
    due = re.match(r"# (WA|RE|TLE|MLE|OLE) ([a-z0-9-]+)\n", source)
    assert due, f"{program}: the first line must read `# VERDICT check-id`"
    for _ in range(RUNS):
        result = FAILED_RUNS[program] = run(sandbox, slug, f"{name}.py")
        assert result.verdict == due[1], (result.message, told(result))
        verdicts = {check.name: check.verdict for check in result.checks}
        assert verdicts.get(due[2]) == due[1], (result.message, told(result))


ODD = (
    "None", "'text'", "(None,) * 4", "1.5", "object()", "torch.zeros(2, 3)", "{'a': []}",
    "torch.ones(1, dtype=torch.complex64)",
)  # fmt: skip


@pytest.mark.parametrize("slug", TASKS)
def test_an_odd_value_is_the_candidates_fault(sandbox: Sandbox, slug: str) -> None:
    """No value may make a check fail by itself: that would be IE, ours."""
    checks = FOLDERS[slug] / "checks.py"
    entries = load_suite(checks).entries
    for value in ODD:
        lines = ["import torch", f"def odd(*a, **k): return {value}"]
        for entry in entries:
            lines.append(
                f"class {entry.name}(torch.nn.Module):\n"
                "    def __init__(self, *a, **k): super().__init__()\n"
                "    forward = odd"
                if entry.kind == "class"
                else f"{entry.name} = odd"
            )
        result = sandbox.run(CodeTask(slug, checks), "\n".join(lines))
        assert result.verdict in ("WA", "RE"), (value, result.message, told(result))


@pytest.mark.parametrize("slug", TASKS)
def test_every_check_is_named_by_a_wrong_program(slug: str) -> None:
    wrong = list(FOLDERS[slug].glob("wrong_*.py"))
    named = {path.read_text("utf-8").split()[2] for path in wrong}
    source = (FOLDERS[slug] / "checks.py").read_text("utf-8")
    checks = {name.replace("_", "-") for name in re.findall(r"^def ([a-z]\w*)\(", source, re.M)}
    assert len(wrong) >= (5 if FOLDERS[slug].parent.name == "bank" else 3)
    assert checks == named - {"entry"}


@pytest.mark.parametrize("slug", TASKS)
def test_no_check_is_idle(sandbox: Sandbox, slug: str) -> None:
    """Without any one of them, some wrong program would pass."""
    names = [check.name for check in run(sandbox, slug, "solution.py").checks]
    alone = set()
    for path in FOLDERS[slug].glob("wrong_*.py"):
        ended = FAILED_RUNS.get(f"{slug}/{path.stem}") or run(sandbox, slug, path.name)
        failed = {name for name, _, _ in told(ended)}
        alone |= failed if len(failed) == 1 else set()
    assert set(names) - {"entry"} <= alone


@pytest.mark.parametrize("slug", TASKS)
def test_every_check_has_a_sentence(sandbox: Sandbox, slug: str) -> None:
    for check in run(sandbox, slug, "solution.py").checks:
        assert check.sentence.endswith("."), check.name
