import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from interviewer.prompts import (
    CLAIM,
    OPTIONS,
    PROMPT_HASH,
    fenced,
    item_part,
    judge_prefix,
)

OPEN, CLOSE = "<answer>", "</answer>"


def inside(text: str) -> str:
    """What stands between the fences."""
    found = fenced(text)
    assert found.startswith(OPEN)
    assert found.endswith(CLOSE)
    return found.removeprefix(OPEN).removesuffix(CLOSE)


def test_plain_text_is_fenced_as_it_is() -> None:
    text = "If a < b and c > d then `x <- y` and <b>bold</b>; f(x) | g(x), <answers>."
    assert inside(text).strip() == text


DELIMITERS = (
    "<answer>",
    "</answer>",
    "</ ANSWER >",
    "<question>",
    "</reference>",
    "<statement>",
    "<|im_start|>",
    "<|im_end|>",
    "<|endoftext|>",
    "<|eot_id|>",
    "[INST]",
    "[/INST]",
)


@pytest.mark.parametrize("delimiter", DELIMITERS)
def test_a_delimiter_is_taken_out_and_the_words_stay(delimiter: str) -> None:
    found = inside(f"before {delimiter} after")
    assert found.split() == ["before", "after"]


@given(st.lists(st.sampled_from([*DELIMITERS, "<", "/", "|>", "<|", "answer", " ", "[", "x"])))
def test_no_delimiter_is_left_however_they_are_nested(pieces: list[str]) -> None:
    found = inside("".join(pieces))
    for delimiter in DELIMITERS:
        assert delimiter.lower() not in found.lower()


def test_deeply_nested_delimiters_are_all_taken_out() -> None:
    found = inside("<|" * 500 + "|>" * 500)
    assert "<|" not in found
    assert "|>" not in found


def test_answers_to_an_item_share_all_up_to_the_answer() -> None:
    prompts = [judge_prefix("Why?", "Because.", answer) for answer in ("One.", "Two.", "")]
    assert len({prompt[:-1] for prompt in prompts}) == 1
    shared = item_part("Why?", "Because.") + OPEN
    assert all(prompt[-1].content.startswith(shared) for prompt in prompts)
    assert prompts[0][-1].role == "user"


def test_an_answer_is_in_no_message_but_the_last() -> None:
    *first, last = judge_prefix("Why?", "Because.", "A zebra.")
    assert last.content.count("A zebra.") == 1
    assert not [message for message in first if "zebra" in message.content]


def test_an_absent_question_and_reference_leave_no_empty_heading() -> None:
    assert item_part("", "") == ""
    assert "Because." not in item_part("Why?", "")
    assert len(item_part("", "Because.")) < len(item_part("Why?", "Because."))


def test_a_claim_is_put_in_as_it_is() -> None:
    claim = r"Softmax is $\frac{e^{x_i}}{\sum_j e^{x_j}}$ {not a field}"
    assert CLAIM.format(claim=claim).count(claim) == 1
    assert CLAIM.format(claim=claim) != CLAIM


def test_the_options_differ_in_their_first_letter() -> None:
    assert len({option[0].casefold() for option in OPTIONS}) == len(OPTIONS)


def test_the_hash_is_short_and_stable_in_a_process() -> None:
    assert re.fullmatch(r"[0-9a-f]{12}", PROMPT_HASH)
