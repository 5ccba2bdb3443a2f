"""Reads the imports of the package and holds that arrows point downwards only."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
ADAPTERS = ("content", "models", "sandbox", "store")
JOINTS = ("__main__", "commands", "parts")  # what serve.py and the command line join parts with
PURE = (
    "agreement",
    "attacks",
    "bank",
    "calibration",
    "content_rules",
    "contract",
    "conversation",
    "errors",
    "evaluation",
    "explained",
    "feedback",
    "injections",
    "interview",
    "label_tables",
    "lessons",
    "labelled",
    "loose_code",
    "loss_lists",
    "mentors",
    "overrides",
    "prompts",
    "rapid_fire",
    "mutants",
    "reading",
    "rubric",
    "score",
    "second_pass",
    "sentences",
    "studio",
    "toml_edits",
    "toml_fields",
    "toml_lines",
    "turns",
    "types",
    "unknown_names",
)
FLOW = ("checks", "evidence", "grading", "judge", "training")
# beside the adapters: what runs in the supervised grader process, and what the bank's checks use
TORCH = ("checks", "compare", "models", "sandbox", "small_net")


def modules() -> dict[str, Path]:
    """Every module of the package by its dotted name, without `interviewer.`."""
    package = ROOT / "interviewer"
    return {
        ".".join(path.relative_to(package).with_suffix("").parts): path
        for path in sorted(package.rglob("*.py"))
    }


def imported(path: Path) -> Iterator[str]:
    """The dotted names that a file imports, anywhere in it."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            yield node.module or ""
            if node.module == "interviewer":
                yield from (f"interviewer.{alias.name}" for alias in node.names)


def ours(path: Path) -> set[str]:
    """The parts of our own package that a file imports, by first name: `models`, `judge`."""
    return {n.split(".")[1] for n in imported(path) if n.startswith("interviewer.")}


def of(parts: tuple[str, ...]) -> dict[str, Path]:
    return {name: path for name, path in modules().items() if name.split(".")[0] in parts}


def test_the_named_layers_exist() -> None:
    first = {name.split(".")[0] for name in modules()}
    assert {*ADAPTERS, *JOINTS, *PURE, *FLOW, *TORCH} <= first


@pytest.mark.parametrize("name", PURE)
def test_a_pure_module_imports_pure_modules_only(name: str) -> None:
    assert ours(modules()[name]) <= set(PURE)


@pytest.mark.parametrize("name", PURE)
def test_a_pure_module_does_no_input_or_output(name: str) -> None:
    outside = {"httpx", "logging", "os", "socket", "sqlite3", "sqlite_utils", "subprocess", "time"}
    roots = {each.split(".")[0] for each in imported(modules()[name])}
    assert not roots & outside


@pytest.mark.parametrize("name", FLOW)
def test_the_flow_imports_no_adapter(name: str) -> None:
    assert not ours(modules()[name]) & {*ADAPTERS, *JOINTS, "settings", "ui"}


def test_nothing_below_the_edge_joins_parts_or_reads_settings() -> None:
    edge = {*JOINTS, "ui", "settings"}
    for name, path in modules().items():
        if name.split(".")[0] not in {*edge, "bench_grade"}:
            assert not ours(path) & {*JOINTS, "settings", "ui"}, name


def test_the_user_interface_imports_no_model_and_no_sandbox() -> None:
    for name, path in of(("ui",)).items():
        assert not ours(path) & {"models", "sandbox", "parts", "commands"}, name


def test_model_adapters_know_types_and_errors_only() -> None:
    for name, path in of(("models",)).items():
        assert ours(path) <= {"types", "errors", "models"}, name


def test_adapters_import_neither_the_flow_nor_what_is_above() -> None:
    for name, path in of(("content", "models", "store")).items():
        assert not ours(path) & {"judge", "grading", "evidence", "desk", "ui", *JOINTS}, name


def files_that_import(root: str) -> set[str]:
    """The modules, and serve.py, that import a distribution's top package."""
    everything = {**modules(), "serve.py": ROOT / "serve.py"}
    return {
        name
        for name, path in everything.items()
        if root in {each.split(".")[0] for each in imported(path)}
    }


def test_gradio_appears_in_the_user_interface_and_serve_alone() -> None:
    found = files_that_import("gradio")
    assert found
    assert {name for name in found if name != "serve.py" and not name.startswith("ui.")} == set()


def test_torch_appears_in_model_adapters_and_the_sandbox_alone() -> None:
    found = files_that_import("torch") | files_that_import("transformers")
    assert found
    assert {name for name in found if name.split(".")[0] not in TORCH} == set()


def test_starting_the_command_line_imports_no_torch() -> None:
    seen: set[str] = set()
    waiting = ["__main__"]
    known = modules()
    while waiting:
        name = waiting.pop()
        if name in seen or name not in known:
            continue
        seen.add(name)
        tree = ast.parse(known[name].read_text(encoding="utf-8"))
        for node in tree.body:  # not what a function imports when it is called
            if isinstance(node, ast.Import | ast.ImportFrom):
                single = ast.unparse(node)
                assert "torch" not in single, f"{name}: {single}"
        waiting += [
            each.removeprefix("interviewer.")
            for each in imported(known[name])
            if each.startswith("interviewer.") and "sandbox" not in each
        ]
    assert {"settings", "errors"} <= seen
