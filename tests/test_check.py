import shutil
from pathlib import Path

import pytest

from interviewer.check import check_content, item_labels, label_counts
from interviewer.content import Content
from interviewer.errors import InputError
from tests.content_texts import ITEM, RUBRIC, SAMPLES, SLUG, line, write


def faults(root: Path, *, labels: bool = False, slug: str | None = None) -> list[str]:
    return [
        each.removeprefix(f"{root}/") for each in check_content(Content(root), slug, labels=labels)
    ]


def test_good_content_has_no_fault(tmp_path: Path) -> None:
    assert faults(write(tmp_path), labels=True) == []


@pytest.mark.parametrize(
    ("good", "bad", "key", "message"),
    [
        ("word " * 160, "word " * 149, "reference", "found 149 words, expected 150 to 250"),
        ("word " * 160, "word " * 251, "reference", "found 251 words, expected 150 to 250"),
        ('hints = ["Think of a product.", ', "hints = [", "hints", "found 2 hints, expected 3"),
        ('sources = ["A textbook, chapter 6"]', "sources = []", "sources",
         "found 0 sources, expected at least 1"),
        ('about = "claim-1"', 'about = "claim1"', "about", "found 'claim1', expected the id of a"
         " criterion or nothing (nearest: 'claim-1')"),
        ('about = "claim-1"', 'about = "myth-1"', "about", "found 'myth-1', expected the id of a"
         " criterion or nothing"),
    ],
)  # fmt: skip
def test_an_item_that_is_not_good_enough(
    tmp_path: Path, good: str, bad: str, key: str, message: str
) -> None:
    text = ITEM.replace(good, bad, 1)
    number = line(text, f"{key} =")
    assert faults(write(tmp_path, item=text)) == [f"bank/{SLUG}/item.toml:{number}: {message}"]


@pytest.mark.parametrize(
    ("good", "bad", "key", "message"),
    [
        (', "A third way 1."', "", "paraphrases", "found 2 paraphrases, expected at least 3"),
        (', "Not quite 1."', "", "near_misses", "found 1 near misses, expected at least 2"),
        (', "Another false way 1."', "", 'paraphrases = ["A false',
         "found 1 paraphrases, expected at least 2"),
        (RUBRIC[RUBRIC.rindex("[[misc") :], "", "[[misc",
         "found 1 misconceptions, expected 2 to 4"),
    ],
)  # fmt: skip
def test_a_rubric_that_is_not_good_enough(
    tmp_path: Path, good: str, bad: str, key: str, message: str
) -> None:
    text = RUBRIC.replace(good, bad, 1)
    number = 1 if key == "[[misc" else line(text, key)
    path = f"rubrics/{SLUG}/rubric.toml"
    assert faults(write(tmp_path, rubric=text)) == [f"{path}:{number}: {message}"]


def test_a_rubric_has_five_to_seven_criteria(tmp_path: Path) -> None:
    start = RUBRIC.index("[[criteria]]")
    end = RUBRIC.index("[[criteria]]", start + 1)
    fewer = RUBRIC[:start] + RUBRIC[end:]
    samples = SAMPLES.replace('claim-1 = "covered"\n', "")
    item = ITEM.replace("claim-1", "claim-2")
    assert faults(write(tmp_path, item=item, rubric=fewer, samples=samples)) == [
        f"rubrics/{SLUG}/rubric.toml:1: found 4 criteria, expected 5 to 7"
    ]


def test_samples_are_many_and_of_every_kind(tmp_path: Path) -> None:
    text = SAMPLES[: SAMPLES.rindex("[[samples]]")].replace('"vague"', '"wrong"')
    path = f"rubrics/{SLUG}/samples.toml"
    assert faults(write(tmp_path, samples=text)) == [
        f"{path}:1: found 19 samples, expected at least 20",
        f"{path}:1: found no sample of kind 'vague', expected at least one",
    ]


def test_a_text_stands_only_once(tmp_path: Path) -> None:
    text = SAMPLES.replace("Answer number 7.", "ANSWER  number\n4.")
    assert faults(write(tmp_path, samples=text)) == [
        f"rubrics/{SLUG}/samples.toml:{line(text, 'ANSWER') - 1}: found the text of sample 's-4'"
        " again, expected a text of its own"
    ]


def test_labels_that_disagree_with_their_score_are_faults_only_when_asked(tmp_path: Path) -> None:
    # 1 covered and 1 partial of 5 equal criteria: 30; one misconception takes 1 of 10 points: 20
    text = SAMPLES.replace("score = 30", "score = 55", 1).replace("score = 30", "score = 56", 1)
    text = text.replace(
        "score = 30\nmisconceptions = []", "score = 46\nmisconceptions=['myth-1']", 1
    )
    write(tmp_path, samples=text)
    path = f"rubrics/{SLUG}/samples.toml"
    assert faults(tmp_path) == []
    assert faults(tmp_path, labels=True) == [
        f"{path}:{line(text, 'score = 56')}: found 56, expected at most 25 from 30, the score of"
        " its verdicts",
        f"{path}:{line(text, 'score = 46')}: found 46, expected at most 25 from 20, the score of"
        " its verdicts",
    ]


def test_verdicts_are_counted_per_criterion(tmp_path: Path) -> None:
    text = SAMPLES.replace('claim-1 = "covered"', 'claim-1 = "missing"', 3)
    counts = label_counts(item_labels(Content(write(tmp_path, samples=text))))
    assert counts[:2] == [
        f"{SLUG} claim-1: covered 17, partial 0, missing 3, contradicted 0",
        f"{SLUG} claim-2: covered 0, partial 20, missing 0, contradicted 0",
    ]
    assert len(counts) == 5


def test_an_item_and_its_rubric_need_each_other(tmp_path: Path) -> None:
    write(tmp_path)
    write(tmp_path, "lone-item")
    shutil.rmtree(tmp_path / "rubrics" / "lone-item")
    write(tmp_path, "lone-rubric", rubric=RUBRIC.replace(SLUG, "lone-rubric"))
    shutil.rmtree(tmp_path / "bank" / "lone-rubric")
    assert faults(tmp_path) == [
        "rubrics/lone-item/rubric.toml:1: found no file, expected one for item 'lone-item'",
        "bank/lone-rubric/item.toml:1: found no file, expected one for item 'lone-rubric'",
    ]
    assert faults(tmp_path, slug=SLUG) == []


def test_every_faulty_file_is_told_of(tmp_path: Path) -> None:
    item, rubric = ITEM.replace('"easy"', '"eazy"'), RUBRIC.replace("points = 2", "points = 0", 1)
    found = faults(write(tmp_path, item=item, rubric=rubric))
    assert [each.split(": ")[0] for each in found] == [
        f"bank/{SLUG}/item.toml:2",
        f"rubrics/{SLUG}/rubric.toml:{line(rubric, 'points = 0')}",
    ]
    assert item_labels(Content(tmp_path)) == []


def test_a_folder_that_is_no_slug_is_a_fault(tmp_path: Path) -> None:
    write(tmp_path, "Gradient_Flow")
    assert faults(tmp_path) == [
        "Gradient_Flow:1: found folder 'Gradient_Flow', expected a slug in kebab-case"
    ]


def test_an_empty_bank_is_a_fault(tmp_path: Path) -> None:
    (tmp_path / "bank").mkdir()
    (tmp_path / "rubrics").mkdir()
    assert faults(tmp_path) == [
        "bank:1: found no item, expected at least one folder with an item.toml"
    ]


@pytest.mark.parametrize("slug", ["gradent-flow", "../bank", ""])
def test_an_unknown_slug_is_refused(tmp_path: Path, slug: str) -> None:
    with pytest.raises(InputError, match="found no item"):
        faults(write(tmp_path), slug=slug)
