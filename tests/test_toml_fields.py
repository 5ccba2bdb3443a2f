import pytest
from hypothesis import given
from hypothesis import strategies as st

from interviewer.errors import ContentError
from interviewer.toml_fields import nearest, parse_toml, shown
from interviewer.toml_lines import line_numbers, line_of

TRICKY = """# [[samples]] in a comment
[[samples]]
text = '''
[[samples]]
id = "fake"
'''
id = "one"  # [samples.verdicts]
list = [
  "[[samples]]",
  "score = 3",
]
[samples.verdicts]
a-b = "covered"

[[samples]]
text = \"\"\"a \\\"\"\" [[samples]]
[[samples]] \"\"\"
"quoted key" = 1
dotted.inner = 2
"""


def test_headers_and_keys_inside_texts_and_comments_are_not_places() -> None:
    assert line_numbers(TRICKY) == {
        ("samples", 0): 2,
        ("samples", 0, "text"): 3,
        ("samples", 0, "id"): 7,
        ("samples", 0, "list"): 8,
        ("samples", 0, "verdicts"): 12,
        ("samples", 0, "verdicts", "a-b"): 13,
        ("samples", 1): 15,
        ("samples", 1, "text"): 16,
        ("samples", 1, "quoted key"): 18,
        ("samples", 1, "dotted"): 19,
        ("samples", 1, "dotted", "inner"): 19,
    }


def test_a_place_without_a_line_has_that_of_what_holds_it() -> None:
    lines = line_numbers(TRICKY)
    assert line_of(lines, ("samples", 1, "verdicts", "a-b")) == 15
    assert line_of(lines, ("samples", 7)) == 1


@given(st.text(alphabet="a=[]\"#\n '\u2028\r", max_size=40).filter(lambda text: "'''" not in text))
def test_no_text_in_a_literal_shifts_the_lines_after_it(text: str) -> None:
    source = f"text = '''\n{text} '''\nlast = 1\n"
    expected = {("text",): 1, ("last",): source.count("\n")}
    assert line_numbers(source) == expected


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("a = 1\nb = \n", "f.toml:2: found a syntax error (Invalid value at column 5)"),
        ("a = 1\na = 2\n", "f.toml:2: found a syntax error (Cannot overwrite a value at column"),
        ("a = 1\nb = '''open\n\n", "f.toml:2: found a syntax error (Expected \"'''\" (at end of"),
        ("a\x00 = 1", "f.toml:1: found a syntax error ("),
        ("a = " + "[" * 5000, "f.toml:1: found values nested too deeply"),
        ("a = " + "9" * 5000, "f.toml:1: found a syntax error ("),
    ],
)
def test_a_syntax_error_has_its_line(text: str, fault: str) -> None:
    with pytest.raises(ContentError) as caught:
        parse_toml(text, "f.toml")
    (found,) = caught.value.faults
    assert found.startswith(fault)
    assert ", expected " in found


def test_all_faults_come_in_the_order_of_their_lines() -> None:
    table = parse_toml("zeta = 1\nname = 2\n[inner]\nnmae = 3\n", "f.toml")
    inner = table.table("inner")
    assert inner is not None
    inner.text("name")
    table.text("name")
    with pytest.raises(ContentError) as caught:
        table.finish()
    assert caught.value.faults == [
        "f.toml:1: found unknown key 'zeta', expected a known one (inner, name)",
        "f.toml:2: name: found 2, expected a text that is not blank",
        "f.toml:3: found no key 'name', expected a text",
        "f.toml:4: found unknown key 'nmae', expected a known one (nearest: 'name')",
    ]


@pytest.mark.parametrize(
    "value", ["nan", "inf", "-inf", "true", "'5'", "0", "1e400", "0x" + "f" * 9000]
)
def test_what_is_no_number_of_the_range_is_refused(value: str) -> None:
    table = parse_toml(f"n = {value}", "f.toml")
    assert table.number("n", 1, 9, "a number from 1 to 9") == 0.0
    with pytest.raises(ContentError, match=r"^f.toml:1: n: found .{1,70}, expected a number from"):
        table.finish()


def test_a_found_value_is_shown_short_and_on_one_line() -> None:
    assert shown("a\nb" * 100) == "'" + r"a\nb" * 14 + r"a\n" + "..."
    assert shown(True) == "true"
    assert shown({}) == "a table"
    assert shown([1, 2]) == "a list of 2"


def test_the_nearest_word_is_named_only_when_one_is_near() -> None:
    assert nearest("medum", ["easy", "medium"]) == " (nearest: 'medium')"
    assert nearest("xyz", ["easy", "medium"]) == ""
