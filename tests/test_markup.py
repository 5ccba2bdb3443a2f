"""What the page makes of text: everything a candidate writes is shown as it is, and only that."""

import re
from html import unescape

from hypothesis import given
from hypothesis import strategies as st

from interviewer.turns import Session
from interviewer.types import Span
from interviewer.ui.markup import marked, prose
from interviewer.ui.preset import is_preset, preset

TAG = re.compile(r"<[^>]*>")


@given(st.data(), st.text(max_size=80))
def test_marked_text_is_the_text_with_marks_only(data: st.DataObject, text: str) -> None:
    ends = st.integers(-3, len(text) + 3)
    spans = data.draw(st.lists(st.tuples(ends, ends), max_size=4))
    shown = marked(text, [(Span(a, b, ""), "c<1>") for a, b in spans])
    assert set(TAG.findall(shown)) <= {'<mark data-for="c&lt;1&gt;">', "</mark>"} | {
        f'<mark data-for="{" ".join(["c&lt;1&gt;"] * n)}">' for n in range(2, 5)
    }
    assert unescape(TAG.sub("", shown)) == text


def test_overlapping_quotes_share_their_words() -> None:
    shown = marked("abcdef", [(Span(0, 4, ""), "one"), (Span(2, 6, ""), "two")])
    assert shown == (
        '<mark data-for="one">ab</mark><mark data-for="one two">cd</mark>'
        '<mark data-for="two">ef</mark>'
    )


@given(st.text(alphabet="<>&\"'`*-_![]() \nab/", max_size=80))
def test_prose_makes_no_tag_but_its_own(text: str) -> None:
    own = {"<div class='prose'>", "</div>", "<pre>", "</pre>", "<code>", "</code>", "<strong>"}
    own |= {"</strong>", '<span class="bullet">', "</span>"}
    assert set(TAG.findall(prose(text))) <= own


def test_prose_shows_lists_code_and_emphasis() -> None:
    shown = prose("Use **two** steps:\n- `a < b`\n```python\nx = 1 < 2\n```")
    assert "<strong>two</strong>" in shown and "<code>a &lt; b</code>" in shown
    assert '<span class="bullet">' in shown and "<pre>x = 1 &lt; 2\n</pre>" in shown


def test_an_address_presets_only_what_is_possible() -> None:
    query = {"items": "b,zzz,a,b", "mode": "mock", "seed": "7", "minutes": "9999", "level": "odd"}
    assert preset(query, {"a", "b"}) == {"items": ["b", "a"], "mode": "mock", "seed": 7}


def test_a_reload_finds_the_session_of_its_address() -> None:
    session = Session("s", "ann", "mock", ("b", "a"), 7, 0, 1.0)
    assert is_preset(session, {}) and is_preset(session, {"items": ["b", "a"], "seed": 7})
    assert not is_preset(session, {"items": ["a", "b"]})
    assert not is_preset(session, {"mode": "practice"})
