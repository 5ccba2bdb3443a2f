import pytest

from interviewer.bank import parse_item
from interviewer.errors import ContentError
from interviewer.types import FollowUp, Limits, Task
from tests.content_texts import ITEM, SLUG, line

FILE = f"bank/{SLUG}/item.toml"


def test_an_item_is_read_with_its_folder_as_slug() -> None:
    item = parse_item(ITEM, FILE)
    assert item.slug == SLUG
    assert (item.title, item.level, item.cluster) == ("Gradient flow", "easy", "backprop-gradients")
    assert item.companies == ()
    assert item.reference.split() == ["word"] * 160
    assert item.hints[0] == "Think of a product."
    assert item.follow_ups == (FollowUp("What changes with another activation?", "claim-1"),)
    assert item.sources == ("A textbook, chapter 6",)
    assert item.task == Task("Write it.", ("flow",), Limits(wall_seconds=5.0))


def test_an_item_without_code_has_no_task() -> None:
    text = ITEM[: ITEM.index("[task]")]
    assert parse_item(text, FILE).task is None


BROKEN = [
    ('level = "easy"', 'level = "eazy"', "level: found 'eazy', expected one of easy, medium, hard"
     " (nearest: 'easy')"),
    ('level = "easy"', "level = 1", "level: found 1, expected one of easy, medium, hard"),
    ('title = "Gradient flow"', 'title = "  "', "title: found '  ', expected a text that is not"
     " blank"),
    ("companies = []", "companies = 'Acme'", "companies: found 'Acme', expected a list of texts"),
    ("companies = []", "companies = ['']", "companies: found '' in the list, expected texts that"
     " are not blank"),
    ("entries = [", "entries = ['a b', ", "entries: found 'a b', expected a Python name"),
    ('entries = ["flow"]', "entries = []", "entries: found none, expected the names that the checks"
     " look for"),
    ("wall_seconds = 5", "wall_seconds = 11", "wall_seconds: found 11, expected a number from 0.1"
     " to 10"),
    ("wall_seconds = 5", "memory_bytes = 2000000000", "memory_bytes: found 2000000000, expected a"
     " number from 1 to 1073741824"),
]  # fmt: skip


@pytest.mark.parametrize(("good", "bad", "message"), BROKEN, ids=lambda text: text[:30])
def test_a_fault_has_its_line_and_says_what_was_expected(good: str, bad: str, message: str) -> None:
    text = ITEM.replace(good, bad, 1)
    with pytest.raises(ContentError) as caught:
        parse_item(text, FILE)
    assert caught.value.faults == [f"{FILE}:{line(text, bad)}: {message}"]


@pytest.mark.parametrize(
    ("good", "bad", "faults"),
    [
        ("companies = []", "companies = []\ncompani = 1", [(5, "found unknown key 'compani', "
         "expected a known one (nearest: 'companies')")]),
        ("question = ", "qestion = ", [(12, "found no key 'question', expected a text"), (13,
         "found unknown key 'qestion', expected a known one (nearest: 'question')")]),
        ("companies = []\n", "", [(1, "found no key 'companies', expected a list of texts")]),
        ("[[follow_ups]]", "[follow_ups]", [(12, "follow_ups: found a table, expected tables, each "
         "under [[follow_ups]]")]),
    ],
)  # fmt: skip
def test_keys_unknown_or_lacking(good: str, bad: str, faults: list[tuple[int, str]]) -> None:
    with pytest.raises(ContentError) as caught:
        parse_item(ITEM.replace(good, bad, 1), FILE)
    assert caught.value.faults == [f"{FILE}:{number}: {message}" for number, message in faults]


def test_all_faults_are_gathered() -> None:
    text = ITEM.replace('"easy"', '"eazy"').replace("wall_seconds = 5", "wall_seconds = true")
    with pytest.raises(ContentError) as caught:
        parse_item(text, FILE)
    assert len(caught.value.faults) == 2


def test_a_folder_that_is_no_slug_is_a_fault() -> None:
    with pytest.raises(ContentError, match="found 'Gradient_Flow', expected a slug in kebab-case"):
        parse_item(ITEM, "bank/Gradient_Flow/item.toml")
