"""One verdict as HTML, with the words that prove it and what a mentor said of it (pure)."""

from html import escape

from interviewer.exports import shown_score
from interviewer.overrides import Override, Reviewed, said
from interviewer.types import Judgement, MisconceptionJudgement, Verdict
from interviewer.ui.markup import prose

WORDS = {
    "covered": ("✓", "covered"),
    "partial": ("◐", "partly"),
    "missing": ("○", "not there"),
    "contradicted": ("✗", "contradicted"),
    "unscored": ("?", "not judged"),
    "waiting": ("…", "waiting"),
    "asserted": ("!", "claimed"),
    "absent": ("–", "not claimed"),
}
LOW_CONFIDENCE = 0.6


def criterion_row(
    key: str,
    verdict: str,
    points: float,
    statement: str,
    judged: Judgement | None,
    word: Override | None = None,
    *,
    detailed: bool = False,
) -> str:
    """A criterion; `statement` is HTML, `verdict` the one that counts; `detailed` for mentors."""
    icon, name = WORDS[verdict]
    doubt = judged and judged.confidence is not None and judged.confidence < LOW_CONFIDENCE
    unsure = ' <span class="unsure">low confidence</span>' if doubt and word is None else ""
    shown = judged and judged.quote and verdict != Verdict.MISSING
    quote = _quote(judged.quote.text) if judged and judged.quote and shown else ""
    signals = _signals(judged, opened=detailed) if judged else ""
    return (
        f'<li class="criterion" data-criterion="{escape(key)}" data-verdict="{verdict}"{_by(word)}>'
        f'<span class="icon" aria-hidden="true">{icon}</span><div><div class="tag">{name}'
        f" · {points:g} pt{unsure}</div>{statement}{quote}{mentor_word(word)}{signals}</div></li>"
    )


def misconception_row(
    judged: MisconceptionJudgement,
    statement: str,
    word: Override | None = None,
    *,
    detailed: bool = False,
) -> str:
    """A misconception that counts, or that a mentor or the judge says is not there."""
    verdict = "contradicted" if judged.asserted else said(judged.asserted)
    icon = WORDS[said(judged.asserted)][0]
    counts = f"misconception · {judged.points:g} pt"
    named = counts if judged.asserted else f"misconception {WORDS[verdict][1]}"
    quote = _quote(judged.quote.text) if judged.quote and judged.asserted else ""
    if detailed and judged.probability is not None:
        quote += f"<dl><dt>P(claimed)</dt><dd>{judged.probability:.2f}</dd></dl>"
    return (
        f'<li class="criterion" data-misconception="{escape(judged.misconception)}" '
        f'data-verdict="{verdict}"{_by(word)}>'
        f'<span class="icon" aria-hidden="true">{icon}</span><div><div class="tag">{named}</div>'
        f"{statement}{quote}{mentor_word(word)}</div></li>"
    )


def misconception_rows(found: Reviewed, statements: dict[str, str]) -> str:
    """The misconceptions that count, and those that a mentor took back."""
    return "".join(
        misconception_row(m, prose(statements.get(m.misconception, "")), word)
        for m in found.grade.misconceptions
        if (word := found.word("misconception", m.misconception)) or m.asserted
    )


def mentor_word(word: Override | None) -> str:
    """What a mentor said, and what the judge had said; without the mentor's name."""
    if word is None:
        return ""
    now, before = WORDS[word.verdict][1], WORDS[word.machine][1]
    return (
        f'<div class="mentor-word">A mentor: <b>{now}</b> · the judge: {before}'
        f"<div>{escape(word.reason)}</div></div>"
    )


def both_scores(counts: float | None, machine: float | None, *, overridden: bool) -> str:
    """The score that counts; with a mentor's word in it, also the judge's."""
    if not overridden:
        return shown_score(counts)
    return (
        f'<span data-by="mentor">{shown_score(counts)} <small>with a mentor’s word · the judge: '
        f'<span class="machine">{shown_score(machine)}</span></small></span>'
    )


def score_of(found: Reviewed) -> str:
    """`both_scores` of a graded answer."""
    counts, machine = found.grade.score.value, found.machine.score.value
    return both_scores(counts, machine, overridden=bool(found.standing))


def _by(word: Override | None) -> str:
    if word is None:
        return ""
    return f' data-by="mentor" data-machine-verdict="{escape(word.machine)}"'


def _quote(text: str) -> str:
    return f"<blockquote>{escape(text)}</blockquote>"


def _signals(judged: Judgement, *, opened: bool) -> str:
    shown = [("P(covered)", judged.probability), ("confidence", judged.confidence)]
    shown += [("similarity", judged.similarity), *judged.signals]
    cells = "".join(f"<dt>{escape(n)}</dt><dd>{v:.2f}</dd>" for n, v in shown if v is not None)
    return f"<details{' open' if opened else ''}><summary>why</summary><dl>{cells}</dl></details>"
