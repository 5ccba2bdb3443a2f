import hashlib
from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from interviewer.errors import ContentError
from interviewer.rubric import is_held_out, parse_rubric, parse_samples, rubric_version
from interviewer.types import Criterion, Misconception, Verdict
from tests.content_texts import RUBRIC, SAMPLES, SLUG, line

FILE = f"rubrics/{SLUG}/rubric.toml"
SAMPLES_FILE = f"rubrics/{SLUG}/samples.toml"

texts = st.text(min_size=1, max_size=12)
points = st.floats(min_value=0.25, max_value=9, allow_nan=False)
criteria = st.lists(
    st.builds(Criterion, id=texts, statement=texts, points=points),
    min_size=1,
    max_size=4,
    unique_by=lambda each: each.id,
)
misconceptions = st.lists(
    st.builds(Misconception, id=texts, statement=texts, points=points.map(lambda each: -each)),
    max_size=3,
    unique_by=lambda each: each.id,
)


def test_a_rubric_is_read() -> None:
    rubric = parse_rubric(RUBRIC, FILE)
    assert rubric.item == SLUG
    assert [each.id for each in rubric.criteria] == [f"claim-{n}" for n in range(1, 6)]
    assert rubric.criteria[0] == Criterion(
        id="claim-1",
        statement="Statement number 1.",
        points=2.0,
        paraphrases=("One way 1.", "Another way 1.", "A third way 1."),
        near_misses=("Nearly 1.", "Not quite 1."),
        follow_up="And then?",
        missed="You left it out.",
        contradicted="It is the other way round.",
        source="A textbook",
    )
    assert rubric.misconceptions[1] == Misconception(
        id="myth-2",
        statement="False statement number 2.",
        points=-1.0,
        paraphrases=("A false way 2.", "Another false way 2."),
        correction="It is not so.",
        source="A textbook",
    )


@pytest.mark.parametrize(
    ("good", "bad", "message"),
    [
        ('item = "gradient-flow"', 'item = "other"', "item: found 'other', expected 'gradient-flow'"
         ", the name of its folder"),
        ('id = "claim-3"', 'id = "Claim 3"', "id: found 'Claim 3', expected an id in kebab-case"),
        ('id = "claim-3"', 'id = "claim-2" #', "id: found 'claim-2' a second time, expected an id "
         "used once in the file"),
        ('id = "myth-2"', 'id = "claim-2" #', "id: found 'claim-2' a second time, expected an id "
         "used once in the file"),
        ("points = 2", "points = 0", "points: found 0, expected a number above 0, at most 1000"),
        ("points = 2", "points = nan", "points: found nan, expected a number above 0, at most"
         " 1000"),
        ("points = -1", "points = 1", "points: found 1, expected a number below 0, at least -1000"),
        ('statement = "Statement number 4."', "statement = ['x']", "statement: found a list of 1, "
         "expected a text that is not blank"),
        ('missed = "You', 'mised = "', ""),
    ],
)  # fmt: skip
def test_a_fault_of_a_rubric_has_its_line(good: str, bad: str, message: str) -> None:
    text = RUBRIC.replace(good, bad, 1)
    with pytest.raises(ContentError) as caught:
        parse_rubric(text, FILE)
    if message:
        assert caught.value.faults == [f"{FILE}:{line(text, bad)}: {message}"]
    else:
        assert caught.value.faults == [
            f"{FILE}:3: found no key 'missed', expected a text",
            f"{FILE}:{line(text, bad)}: found unknown key 'mised', expected a known one"
            " (nearest: 'missed')",
        ]


def test_a_rubric_needs_a_criterion() -> None:
    with pytest.raises(ContentError) as caught:
        parse_rubric(f'item = "{SLUG}"\n', FILE)
    assert caught.value.faults == [
        f"{FILE}:1: criteria: found none, expected at least one [[criteria]]"
    ]


@given(criteria, misconceptions)
def test_the_version_stays_when_only_wording_around_the_claims_changes(
    keys: list[Criterion], false: list[Misconception]
) -> None:
    reworded = [
        replace(
            each,
            paraphrases=("new",),
            near_misses=("new",),
            follow_up="new",
            missed="new",
            contradicted="new",
            source="new",
        )
        for each in reversed(keys)
    ]
    corrected = [replace(each, correction="new", paraphrases=("new",)) for each in false]
    assert rubric_version(reworded, corrected) == rubric_version(keys, false)


@given(criteria, misconceptions, st.data())
def test_the_version_changes_with_anything_that_is_graded(
    keys: list[Criterion], false: list[Misconception], data: st.DataObject
) -> None:
    version = rubric_version(keys, false)
    index = data.draw(st.integers(0, len(keys) - 1))
    key = keys[index]
    changes = [
        replace(key, id=key.id + "x"),
        replace(key, statement=key.statement + " "),
        replace(key, points=key.points * 2),
    ]
    for changed in changes:
        assert rubric_version([*keys[:index], changed, *keys[index + 1 :]], false) != version
    assert rubric_version(keys[:index] + keys[index + 1 :], false) != version
    assert rubric_version(keys, [*false, Misconception("x" * 13, "claim")]) != version
    for position, each in enumerate(false):
        others = false[:position] + false[position + 1 :]
        for changed_false in (
            replace(each, statement=each.statement + " "),
            replace(each, points=each.points * 2),
        ):
            assert rubric_version(keys, [*others, changed_false]) != version


def test_the_version_is_the_same_on_every_machine() -> None:
    # sha256 of '[[["claim", "It is so.", 2.0]], []]', worked outside of the package
    digest = hashlib.sha256(b'[[["claim", "It is so.", 2.0]], []]').hexdigest()
    assert rubric_version([Criterion("claim", "It is so.", 2)], []) == digest[:12]


def test_samples_are_read_in_the_order_of_the_file() -> None:
    samples = parse_samples(SAMPLES, SAMPLES_FILE, parse_rubric(RUBRIC, FILE))
    assert [each.id for each in samples] == [f"s-{n}" for n in range(20)]
    assert samples[3].text == "Answer number 3."
    assert samples[3].score == 30.0
    assert samples[3].verdicts == (
        ("claim-1", Verdict.COVERED),
        ("claim-2", Verdict.PARTIAL),
        ("claim-3", Verdict.MISSING),
        ("claim-4", Verdict.CONTRADICTED),
        ("claim-5", Verdict.MISSING),
    )
    assert [each.held_out for each in samples] == [is_held_out(SLUG, each.id) for each in samples]


def test_a_third_of_the_samples_is_held_out_by_the_hash_of_their_names() -> None:
    counts = Counter(is_held_out("lora", f"sample-{n}") for n in range(3000))
    assert 900 < counts[True] < 1100
    # the remainder by 3 of a hexadecimal number is that of the sum of its digits, as 16 % 3 == 1
    digest = hashlib.sha256(b"lora/sample-7").hexdigest()
    assert is_held_out("lora", "sample-7") == (sum(int(each, 16) for each in digest) % 3 == 0)


@pytest.mark.parametrize(
    ("good", "bad", "message"),
    [
        ('kind = "mixed"', 'kind = "mixd"', "kind: found 'mixd', expected one of excellent, brief, "
         "partial, vague, wrong, mixed, off_topic, injection, non_native, spoken"
         " (nearest: 'mixed')"),
        ('claim-2 = "partial"', 'claim-2 = "unscored"', "claim-2: found 'unscored', expected one of"
         " covered, partial, missing, contradicted (nearest: 'covered')"),
        ("score = 30", "score = 101", "score: found 101, expected a number from 0 to 100"),
        ("misconceptions = []", "misconceptions = ['myth-3']", "misconceptions: found 'myth-3', "
         "expected ids of the rubric's misconceptions (nearest: 'myth-2')"),
        ("misconceptions = []", "misconceptions = ['myth-1', 'myth-1']", "misconceptions: found "
         "'myth-1' more than once, expected each id once"),
        ("misconceptions = []", "misconceptions = []\npair = 's-90'", "pair: found 's-90', expected"
         " the id of another sample (nearest: 's-9')"),
        ("misconceptions = []", "misconceptions = []\npair = 's-0'", "pair: found 's-0', expected"
         " the id of another sample (nearest: 's-10')"),
        ('id = "s-7"', 'id = "s-6" #', "id: found 's-6' a second time, expected an id used once in"
         " the file"),
        ("'''\nAnswer number 5.\n'''", "''''''", "text: found '', expected a text that is not"
         " blank"),
    ],
)  # fmt: skip
def test_a_fault_of_a_sample_has_its_line(good: str, bad: str, message: str) -> None:
    text = SAMPLES.replace(good, bad, 1)
    number = line(text, bad) + bad.count("\n")
    with pytest.raises(ContentError) as caught:
        parse_samples(text, SAMPLES_FILE, parse_rubric(RUBRIC, FILE))
    assert caught.value.faults == [f"{SAMPLES_FILE}:{number}: {message}"]


def test_a_sample_names_every_criterion_and_no_other() -> None:
    text = SAMPLES.replace('claim-4 = "contradicted"', 'claim-44 = "contradicted"', 1)
    with pytest.raises(ContentError) as caught:
        parse_samples(text, SAMPLES_FILE, parse_rubric(RUBRIC, FILE))
    assert caught.value.faults == [
        f"{SAMPLES_FILE}:9: found no key 'claim-4', expected one of covered, partial, missing, "
        "contradicted",
        f"{SAMPLES_FILE}:13: found unknown key 'claim-44', expected a known one"
        " (nearest: 'claim-4')",
    ]


def test_a_sample_without_verdicts_is_a_fault() -> None:
    text = SAMPLES[: SAMPLES.index("[samples.verdicts]")]
    with pytest.raises(ContentError) as caught:
        parse_samples(text, SAMPLES_FILE, parse_rubric(RUBRIC, FILE))
    assert caught.value.faults == [
        f"{SAMPLES_FILE}:1: verdicts: found none, expected a verdict for every criterion"
    ]


@given(
    st.integers(0, 900), st.integers(0, 40), st.sampled_from([*"'\"[]{}=#,.\n-", "1", "[[", "= {"])
)
def test_spoilt_samples_give_faults_with_a_line_of_the_file_or_are_read(
    start: int, length: int, insert: str
) -> None:
    text = SAMPLES[:900]
    text = text[:start] + insert + text[start + length :]
    try:
        parse_samples(text, SAMPLES_FILE, parse_rubric(RUBRIC, FILE))
    except ContentError as error:
        for fault in error.faults:
            file, number, message = fault.split(":", 2)
            assert file == SAMPLES_FILE
            assert 1 <= int(number) <= text.count("\n") + 1
            assert "found " in message
            assert ", expected " in message
            assert "\n" not in message
