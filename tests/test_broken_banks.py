"""A folder of broken items, one fault each: `check` tells of every one by file and line."""

from dataclasses import dataclass
from pathlib import Path

import pytest

from interviewer.__main__ import main
from interviewer.check import check_content
from interviewer.content import Content
from interviewer.content_rules import COMPANIES_GIVEN
from interviewer.types import CLUSTERS
from tests.content_texts import CODE, ITEM, RUBRIC, SAMPLES, SLUG, line, write

Captured = pytest.CaptureFixture[str]
TEXTS = {"item.toml": ITEM, "rubric.toml": RUBRIC, "samples.toml": SAMPLES}


@dataclass(frozen=True)
class Broken:
    """A slug that names the fault, what spoils a good text, and the words due at `at`."""

    slug: str
    file: str
    good: str
    bad: str
    at: str  # a piece of the spoiled line
    due: str
    occurrence: int = 1  # of `at`

    def text(self) -> str:
        """The whole spoiled file."""
        original = TEXTS[self.file].replace(SLUG, self.slug)
        assert self.good in original
        return original.replace(self.good, self.bad, 1)

    def line(self) -> str:
        """What check must say, from the content's root on."""
        kind = "bank" if self.file == "item.toml" else "rubrics"
        number = line(self.text(), self.at, self.occurrence)
        return f"{kind}/{self.slug}/{self.file}:{number}: {self.due}"


BROKEN = (
    Broken("unknown-key-of-item", "item.toml", "stem =", 'steam = "x"\nstem =', "steam =",
           "found unknown key 'steam', expected a known one (nearest: 'stem')"),
    Broken("unknown-key-of-criterion", "rubric.toml", "points = 2", "points = 2\npoint = 2",
           "point =", "found unknown key 'point', expected a known one (nearest: 'points')"),
    Broken("unknown-key-of-sample", "samples.toml", "score = 30", "score = 30\nscores = 30",
           "scores =", "found unknown key 'scores', expected a known one (nearest: 'score')"),
    Broken("unknown-criterion-in-verdicts", "samples.toml", 'claim-5 = "missing"',
           'claim-5 = "missing"\nclaim-6 = "missing"', "claim-6",
           "found unknown key 'claim-6', expected a known one (nearest: 'claim-5')"),
    Broken("duplicate-criterion", "rubric.toml", 'id = "claim-2"', 'id = "claim-1"',
           'id = "claim-1"', "id: found 'claim-1' a second time, expected an id used once in the"
           " file", 2),
    Broken("duplicate-sample", "samples.toml", 'id = "s-4"', 'id = "s-3"', 'id = "s-3"',
           "id: found 's-3' a second time, expected an id used once in the file", 2),
    Broken("no-paraphrases", "rubric.toml",
           'paraphrases = ["One way 1.", "Another way 1.", "A third way 1."]\n', "",
           "[[criteria]]", "found no key 'paraphrases', expected a list of texts"),
    Broken("empty-paraphrases", "rubric.toml",
           '["One way 2.", "Another way 2.", "A third way 2."]', "[]", "paraphrases = []",
           "found 0 paraphrases, expected at least 3"),
    Broken("blank-paraphrase", "rubric.toml", '"One way 1."', '" "', "paraphrases =",
           "paraphrases: found ' ' in the list, expected texts that are not blank"),
    Broken("no-verdicts", "samples.toml", SAMPLES[SAMPLES.index("[samples.verdicts]") :
           SAMPLES.index("[[samples]]", 9)], "", "[[samples]]",
           "verdicts: found none, expected a verdict for every criterion"),
    Broken("verdict-left-out", "samples.toml", 'claim-3 = "missing"\n', "", "[samples.verdicts]",
           "found no key 'claim-3', expected one of covered, partial, missing, contradicted"),
    Broken("unknown-verdict", "samples.toml", 'claim-2 = "partial"', 'claim-2 = "partly"',
           "claim-2 =", "claim-2: found 'partly', expected one of covered, partial, missing,"
           " contradicted (nearest: 'partial')"),
    Broken("points-of-zero", "rubric.toml", "points = 2", "points = 0", "points = 0",
           "points: found 0, expected a number above 0, at most 1000"),
    Broken("points-below-zero", "rubric.toml", "points = 2", "points = -2", "points = -2",
           "points: found -2, expected a number above 0, at most 1000"),
    Broken("points-that-are-no-number", "rubric.toml", "points = 2", "points = nan", "points = nan",
           "points: found nan, expected a number above 0, at most 1000"),
    Broken("misconception-that-earns", "rubric.toml", "points = -1", "points = 1", "points = 1",
           "points: found 1, expected a number below 0, at least -1000"),
    Broken("company-where-none-is-given", "item.toml",
           'cluster = "backprop-gradients"\ncompanies = []',
           'cluster = "alignment"\ncompanies = ["Google", "Meta"]', "companies =",
           "companies: found Google, Meta, expected none: no company is given for cluster"
           " 'alignment'"),
    Broken("quote-in-a-sample", "samples.toml", "score = 30", 'quote = "Elsewhere."\nscore = 30',
           "quote =", "found unknown key 'quote', expected a known one (id, kind, misconceptions,"
           " pair, score, text, verdicts)"),
    Broken("text-that-stands-twice", "samples.toml", "Answer number 7.", "Answer number 4.",
           "text =", "found the text of sample 's-4' again, expected a text of its own", 8),
)  # fmt: skip


def write_broken(root: Path, each: Broken) -> None:
    texts = {name: text.replace(SLUG, each.slug) for name, text in TEXTS.items()}
    texts[each.file] = each.text()
    write(root, each.slug, *texts.values())


def found(root: Path) -> list[str]:
    return [fault.removeprefix(f"{root}/") for fault in check_content(Content(root))]


@pytest.mark.parametrize("broken", BROKEN, ids=lambda each: each.slug)
def test_a_broken_item_has_exactly_its_fault(tmp_path: Path, broken: Broken) -> None:
    write_broken(tmp_path, broken)
    assert found(tmp_path) == [broken.line()]


def test_a_folder_of_broken_items_is_told_of_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    write(tmp_path, "a-good-one", rubric=RUBRIC.replace(SLUG, "a-good-one"))
    for each in BROKEN:
        write_broken(tmp_path, each)
    monkeypatch.setenv("INTERVIEWER_BANK", str(tmp_path))
    monkeypatch.setenv("INTERVIEWER_DATA", str(tmp_path / "data"))
    assert main(["check"]) == 1
    out, err = capsys.readouterr()
    assert out == ""
    ordered = sorted(BROKEN, key=lambda each: each.slug)
    assert err.splitlines() == [f"{tmp_path}/{each.line()}" for each in ordered]


@pytest.mark.parametrize("name", CODE)
def test_a_task_without_one_of_its_files(tmp_path: Path, name: str) -> None:
    (write(tmp_path) / "bank" / SLUG / name).unlink()
    number = line(ITEM, "[task]")
    due = f"bank/{SLUG}/item.toml:{number}: task: found no {name}, expected one beside item.toml"
    assert found(tmp_path) == [due]


def test_the_files_of_a_task_without_a_task(tmp_path: Path) -> None:
    write(tmp_path, item=ITEM[: ITEM.index("[task]")])
    due = "and no [task], expected a [task] that says what to write"
    path = f"bank/{SLUG}/item.toml"
    assert found(tmp_path) == [f"{path}:1: found {name} {due}" for name in sorted(CODE)]
    for name in CODE:
        (tmp_path / "bank" / SLUG / name).unlink()
    assert found(tmp_path) == []


def second_reading() -> str:
    """A second pass that reads every sample as its labels are."""
    verdicts = '["covered", "partial", "missing", "contradicted", "missing"]'
    readings = "".join(
        f'[[readings]]\nsample = "s-{number}"\nverdicts = {verdicts}\nmisconceptions = []\n'
        for number in range(20)
    )
    claims = ", ".join(f'"claim-{number}"' for number in range(1, 6))
    return f"criteria = [{claims}]\n{readings}"


def test_content_has_no_quotes_that_could_stand_elsewhere(tmp_path: Path) -> None:
    """Quotes are made when an answer is judged, from the answer itself, and never written down.

    Neither a sample (above) nor a second pass has a key for one, so a quote that is not in the
    answer cannot come into content: a file that tries is refused at its line.
    """
    path = write(tmp_path) / "rubrics" / SLUG / "second_pass.toml"
    path.write_text(second_reading(), encoding="utf-8")
    assert found(tmp_path) == []
    text = second_reading() + 'quote = "Elsewhere."\n'
    path.write_text(text, encoding="utf-8")
    due = "found unknown key 'quote', expected a known one (misconceptions, sample, verdicts)"
    assert found(tmp_path) == [f"rubrics/{SLUG}/second_pass.toml:{line(text, 'quote')}: {due}"]


@pytest.mark.parametrize("cluster", CLUSTERS)
def test_companies_stand_only_where_they_are_given(tmp_path: Path, cluster: str) -> None:
    text = ITEM.replace("backprop-gradients", cluster).replace("ies = []", 'ies = ["Google"]')
    assert (found(write(tmp_path, item=text)) == []) == (cluster in COMPANIES_GIVEN)
