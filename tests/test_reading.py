import pytest

from interviewer.reading import grade_level, syllables


@pytest.mark.parametrize(
    ("word", "due"),
    [
        ("the", 1), ("rule", 1), ("table", 2), ("trained", 1), ("needed", 2), ("makes", 1),
        ("losses", 2), ("stages", 2), ("layer", 2), ("gradient", 3), ("bias", 2), ("function", 2),
        ("you", 1), ("per-channel", 3), ("Normalisation", 5), ("hmm", 1),
    ],
)  # fmt: skip
def test_syllables_are_counted_by_rule(word: str, due: int) -> None:
    assert syllables(word) == due


def test_the_grade_of_short_words_is_worked_by_hand() -> None:
    # 6 words, 1 sentence, 6 syllables: 0.39 * 6 + 11.8 * 1 - 15.59
    assert grade_level(["The cat sat on the mat."]) == pytest.approx(-1.45)


def test_texts_count_together() -> None:
    # 8 words, 2 sentences, 6 + 5 syllables: 0.39 * 4 + 11.8 * 11 / 8 - 15.59
    texts = ["The cat sat on the mat.", "Gradient layers."]
    assert grade_level(texts) == pytest.approx(0.39 * 4 + 11.8 * 11 / 8 - 15.59)


def test_symbols_are_no_words_and_a_text_without_words_has_no_grade() -> None:
    assert grade_level(["The cat sat on the mat.", "1 + 1 = 2"]) == pytest.approx(-1.45)
    assert grade_level(["", "1 + 1 = 2"]) is None
