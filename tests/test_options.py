import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from interviewer.models.options import option_probabilities


def logs(**tokens: float) -> list[tuple[str, float]]:
    return [(token, math.log(p)) for token, p in tokens.items()]


def test_the_mass_of_all_beginnings_is_summed() -> None:
    found = option_probabilities(logs(Yes=0.5, y=0.125, NO=0.25, Perhaps=0.0625), ("Yes", "No"))
    assert found.tolist() == pytest.approx([0.625, 0.25])


@pytest.mark.parametrize("token", ["Yesterday", "", " ", "\n", "es", "Yes!"])
def test_a_token_that_begins_no_option_counts_for_none(token: str) -> None:
    assert option_probabilities([(token, 0.0)], ("Yes", "No")).tolist() == [0, 0]


@pytest.mark.parametrize("token", [" Yes", "Yes ", "\nyes", "YE"])
def test_case_and_surrounding_space_do_not_matter(token: str) -> None:
    assert option_probabilities([(token, 0.0)], ("Yes", "No")).tolist() == [1, 0]


def test_a_token_that_begins_two_options_counts_for_neither() -> None:
    found = option_probabilities(logs(p=0.5, pa=0.25), ("partial", "possible"))
    assert found.tolist() == pytest.approx([0.25, 0])


def test_no_tokens_are_no_mass() -> None:
    assert option_probabilities([], ("Yes", "No")).tolist() == [0, 0]


@given(st.lists(st.tuples(st.text(max_size=4), st.floats(1e-6, 1)), max_size=20))
def test_mass_is_never_invented(tokens: list[tuple[str, float]]) -> None:
    total = sum(p for _, p in tokens) or 1.0
    pairs = [(token, math.log(p / total)) for token, p in tokens]
    found = option_probabilities(pairs, ("Yes", "No"))
    assert found.min() >= 0
    assert found.sum() <= 1 + 1e-9
