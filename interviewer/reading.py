"""How hard a text is to read: the Flesch-Kincaid grade (pure). An estimate, and of prose only.

Formulas and code lose their symbols; syllables are counted by rule, not looked up.
"""

import re
from collections.abc import Sequence

from interviewer.sentences import split_sentences

_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_SILENT = re.compile(r"(?<![^aeiouy]l)e$|(?<![dt])ed$|(?<![cghsxz])(?<![^aeiouy]l)es$")
_VOWELS = re.compile(r"(?<![cst])i(?=[aou]|en)|[aeiou]+y?|\By")


def grade_level(texts: Sequence[str]) -> float | None:
    """School years that reading the texts takes, all together; None where there is no word.

    Kincaid, Fishburne, Rogers and Chissom, "Derivation of New Readability Formulas", 1975.
    """
    sentences = [
        words for text in texts for span in split_sentences(text) if (words := _words(span.text))
    ]
    if not sentences:
        return None
    words = [word for sentence in sentences for word in sentence]
    spoken = sum(syllables(word) for word in words)
    return 0.39 * len(words) / len(sentences) + 11.8 * spoken / len(words) - 15.59


def syllables(word: str) -> int:
    """Groups of vowels that are not silent, at least one in each part of a compound."""
    parts = word.lower().split("-")
    return sum(max(1, len(_VOWELS.findall(_SILENT.sub("", part)))) for part in parts)


def _words(text: str) -> list[str]:
    return _WORD.findall(text)
