"""What makes content good enough to serve, beyond well-formed: counts, lengths, agreement. Pure.

A rule yields the place in the file that a fault is about, and what was found and expected.
"""

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from interviewer.rapid_fire import Quick
from interviewer.score import points_earned
from interviewer.toml_fields import nearest
from interviewer.toml_lines import Place
from interviewer.types import DECIDED, KINDS, Item, Rubric, Sample

Fault = tuple[Place, str]
Range = tuple[int, int]  # the least and the most

MOST_GAP = 25.0  # score points between a sample's own score and the one its verdicts give
MANY = 10**9
QUICK_KINDS = ("excellent", "partial", "wrong", "vague")  # of the samples of a rapid-fire question
COMPANIES_GIVEN = (  # clusters for which it is known who asks; elsewhere a name would be invented
    "backprop-gradients",
    "cnn-architecture",
    "compression",
    "distributed",
    "rnn-lstm",
    "training-tricks",
    "transformers-attention",
)
CODE_FILES = ("starter.py", "solution.py", "checks.py")  # of every code task


@dataclass(frozen=True, slots=True)
class Counts:
    """How much of each part an item has, the least and the most of it."""

    words: Range = (150, 250)  # of the reference
    hints: Range = (3, 3)
    criteria: Range = (5, 7)
    misconceptions: Range = (2, 4)
    samples: int = 20
    kinds: Sequence[str] = KINDS


OF_AN_ITEM = Counts()
OF_A_REPAIR = Counts((50, 130), (2, 3), (2, 3), (0, 1), 4, QUICK_KINDS)
OF_A_QUICK_ONE = Counts((30, 60), (0, 0), (2, 3), (0, 1), 4, QUICK_KINDS)


def item_faults(item: Item, rubric: Rubric | None, due: Counts = OF_AN_ITEM) -> Iterator[Fault]:
    """Faults of an item; what its follow-ups are about is judged only with a rubric."""
    yield from _count(("reference",), len(item.reference.split()), *due.words, "words")
    yield from _count(("hints",), len(item.hints), *due.hints, "hints")
    yield from _count(("sources",), len(item.sources), 1, MANY, "sources")
    if item.companies and item.cluster not in COMPANIES_GIVEN:
        expected = f"none: no company is given for cluster {item.cluster!r}"
        yield ("companies",), f"companies: found {', '.join(item.companies)}, expected {expected}"
    known = [each.id for each in rubric.criteria] if rubric else []
    for index, each in enumerate(item.follow_ups):
        if rubric and each.about and each.about not in known:
            expected = f"the id of a criterion or nothing{nearest(each.about, known)}"
            yield ("follow_ups", index, "about"), f"found {each.about!r}, expected {expected}"


def code_faults(item: Item, present: Collection[str]) -> Iterator[Fault]:
    """Faults between an item's task and the files `present` beside it: neither without the other.

    That the programs do what they should is tested by running them, not here.
    """
    for name in CODE_FILES:
        if item.task and name not in present:
            yield ("task",), f"task: found no {name}, expected one beside item.toml"
        elif not item.task and name in present:
            yield (), f"found {name} and no [task], expected a [task] that says what to write"


def rubric_faults(rubric: Rubric, due: Counts = OF_AN_ITEM) -> Iterator[Fault]:
    """Faults of a rubric: too few or too many claims, or examples of them."""
    yield from _count(("criteria",), len(rubric.criteria), *due.criteria, "criteria")
    told = len(rubric.misconceptions)
    yield from _count(("misconceptions",), told, *due.misconceptions, "misconceptions")
    for index, each in enumerate(rubric.criteria):
        place = ("criteria", index)
        yield from _count((*place, "paraphrases"), len(each.paraphrases), 3, MANY, "paraphrases")
        yield from _count((*place, "near_misses"), len(each.near_misses), 2, MANY, "near misses")
    for index, false in enumerate(rubric.misconceptions):
        told = len(false.paraphrases)
        yield from _count(("misconceptions", index, "paraphrases"), told, 2, MANY, "paraphrases")


def samples_faults(samples: Sequence[Sample], due: Counts = OF_AN_ITEM) -> Iterator[Fault]:
    """Faults of a set of samples: too few, a kind without one, the same text twice."""
    yield from _count(("samples",), len(samples), due.samples, MANY, "samples")
    for kind in due.kinds:
        if all(each.kind != kind for each in samples):
            yield ("samples",), f"found no sample of kind {kind!r}, expected at least one"
    first: dict[str, str] = {}
    for index, each in enumerate(samples):
        words = " ".join(each.text.casefold().split())
        if words in first:
            found = f"found the text of sample {first[words]!r} again"
            yield ("samples", index, "text"), f"{found}, expected a text of its own"
        first.setdefault(words, each.id)


def label_faults(samples: Sequence[Sample], rubric: Rubric) -> Iterator[Fault]:
    """Samples whose score as a whole is far from the one that their verdicts give."""
    for index, each in enumerate(samples):
        derived = verdict_score(each, rubric)
        if abs(each.score - derived) > MOST_GAP:
            expected = f"at most {MOST_GAP:g} from {derived:.0f}, the score of its verdicts"
            yield ("samples", index, "score"), f"found {each.score:g}, expected {expected}"


def quick_faults(question: Quick, labels: bool = False) -> Iterator[Fault]:
    """Faults of a rapid-fire question, as of an item, with its own counts; places within it."""
    yield from item_faults(question.item, question.rubric, OF_A_QUICK_ONE)
    yield from rubric_faults(question.rubric, OF_A_QUICK_ONE)
    yield from samples_faults(question.samples, OF_A_QUICK_ONE)
    if labels:
        yield from label_faults(question.samples, question.rubric)


def verdict_score(sample: Sample, rubric: Rubric) -> float:
    """The score, 0..100, that a sample's verdicts and misconceptions come to."""
    possible = {each.id: each.points for each in rubric.criteria}
    earned = sum(points_earned(verdict, possible[each]) for each, verdict in sample.verdicts)
    lost = sum(each.points for each in rubric.misconceptions if each.id in sample.misconceptions)
    return 100.0 * max(0.0, earned + lost) / sum(possible.values())


def verdict_counts(samples: Sequence[Sample], criterion: str) -> str:
    """How many samples have each verdict on a criterion: `covered 3, partial 0, ...`."""
    counts = Counter(dict(each.verdicts)[criterion] for each in samples)
    return ", ".join(f"{verdict} {counts[verdict]}" for verdict in DECIDED)


def _count(place: Place, found: int, low: int, high: int, what: str) -> Iterator[Fault]:
    if not low <= found <= high:
        expected = f"at least {low}" if high == MANY else f"{low} to {high}"
        yield place, f"found {found} {what}, expected {low if low == high else expected}"
