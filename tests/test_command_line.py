"""The command line as others drive it: exit codes, one clear line, JSON alone on its output."""

import json
from pathlib import Path

import pytest

from interviewer.__main__ import COMMANDS, main
from interviewer.label_tables import NO_OVERLAP
from tests.content_texts import ITEM, SLUG, write

Captured = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def bank(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A bank of one item, no model, and folders of the test's own."""
    root = write(tmp_path / "content")
    for name, value in {
        "MODEL": "none",
        "BANK": str(root),
        "DATA": str(tmp_path / "data"),
        "CACHE": str(tmp_path / "cache"),
    }.items():
        monkeypatch.setenv(f"INTERVIEWER_{name}", value)
    return root


@pytest.fixture
def answer(tmp_path: Path) -> Path:
    path = tmp_path / "answer.txt"
    path.write_text("Statement number 1. A false way 2.", encoding="utf-8")
    return path


def one_line(capsys: Captured) -> str:
    """The line on standard error, when nothing else was written."""
    out, err = capsys.readouterr()
    assert out == ""
    assert err.count("\n") == 1
    return err.strip()


def test_an_unknown_slug_is_told_with_the_nearest(answer: Path, capsys: Captured) -> None:
    assert main(["grade", "gradent-flow", "--answer", str(answer)]) == 1
    assert one_line(capsys) == (
        f"found no item 'gradent-flow', expected one of the bank (nearest: '{SLUG}')"
    )


def test_a_slug_cannot_walk_out_of_the_bank(answer: Path, capsys: Captured) -> None:
    assert main(["grade", "../../etc", "--answer", str(answer)]) == 1
    assert "found no item" in one_line(capsys)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"a" * (1 << 20), "1,048,576 bytes, expected at most"),
        (b"a" * 20_001, "20,001 characters, expected at most 20,000"),
        (b"\x7fELF\x02\x01\x01\xff\xfe", "is not UTF-8, expected text"),
        (b"text\x00text", "NUL at character 4, expected text"),
    ],
)
def test_an_answer_that_is_too_long_or_no_text_is_refused(
    answer: Path, capsys: Captured, data: bytes, message: str
) -> None:
    answer.write_bytes(data)
    assert main(["grade", SLUG, "--answer", str(answer), "--json"]) == 1
    assert message in one_line(capsys)


@pytest.mark.parametrize("name", ["none.txt", "."])
def test_an_answer_that_cannot_be_read_is_refused(
    tmp_path: Path, capsys: Captured, name: str
) -> None:
    assert main(["grade", SLUG, "--answer", str(tmp_path / name)]) == 1
    assert "expected a readable file" in one_line(capsys)


def test_a_broken_overlay_is_told_with_file_and_line(
    tmp_path: Path, answer: Path, capsys: Captured
) -> None:
    overlay = tmp_path / "data" / "bank" / SLUG
    overlay.mkdir(parents=True)
    (overlay / "item.toml").write_text(ITEM.replace('level = "easy"', 'level = "easy'))
    assert main(["grade", SLUG, "--answer", str(answer)]) == 1
    assert f"data/bank/{SLUG}/item.toml:2: " in one_line(capsys)


def test_a_wrong_setting_is_told_by_its_name(
    answer: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("INTERVIEWER_THREADS", "many")
    assert main(["grade", SLUG, "--answer", str(answer)]) == 1
    assert one_line(capsys).startswith("INTERVIEWER_THREADS: found 'many'")


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["grde"],
        ["grade", SLUG, "--anser", "x"],
        ["evaluate", "--limit", "many"],
        ["evaluate", "--without", "luck"],
    ],
)
def test_a_usage_error_is_two(arguments: list[str], capsys: Captured) -> None:
    with pytest.raises(SystemExit) as caught:
        main(arguments)
    assert caught.value.code == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert "usage: python -m interviewer" in err


def test_help_names_every_command(capsys: Captured) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["--help"])
    assert caught.value.code == 0
    assert set(COMMANDS) <= set(capsys.readouterr().out.split())


@pytest.mark.parametrize("arguments", [[SLUG], ["--answer", "x"], ["--batch", "x.jsonl"]])
def test_half_a_grade_command_says_what_is_lacking(arguments: list[str], capsys: Captured) -> None:
    assert main(["grade", *arguments]) == 2
    assert "--out FILE" in one_line(capsys)


def test_without_a_model_an_answer_is_unscored_not_wrong(answer: Path, capsys: Captured) -> None:
    assert main(["grade", SLUG, "--answer", str(answer), "--json"]) == 0
    out, err = capsys.readouterr()
    grade = json.loads(out)
    assert grade["item"] == SLUG
    assert grade["score"] is None
    assert grade["coverage"] == 0
    assert {c["verdict"] for c in grade["criteria"]} == {"unscored"}
    assert {m["asserted"] for m in grade["misconceptions"]} == {None}
    assert grade["judge"]["model"] == "none"
    assert "INTERVIEWER_MODEL is none" in err
    keys = "id verdict probability confidence similarity signals points possible quote start end"
    assert grade["criteria"][0].keys() >= set(keys.split())


@pytest.mark.parametrize("blank", ["", " \n\n", "...\n"])
def test_a_blank_answer_without_a_model_is_an_answer(
    answer: Path, capsys: Captured, blank: str
) -> None:
    answer.write_text(blank)
    assert main(["grade", SLUG, "--answer", str(answer), "--json"]) == 0
    grade = json.loads(capsys.readouterr().out)
    assert len(grade["criteria"]) == 5
    assert {(c["points"], c["quote"]) for c in grade["criteria"]} == {(0.0, None)}
    assert grade["score"] in (None, 0)


def test_an_answer_is_read_from_standard_input(
    capsys: Captured, monkeypatch: pytest.MonkeyPatch, answer: Path
) -> None:
    with answer.open(encoding="utf-8") as stdin:
        monkeypatch.setattr("sys.stdin", stdin)
        assert main(["grade", SLUG, "--answer", "-"]) == 0
    assert f"{SLUG}: no score" in capsys.readouterr().out


def test_a_batch_keeps_order_and_ends_with_one_for_a_faulty_line(
    tmp_path: Path, capsys: Captured
) -> None:
    source, out = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    rows = [
        {"id": "a", "item": SLUG, "answer": "It vanishes."},
        {"id": "b", "item": "no-such-item", "answer": "It vanishes."},
        {"id": "c", "item": SLUG, "answer": ""},
    ]
    source.write_text("".join(json.dumps(row) + "\n" for row in rows))
    assert main(["grade", "--batch", str(source), "--out", str(out)]) == 1
    found = [json.loads(line) for line in out.read_text().splitlines()]
    assert [row["id"] for row in found] == ["a", "b", "c"]
    assert "found no item 'no-such-item'" in found[1]["error"]
    assert found[0]["item"] == found[2]["item"] == SLUG
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize("command", ["evaluate", "calibrate"])
def test_what_needs_a_model_and_has_none_is_our_failure(command: str, capsys: Captured) -> None:
    assert main([command]) == 3
    assert "INTERVIEWER_MODEL is none" in one_line(capsys)


def test_evaluate_names_the_line_that_is_at_fault(tmp_path: Path, capsys: Captured) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_text('{"answer": "a", "key_point": "k", "label": 1}\n{"answer": "a"}\n')
    assert main(["evaluate", str(path)]) == 1
    assert one_line(capsys).startswith(f"{path}:2: found keys ['answer'], expected")
    path.write_text("")
    assert main(["evaluate", str(path)]) == 1
    assert one_line(capsys) == f"{path}: no labelled answer found"


def test_check_is_silent_on_good_content(capsys: Captured) -> None:
    assert main(["check"]) == 0
    assert capsys.readouterr() == ("", "")


def test_check_gives_a_line_a_fault(bank: Path, capsys: Captured) -> None:
    path = bank / "bank" / SLUG / "item.toml"
    path.write_text(ITEM.replace('"easy"', '"eazy"').replace('title = "G', 'titel = "G'))
    assert main(["check", SLUG]) == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert len(err.splitlines()) >= 2
    assert all(line.startswith(f"{path}:") for line in err.splitlines())


def test_check_shows_the_labels_when_asked(
    monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    monkeypatch.setattr("interviewer.commands.check.packaged_folder", lambda: None)
    assert main(["check", "--labels"]) == 0
    out, err = capsys.readouterr()
    assert f"| {SLUG} | 20 | 100 | 20 | 20 | 40 | 20 | - | - | - | - |\n" in out
    assert f"| {SLUG} | 3 | 3 | 3 |" in out
    assert out.endswith(f"\n\n{NO_OVERLAP}\n")
    assert err.splitlines()[0] == (
        f"{SLUG} claim-1: covered 20, partial 0, missing 0, contradicted 0"
    )
    assert len(err.splitlines()) == 5
