"""An answer -> spans with offsets (pure).

Code fences stay whole; list items, headings and table rows end a sentence; formulas, inline code,
abbreviations and decimals don't. Prose is split by syntok.
"""

import re
from collections.abc import Iterator
from itertools import pairwise

from syntok import segmenter

from interviewer.types import Span

_FENCE = re.compile(r"^[ \t]*(```|~~~)[^\n]*\n.*?(?:^[ \t]*\1[ \t]*$|\Z)", re.M | re.S)
_OPAQUE = re.compile(r"`[^`\n]+`|\$\$.+?\$\$|\$[^$\n]+\$|\\\(.+?\\\)|\\\[.+?\\\]", re.S)
_BREAK = re.compile(r"\n(?=[ \t]*(?:[-*+•]|\d{1,2}[.)]|#{1,6}|\|)[ \t])|\n[ \t]*\n")
_BULLET = re.compile(r"\s*(?:[-*+•]|\d{1,2}[.)]|#{1,6})[ \t]+")
LONGEST = 600  # characters; a longer stretch without a full stop is cut at a space


def split_sentences(answer: str) -> tuple[Span, ...]:
    """The sentences of `answer`, in order, not overlapping; `answer[s.start:s.end] == s.text`."""
    spans: list[Span] = []
    position = 0
    for fence in _FENCE.finditer(answer):
        spans.extend(_prose(answer, position, fence.start()))
        spans.extend(_span(answer, fence.start(), fence.end()))
        position = fence.end()
    spans.extend(_prose(answer, position, len(answer)))
    return tuple(spans)


def _prose(answer: str, start: int, end: int) -> Iterator[Span]:
    cuts = [start, *(m.end() for m in _BREAK.finditer(answer, start, end)), end]
    for low, high in pairwise(cuts):
        if bullet := _BULLET.match(answer, low, high):
            low = bullet.end()
        for first, last in _sentence_bounds(answer[low:high]):
            for part_start, part_end in _pieces(answer, low + first, low + last):
                yield from _span(answer, part_start, part_end)


def _sentence_bounds(text: str) -> Iterator[tuple[int, int]]:
    """Bounds of sentences, with formulas and code hidden from the splitter."""
    hidden = _OPAQUE.sub(lambda m: "x" * len(m.group()), text)
    for paragraph in segmenter.analyze(hidden):
        for tokens in paragraph:
            listed = list(tokens)
            if listed:
                yield listed[0].offset, listed[-1].offset + len(listed[-1].value)


def _pieces(answer: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    while end - start > LONGEST:
        cut = answer.rfind(" ", start + 1, start + LONGEST)
        cut = cut if cut > start else start + LONGEST
        yield start, cut
        start = cut
    yield start, end


def _span(answer: str, start: int, end: int) -> Iterator[Span]:
    """The stretch without surrounding white space, if anything is left of it."""
    text = answer[start:end]
    kept = text.strip()
    if kept:
        first = start + len(text) - len(text.lstrip())
        yield Span(first, first + len(kept), kept)
