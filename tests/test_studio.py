"""The form of a rubric: an edit changes what it names and leaves every other byte."""

import tomllib
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from interviewer.content import BUILT_IN
from interviewer.errors import InputError
from interviewer.studio import (
    FIELDS,
    LISTS,
    ClaimKind,
    add_claim,
    read_form,
    remove_claim,
    write_fields,
)
from interviewer.toml_edits import BY_HAND
from tests.content_texts import RUBRIC

COMMENTED = """# Why this rubric is as it is.
item = "gradient-flow"   # the folder

# On the first claim.
[[criteria]]
id = 'claim-1' # literal
points = 2     # of 9
statement = '''
Gradients $\\nabla$ shrink,
layer by layer.'''
paraphrases = [
  # as in speech
  "One way.", # the shortest
  'C:\\path', "Two on a line.",
  \"\"\"A text
of two lines.\"\"\",
]
near_misses = ["Nearly.", "Not quite."]
follow_up = "And?"
missed = "Left out." # said kindly
contradicted = "Other way round."
source = "A textbook"

# On the second claim.
[[criteria]]
id = "claim-2"
points = 1.50
statement = "Second."
paraphrases = []

# On what is false.
[[misconceptions]]
id = "myth-1"
points = -1
statement = "False."
paraphrases = ["A false way."]
correction = "It is not so."
source = "A textbook"
# The end.
"""

BUILT_INS = sorted(BUILT_IN.glob("rubrics/*/rubric.toml"))
# all that a browser can send but half surrogate pairs, which have a test of their own
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=60)
HOSTILE = st.sampled_from(
    ["<script>alert(1)</script>", '"""', "'''", "\\", '"\nid = "x"\n[[criteria]]', "]", "# no"]
)


def changed(before: str, after: str) -> tuple[list[str], list[str]]:
    """The lines that an edit took away and those that it brought."""
    old, new = before.split("\n"), after.split("\n")
    while old and new and old[0] == new[0]:
        old, new = old[1:], new[1:]
    while old and new and old[-1] == new[-1]:
        old, new = old[:-1], new[:-1]
    return old, new


@pytest.mark.parametrize("path", BUILT_INS, ids=lambda path: path.parent.name)
def test_what_the_form_shows_written_back_changes_no_byte(path: Any) -> None:
    text = path.read_text(encoding="utf-8")
    claims = read_form(text)
    assert len(claims) >= 7
    for claim in claims:
        assert write_fields(text, claim.kind, claim.index, claim.fields) == text


def test_one_text_changes_one_line_and_keeps_its_comment() -> None:
    after = write_fields(COMMENTED, "criteria", 0, {"missed": 'Say "how".'})
    assert changed(COMMENTED, after) == (
        ['missed = "Left out." # said kindly'],
        ['missed = "Say \\"how\\"." # said kindly'],
    )


def test_quotes_and_numbers_keep_their_form() -> None:
    after = write_fields(COMMENTED, "criteria", 0, {"id": "claim-9", "points": "2.5"})
    assert changed(COMMENTED, after)[1] == ["id = 'claim-9' # literal", "points = 2.5     # of 9"]
    assert write_fields(COMMENTED, "criteria", 1, {"points": "1.5"}) == COMMENTED


def test_a_list_changes_at_its_line_alone() -> None:
    shown = read_form(COMMENTED)[0].fields["paraphrases"]
    assert shown == "One way.\nC:\\path\nTwo on a line.\nA text⏎of two lines."
    after = write_fields(
        COMMENTED, "criteria", 0, {"paraphrases": shown.replace("One way.", "One <way>.")}
    )
    assert changed(COMMENTED, after) == (
        ['  "One way.", # the shortest'],
        ['  "One <way>.", # the shortest'],
    )
    added = write_fields(COMMENTED, "criteria", 0, {"paraphrases": f"{shown}\nA last one."})
    assert tomllib.loads(added)["criteria"][0]["paraphrases"][3:] == [
        "A text\nof two lines.",
        "A last one.",
    ]
    assert "# as in speech" in added
    assert "# the shortest" in added


def test_a_faulty_value_is_kept_for_the_check_to_name() -> None:
    after = write_fields(COMMENTED, "criteria", 0, {"points": "many", "statement": ""})
    table = tomllib.loads(after)["criteria"][0]
    assert (table["points"], table["statement"]) == ("many", "")
    again = write_fields(after, "criteria", 0, {"points": "3"})
    assert tomllib.loads(again)["criteria"][0]["points"] == 3


def test_a_missing_field_is_added() -> None:
    after = write_fields(COMMENTED, "criteria", 1, {"follow_up": "Why?", "near_misses": "a\nb"})
    table = tomllib.loads(after)["criteria"][1]
    assert (table["follow_up"], table["near_misses"]) == ("Why?", ["a", "b"])
    assert "# On what is false.\n[[misconceptions]]" in after


def test_a_claim_is_added_after_the_last_of_its_kind() -> None:
    after, index = add_claim(COMMENTED, "criteria")
    assert index == 2
    assert [each["id"] for each in tomllib.loads(after)["criteria"]][2] == "new-criterion"
    assert changed(COMMENTED, after)[0] == []
    assert after.index("new-criterion") < after.index("# On what is false.")
    twice, _ = add_claim(after, "criteria")
    assert "new-criterion-2" in twice
    false, index = add_claim(COMMENTED, "misconceptions")
    assert index == 1
    assert false.endswith("# The end.\n")
    assert tomllib.loads(false)["misconceptions"][1]["points"] == -1
    assert add_claim('item = "x"', "misconceptions")[1] == 0


def test_a_claim_added_and_removed_leaves_the_text_as_it_was() -> None:
    for kind in FIELDS:
        after, index = add_claim(COMMENTED, kind)
        without = remove_claim(after, kind, index)
        assert [line for line in without.split("\n") if line] == [
            line for line in COMMENTED.split("\n") if line
        ]


def test_removing_a_claim_keeps_the_comments_around_it() -> None:
    after = remove_claim(COMMENTED, "criteria", 0)
    assert [each["id"] for each in tomllib.loads(after)["criteria"]] == ["claim-2"]
    assert "# On the first claim.\n# On the second claim.\n[[criteria]]" in after
    none = remove_claim(remove_claim(COMMENTED, "misconceptions", 0), "criteria", 1)
    assert "# The end." in none


@pytest.mark.parametrize(
    "text",
    [
        'criteria = [{id = "a"}, {id = "b"}]',
        '[[criteria]]\nid = "a"\n[[misconceptions]]\nid = "m"\n[[criteria]]\nid = "b"\n',
    ],
)
def test_a_shape_that_the_form_would_disturb_is_left_to_the_pane(text: str) -> None:
    assert [claim.fields["id"] for claim in read_form(text)][:2] == ["a", "b"]
    try:
        after = write_fields(text, "criteria", 1, {"id": "c"})
    except InputError as error:
        assert str(error) == BY_HAND
    else:
        assert after == text.replace('"b"', '"c"')


@pytest.mark.parametrize(
    "text", ["[[criteria", "criteria = 5", "[criteria]\nid=1", "criteria = [1, 2]", "", "a" * 9000]
)
def test_texts_of_any_shape_give_a_form_or_are_refused(text: str) -> None:
    try:
        assert read_form(text) == ()
    except InputError as error:
        assert "not TOML" in str(error)


def test_half_a_surrogate_pair_is_refused() -> None:
    for value in ("\ud800", 'x"\udfff'):
        with pytest.raises(InputError):
            write_fields(COMMENTED, "criteria", 0, {"statement": value})


def test_no_such_claim_is_said() -> None:
    for index in (7, -1):
        with pytest.raises(InputError, match="no such claim"):
            write_fields(COMMENTED, "criteria", index, {"id": "a"})


def expected(name: str, value: str) -> object:
    """What a text field should read as, worked independently of the module."""
    lines = value.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    if name in LISTS:
        return [line.strip().replace("⏎", "\n") for line in lines if line.strip()]
    return "\n".join(line.rstrip() for line in lines).strip()


@settings(deadline=None, max_examples=100)
@given(data=st.data(), value=st.one_of(TEXTS, HOSTILE, st.builds("{}\n{}".format, TEXTS, HOSTILE)))
def test_any_text_in_any_field_changes_that_field_and_nothing_else(
    data: st.DataObject, value: str
) -> None:
    text = data.draw(st.sampled_from([COMMENTED, RUBRIC]))
    claim = data.draw(st.sampled_from(read_form(text)))
    name = data.draw(st.sampled_from([n for n in FIELDS[claim.kind] if n != "points"]))
    after = write_fields(text, claim.kind, claim.index, {name: value})
    before, now = tomllib.loads(text), tomllib.loads(after)
    if name in LISTS and expected(name, value) == []:
        assert now[claim.kind][claim.index].get(name, []) in ([], before)
    elif name in now[claim.kind][claim.index]:
        assert now[claim.kind][claim.index][name] == expected(name, value)
    for document in (before, now):
        document[claim.kind][claim.index].pop(name, None)
    assert before == now
    for line in text.split("\n"):
        if line.lstrip().startswith("# On"):
            assert line in after.split("\n")
    again = next(c for c in read_form(after) if (c.kind, c.index) == (claim.kind, claim.index))
    assert write_fields(after, claim.kind, claim.index, again.fields) == after


LINES = st.lists(
    st.text(st.characters(codec="ascii", categories=["L", "N", "P", "Zs"]), min_size=1).filter(
        str.strip
    ),
    max_size=6,
)


@settings(deadline=None, max_examples=100)
@given(first=LINES, second=LINES, kind=st.sampled_from(sorted(FIELDS)))
def test_lists_go_from_any_to_any(first: list[str], second: list[str], kind: ClaimKind) -> None:
    for text in (COMMENTED, RUBRIC):
        for lines in (first, second):
            text = write_fields(text, kind, 0, {"paraphrases": "\n".join(lines)})
            held = tomllib.loads(text)[kind][0]["paraphrases"]
            assert [each.strip() for each in held] == [each.strip() for each in lines]
            shown = {c.index: c.fields for c in read_form(text) if c.kind == kind}[0]
            assert write_fields(text, kind, 0, shown) == text
