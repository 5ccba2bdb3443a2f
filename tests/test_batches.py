import json
from pathlib import Path
from typing import Any

import pytest

from interviewer.commands.common import field, read_rows, read_text, run_batch
from interviewer.errors import InputError, ModelError

Row = dict[str, Any]


class Shouter:
    """Gives each row's text in capitals, and keeps what it was asked."""

    def __init__(self, stops_before: str = "") -> None:
        self.asked: list[str] = []
        self.stops_before = stops_before

    def __call__(self, row: Row) -> Row:
        text = field(row, "text")
        if text == self.stops_before:
            raise KeyboardInterrupt
        self.asked.append(text)
        return {"said": text.upper()}


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "in.jsonl"
    rows = [{"id": f"r{n}", "text": text} for n, text in enumerate("abcd")]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "out.jsonl"


def lines(path: Path) -> list[Row]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").split("\n")[:-1]]


DONE = [{"id": f"r{n}", "said": text} for n, text in enumerate("ABCD")]


def test_results_stand_in_the_order_of_the_input(source: Path, out: Path) -> None:
    assert run_batch(str(source), str(out), Shouter()) == 0
    assert lines(out) == DONE


@pytest.mark.parametrize(
    ("faulty", "message"),
    [
        ("{not json", "not JSON"),
        ('"text"', "found str, expected an object"),
        ('{"id": "x"}', "text: found None, expected text"),
        ('{"id": "x", "text": 3}', "text: found 3, expected text"),
        ("[" * 100_000, "not JSON"),
    ],
)
def test_a_faulty_line_gives_an_error_in_its_place(
    source: Path, out: Path, faulty: str, message: str
) -> None:
    rows = source.read_text().splitlines()
    rows[1] = faulty
    source.write_text("\n".join(rows))
    assert run_batch(str(source), str(out), Shouter()) == 1
    found = lines(out)
    assert [found[0], *found[2:]] == [DONE[0], *DONE[2:]]
    assert found[1].keys() == {"id", "error"}
    assert f"{source}:2: " in found[1]["error"]
    assert message in found[1]["error"]


def test_a_line_that_is_not_utf8_is_a_faulty_line(source: Path, out: Path) -> None:
    source.write_bytes(b'{"id": "r0", "text": "\xff"}\n{"id": "r1", "text": "b"}\n')
    assert run_batch(str(source), str(out), Shouter()) == 1
    assert "not JSON" in lines(out)[0]["error"]
    assert lines(out)[1] == DONE[1]


def test_our_own_failure_on_one_line_leaves_the_others(source: Path, out: Path) -> None:
    def run(row: Row) -> Row:
        if row["text"] == "b":
            raise ModelError("out of memory")
        return {"said": row["text"].upper()}

    assert run_batch(str(source), str(out), run) == 1
    assert lines(out)[1] == {"id": "r1", "error": f"{source}:2: out of memory"}
    assert lines(out)[2:] == DONE[2:]


def test_an_interrupted_batch_goes_on_where_it_ended(source: Path, out: Path) -> None:
    first = Shouter(stops_before="c")
    with pytest.raises(KeyboardInterrupt):
        run_batch(str(source), str(out), first)
    assert lines(out) == DONE[:2]  # each was written as it was done
    second = Shouter()
    assert run_batch(str(source), str(out), second) == 0
    assert (first.asked, second.asked) == (["a", "b"], ["c", "d"])
    assert lines(out) == DONE


def test_a_torn_last_line_is_done_again(source: Path, out: Path) -> None:
    whole = "".join(json.dumps(row) + "\n" for row in DONE[:2])
    out.write_text(whole + '{"id": "r2", "sa')
    again = Shouter()
    assert run_batch(str(source), str(out), again) == 0
    assert again.asked == ["c", "d"]
    assert lines(out) == DONE


def test_a_line_torn_within_a_letter_is_done_again(source: Path, out: Path) -> None:
    whole = "".join(json.dumps(row) + "\n" for row in DONE[:2])
    out.write_bytes(whole.encode() + '{"id": "r2", "said": "é'.encode()[:-1])
    assert run_batch(str(source), str(out), Shouter()) == 0
    assert lines(out) == DONE


def test_an_earlier_error_still_counts_after_resuming(source: Path, out: Path) -> None:
    out.write_text('{"id": "r0", "error": "in.jsonl:1: broken"}\n')
    assert run_batch(str(source), str(out), Shouter()) == 1
    assert lines(out)[1:] == DONE[1:]


def test_a_finished_batch_is_not_run_again(source: Path, out: Path) -> None:
    run_batch(str(source), str(out), Shouter())
    again = Shouter()
    assert run_batch(str(source), str(out), again) == 0
    assert again.asked == []
    assert lines(out) == DONE


@pytest.mark.parametrize("text", ["a\u2028b\u2029c", "a\x85b\x1cc", "naïve – Δ", "half \ud83d"])
def test_unusual_characters_survive_a_resumed_batch(tmp_path: Path, out: Path, text: str) -> None:
    source = tmp_path / "in.jsonl"
    rows = [{"id": text, "text": text}, {"id": "last", "text": "stop"}]
    source.write_text("".join(json.dumps(row) + "\n" for row in rows))
    with pytest.raises(KeyboardInterrupt):
        run_batch(str(source), str(out), Shouter(stops_before="stop"))
    assert run_batch(str(source), str(out), Shouter()) == 0
    assert lines(out) == [{"id": text, "said": text.upper()}, {"id": "last", "said": "STOP"}]


def test_blank_lines_are_passed_over_and_numbers_kept(source: Path) -> None:
    source.write_text('\n{"id": 1}\n\n{"id": 2}\n')
    assert list(read_rows(str(source))) == [(2, {"id": 1}), (4, {"id": 2})]


def test_a_missing_batch_is_refused(tmp_path: Path, out: Path) -> None:
    with pytest.raises(InputError, match=r"none\.jsonl: No such file"):
        run_batch(str(tmp_path / "none.jsonl"), str(out), Shouter())
    assert not out.exists()


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"\x89PNG\r\n\x1a\n\x00", "byte 0 is not UTF-8"),
        (b"a\x00b", "NUL at character 1"),
        (b"a" * (1 << 20), "1,048,576 bytes, expected at most"),
    ],
)
def test_what_is_no_text_is_refused(tmp_path: Path, data: bytes, message: str) -> None:
    path = tmp_path / "answer.txt"
    path.write_bytes(data)
    with pytest.raises(InputError, match=message):
        read_text(str(path))


def test_a_byte_order_mark_is_not_part_of_the_text(tmp_path: Path) -> None:
    path = tmp_path / "answer.txt"
    path.write_bytes(b"\xef\xbb\xbfBatch norm.")
    assert read_text(str(path)) == "Batch norm."
