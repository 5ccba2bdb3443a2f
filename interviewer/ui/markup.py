"""Text -> HTML that shows it and nothing else (pure): everything is escaped first."""

import re
from collections.abc import Iterable
from html import escape
from itertools import pairwise

from interviewer.types import Span

_FENCE = re.compile(r"^```[^\n]*\n(.*?)(?:^```[ \t]*$|\Z)", re.M | re.S)
_CODE = re.compile(r"`([^`\n]+)`")
_BOLD = re.compile(r"\*\*([^*\n]+)\*\*")
_BULLET = re.compile(r"^[^\S\n]*[-*] (.*)$", re.M)


def prose(text: str) -> str:
    """The bank's or the interviewer's words: fences, inline code, bold, lists; no links, images."""
    parts = []
    position = 0
    for fence in _FENCE.finditer(text):
        parts.append(_inline(text[position : fence.start()]))
        parts.append(f"<pre>{escape(fence.group(1))}</pre>")
        position = fence.end()
    parts.append(_inline(text[position:]))
    return "".join(parts)


def marked(text: str, quotes: Iterable[tuple[Span, str]]) -> str:
    """A candidate's words as they are, each quote highlighted and named after its criterion."""
    cuts = {0, len(text)}
    spans = [(max(0, s.start), min(len(text), s.end), name) for s, name in quotes]
    spans = [(a, b, name) for a, b, name in spans if a < b]
    for start, end, _ in spans:
        cuts |= {start, end}
    ordered = sorted(cuts)
    parts = []
    for start, end in pairwise(ordered):
        names = [name for a, b, name in spans if a <= start and end <= b]
        piece = escape(text[start:end])
        parts.append(_mark(piece, names) if names else piece)
    return "".join(parts)


def _mark(piece: str, names: list[str]) -> str:
    return f'<mark data-for="{escape(" ".join(names))}">{piece}</mark>'


def _inline(text: str) -> str:
    safe = escape(text.strip("\n"))
    safe = _CODE.sub(r"<code>\1</code>", safe)
    safe = _BOLD.sub(r"<strong>\1</strong>", safe)
    safe = _BULLET.sub(r'<span class="bullet">\1</span>', safe)
    return f"<div class='prose'>{safe}</div>" if safe.strip() else ""
