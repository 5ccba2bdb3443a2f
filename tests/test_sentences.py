from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from interviewer.sentences import LONGEST, split_sentences


@given(st.text(alphabet=st.sampled_from("ab. \n`$-1)#|x=!?~\t"), max_size=300))
def test_spans_are_verbatim_ordered_and_lose_no_word(answer: str) -> None:
    spans = split_sentences(answer)
    for span in spans:
        assert answer[span.start : span.end] == span.text == span.text.strip() != ""
    for first, second in pairwise(spans):
        assert first.end <= second.start
    kept = sum(ch in "abx" for span in spans for ch in span.text)
    assert kept == sum(ch in "abx" for ch in answer)


def test_abbreviations_decimals_and_formulas_do_not_end_a_sentence() -> None:
    answer = "It is used, e.g. in ResNets, with 0.1 momentum. Here $x_i. y$ and `a. b` stay whole."
    assert [s.text for s in split_sentences(answer)] == [
        "It is used, e.g. in ResNets, with 0.1 momentum.",
        "Here $x_i. y$ and `a. b` stay whole.",
    ]


def test_a_code_fence_is_one_span_and_list_items_are_spans_without_their_bullets() -> None:
    answer = "Look:\n```python\nx = 1. \ny = 2\n```\n1. first point\n- second point"
    assert [s.text for s in split_sentences(answer)] == [
        "Look:",
        "```python\nx = 1. \ny = 2\n```",
        "first point",
        "second point",
    ]


def test_speech_without_full_stops_is_cut_at_spaces() -> None:
    spans = split_sentences("so um yeah " * 200)
    assert len(spans) > 2
    assert max(len(span.text) for span in spans) <= LONGEST
