"""`evaluate` over the scripted judge: what it draws, keeps and takes up again."""

import json
from pathlib import Path
from typing import Any

import pytest

from interviewer.__main__ import main
from interviewer.commands import evaluate
from interviewer.judge import LlmJudge
from interviewer.rubric import is_held_out
from interviewer.settings import Settings
from tests.content_texts import SLUG, write
from tests.fakes import ScriptedModel
from tests.judging import scripted_judge

Captured = pytest.CaptureFixture[str]


@pytest.fixture
def model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ScriptedModel:
    """The model that judges; it finds everything stated in answers that say `yes`."""
    judge, model = scripted_judge(lambda prompt, _: 0.98 if "yes" in prompt else 0.02)

    def load(
        settings: Settings, progress: object, without: frozenset[str]
    ) -> tuple[LlmJudge, ScriptedModel]:
        return judge, model

    monkeypatch.setattr(evaluate, "load_judge", load)
    monkeypatch.setenv("INTERVIEWER_BANK", str(write(tmp_path / "content")))
    monkeypatch.setenv("INTERVIEWER_DATA", str(tmp_path / "data"))
    return model


def question(name: str, *texts: str) -> dict[str, Any]:
    return {
        "item": name,
        "question": f"What of {name}?",
        "criteria": [{"id": "a", "text": "It is a."}],
        "answers": [
            {"kind": "brief", "text": text, "labels": {"a": "missing"}, "score": 0}
            for text in texts
        ],
    }


@pytest.fixture
def rows(tmp_path: Path) -> Path:
    path = tmp_path / "rows.jsonl"
    asked = [question(f"q{n}", f"No {n}.", f"Not {n}.") for n in range(5)]
    path.write_text("".join(json.dumps(row) + "\n" for row in asked))
    return path


def figures(capsys: Captured, *arguments: str) -> dict[str, Any]:
    assert main(["evaluate", *arguments, "--json"]) == 0
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return found


def test_without_a_file_the_held_out_samples_are_judged(
    model: ScriptedModel, capsys: Captured
) -> None:
    held_out = sum(is_held_out(SLUG, f"s-{n}") for n in range(20))
    found = figures(capsys)
    assert 0 < held_out < 20
    assert found["n"] == held_out
    assert found["n_criteria"] == 5 * held_out
    assert found["judge"] == {
        "model": "scripted",
        "identity": "scripted",
        "calibrated": False,
        "reader": "",
        "without": None,
    }


def test_every_verdict_goes_to_out_and_is_not_judged_again(
    model: ScriptedModel, capsys: Captured, rows: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out.jsonl"
    first = figures(capsys, str(rows), "--out", str(out))
    lines = [json.loads(line) for line in out.read_text().splitlines()]
    assert len(lines) == first["n"] == 10
    assert {(c["id"], c["verdict"]) for line in lines for c in line["criteria"]} == {
        ("a", "missing")
    }
    asked = len(model.prompts)
    assert figures(capsys, str(rows), "--out", str(out)) == first
    assert len(model.prompts) == asked
    assert len(out.read_text().splitlines()) == 10


def test_a_torn_last_line_is_judged_again_and_kept_whole(
    model: ScriptedModel, capsys: Captured, rows: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out.jsonl"
    figures(capsys, str(rows), "--out", str(out))
    out.write_text(out.read_text()[:-30])
    figures(capsys, str(rows), "--out", str(out))
    asked = len(model.prompts)
    assert figures(capsys, str(rows), "--out", str(out))["n"] == 10
    assert len(model.prompts) == asked


def test_a_limit_draws_whole_questions_by_the_seed(
    model: ScriptedModel, capsys: Captured, rows: Path, tmp_path: Path
) -> None:
    drawn: list[list[str]] = []
    for seed in ("0", "0", "1", "2", "3"):
        out = tmp_path / f"{len(drawn)}.jsonl"
        assert (
            figures(capsys, str(rows), "--limit", "3", "--seed", seed, "--out", str(out))["n"] == 4
        )
        lines = [json.loads(line) for line in out.read_text().splitlines()]
        drawn.append(sorted(line["group"] for line in lines))
    assert drawn[0] == drawn[1]
    assert all(len(set(groups)) == 2 for groups in drawn)
    assert len({tuple(groups) for groups in drawn}) > 1


def test_figures_are_shown_to_a_person(model: ScriptedModel, capsys: Captured, rows: Path) -> None:
    assert main(["evaluate", str(rows)]) == 0
    out = capsys.readouterr().out
    assert out.startswith("judge scripted, calibrated: False\n")
    assert "brief        n   10  credited 0.00  mean score 0" in out
