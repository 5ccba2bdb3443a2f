"""The file of rapid-fire questions: read, checked, and shown as items like any other."""

from collections import Counter
from pathlib import Path

import pytest

from interviewer.check import check_content
from interviewer.content import Content, open_content
from interviewer.errors import ContentError, InputError
from interviewer.types import Verdict
from tests.content_texts import QUICK, QUICK_SLUG, SLUG, line, write, write_quick

FILE = "bank/rapid-fire.toml"


def faults(root: Path, slug: str | None = None, *, labels: bool = False) -> list[str]:
    return [
        each.removeprefix(f"{root}/") for each in check_content(Content(root), slug, labels=labels)
    ]


def test_a_question_is_an_item_with_a_rubric_and_samples(tmp_path: Path) -> None:
    content = Content(write_quick(write(tmp_path)))
    item, rubric = content.item(QUICK_SLUG), content.rubric(QUICK_SLUG)
    assert (item.slug, item.title, item.level) == (QUICK_SLUG, "Step", "easy")
    assert (item.hints, item.task, item.sources) == ((), None, ("A textbook",))
    assert rubric.item == QUICK_SLUG
    assert [each.id for each in rubric.claims] == ["one", "two", "myth"]
    assert [each.kind for each in content.samples(QUICK_SLUG)] == [
        "excellent", "partial", "wrong", "vague",
    ]  # fmt: skip
    assert dict(content.samples(QUICK_SLUG)[2].verdicts)["one"] is Verdict.CONTRADICTED
    assert content.slugs() == (SLUG,)  # what trains, calibrates and edits goes by folders


def test_it_has_no_files_of_its_own(tmp_path: Path) -> None:
    content = Content(write_quick(write(tmp_path)))
    with pytest.raises(ContentError) as caught:
        content.source("bank", QUICK_SLUG, "solution.py")
    path = tmp_path / "bank" / QUICK_SLUG / "solution.py"
    assert caught.value.faults == [f"{path}:1: found no file, expected one for item 'step'"]
    with pytest.raises(InputError, match="nearest: 'step'"):
        content.item("stepp")


def test_its_version_changes_with_what_is_graded_alone(tmp_path: Path) -> None:
    before = Content(write_quick(write(tmp_path))).rubric(QUICK_SLUG).version
    write_quick(tmp_path, QUICK.replace("You left it out.", "It is missing."))
    assert Content(tmp_path).rubric(QUICK_SLUG).version == before
    write_quick(tmp_path, QUICK.replace("One batch, one update.", "One update a batch."))
    assert Content(tmp_path).rubric(QUICK_SLUG).version != before


def test_a_bank_without_the_file_has_none(tmp_path: Path) -> None:
    content = Content(write(tmp_path))
    assert content.rapid_fire() == ()
    assert faults(tmp_path) == []
    with pytest.raises(InputError, match="found no item 'step'"):
        content.item("step")


def test_the_overlay_replaces_the_file(tmp_path: Path) -> None:
    write_quick(write(tmp_path / "root"))
    other = QUICK.replace(f'id = "{QUICK_SLUG}"', 'id = "other-step"')
    (tmp_path / "data").mkdir()
    write_quick(tmp_path / "data", other)
    content = Content(tmp_path / "root", tmp_path / "data")
    assert [each.item.slug for each in content.rapid_fire()] == ["other-step"]


@pytest.mark.parametrize(
    ("good", "bad", "key", "message"),
    [
        ('title = "Step"', 'title = "Step"\nlevel = "easy"', "level",
         "found unknown key 'level', expected a known one"),
        ('id = "two"', 'id = "one"', 'id = "one"\npoints = 2\nstatement = "Two',
         "id: found 'one' a second time, expected an id used once in the file"),
        ("points = 2", "points = 0", "points = 0",
         "points: found 0, expected a number above 0, at most 1000"),
        ('two = "covered"\n', "", "[questions.samples.verdicts]",
         "found no key 'two', expected one of covered, partial, missing, contradicted"),
        ('cluster = "fundamentals"', 'cluster = "basics"', "cluster",
         "cluster: found 'basics', expected one of fundamentals,"),
    ],
)  # fmt: skip
def test_a_malformed_file_names_the_line(
    tmp_path: Path, good: str, bad: str, key: str, message: str
) -> None:
    text = QUICK.replace(good, bad, 1)
    write_quick(write(tmp_path), text)
    for slug in (None, QUICK_SLUG):
        found, *_ = faults(tmp_path, slug)
        assert found.startswith(f"{FILE}:{line(text, key)}: {message}")
    with pytest.raises(ContentError):
        Content(tmp_path).item(QUICK_SLUG)
    assert Content(tmp_path).item(SLUG).slug == SLUG  # the others can still be asked
    assert faults(tmp_path, SLUG) == []


@pytest.mark.parametrize(
    ("good", "bad", "key", "message"),
    [
        ("word " * 40, "word " * 29, "reference", "found 29 words, expected 30 to 60"),
        (', "Two of several."', "", 'near_misses = ["Two',
         "found 1 near misses, expected at least 2"),
        (', "Third way one."', "", "paraphrases", "found 2 paraphrases, expected at least 3"),
        ('kind = "vague"', 'kind = "wrong"', "[[questions]]",
         "found no sample of kind 'vague', expected at least one"),
        ("Sample four.", "Sample three.", 'text = "Sample three."\nscore = 0\nmisconceptions = []',
         "found the text of sample 'wrong' again, expected a text of its own"),
        (f'id = "{QUICK_SLUG}"', f'id = "{SLUG}"', "id",
         f"id: found '{SLUG}', expected an id that no folder of the bank has"),
    ],
)  # fmt: skip
def test_a_question_that_is_not_good_enough(
    tmp_path: Path, good: str, bad: str, key: str, message: str
) -> None:
    text = QUICK.replace(good, bad, 1)
    assert text != QUICK
    write_quick(write(tmp_path), text)
    assert faults(tmp_path) == [f"{FILE}:{line(text, key)}: {message}"]


def test_labels_are_weighed_when_asked(tmp_path: Path) -> None:
    text = QUICK.replace("score = 100", "score = 40")
    write_quick(write(tmp_path), text)
    assert faults(tmp_path, QUICK_SLUG) == []
    assert faults(tmp_path, QUICK_SLUG, labels=True) == [
        f"{FILE}:{line(text, 'score = 40')}: found 40, expected at most 25 from 100, the score of"
        " its verdicts"
    ]


def test_the_built_in_questions() -> None:
    content = open_content()
    questions = content.rapid_fire()
    assert len(questions) >= 15
    assert not {each.item.slug for each in questions} & set(content.slugs())
    stems = Counter(content.item(slug).stem for slug in content.slugs())
    stems.update(each.item.stem for each in questions)
    assert set(stems.values()) == {1}
    for each in questions:
        by_kind = {sample.kind: dict(sample.verdicts).values() for sample in each.samples}
        assert set(by_kind["excellent"]) == {Verdict.COVERED}, each.item.slug
        assert set(by_kind["vague"]) == {Verdict.MISSING}, each.item.slug
        assert Verdict.CONTRADICTED in by_kind["wrong"], each.item.slug
        assert Verdict.COVERED in by_kind["partial"], each.item.slug
