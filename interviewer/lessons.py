"""What the language model's adapter learns from: answers with decisions on claims (pure).

A lesson is a few answers to one question, asked the same claims, so that they share a prompt and
true and false decisions stand side by side. Three sources. Graded answers of the bank, twins
together. Attacks, alone or after a graded answer. Composed answers: for every claim a sentence that
says it, denies it, falls short of it, or nothing at all, drawn independently, in one voice; how
such an answer is written tells nothing about it.
"""

import random
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from interviewer.prompts import CLAIM, judge_prefix
from interviewer.toml_fields import parse_toml
from interviewer.types import (
    Asked,
    Criterion,
    Due,
    GradedAnswer,
    Lesson,
    Message,
    Misconception,
    Rubric,
    Sample,
    Verdict,
)

DUE: Mapping[Verdict, Due] = {
    Verdict.COVERED: (1.0, 0.0, 0.0),
    Verdict.PARTIAL: (0.5, 0.5, 0.0),
    Verdict.MISSING: (0.0, 1.0, 0.0),
    Verdict.CONTRADICTED: (0.0, 0.0, 1.0),
}
ANSWERS = 3  # of a lesson
CRITERIA, MISCONCEPTIONS = 5, 1  # asked of each graded answer, drawn anew for each lesson
OF_ITEM, OF_TOPIC = 5, 2  # lessons
SENTENCES = (4, 7)  # of a composed answer: fewest and most claims it takes up
_STATES = ("says", "denies", "falls_short", "absent")
OFTEN = (0.4, 0.3, 0.15, 0.15)


@dataclass(frozen=True, slots=True)
class OutsideClaim:
    """A claim of training/*.toml: the same position in each list is the same voice."""

    statement: str
    says: tuple[str, ...]
    denies: tuple[str, ...]
    falls_short: tuple[str, ...]


def put(lesson: Lesson, answer: str, asked: Asked) -> tuple[Message, ...]:
    """The prompt of a decision, as the judge puts it."""
    *first, last = judge_prefix(lesson.question, lesson.reference, answer)
    return (*first, Message(last.role, last.content + CLAIM.format(claim=asked.claim)))


def twin_groups(samples: Iterable[Sample]) -> tuple[tuple[Sample, ...], ...]:
    """Samples that differ from each other in one sentence, together; the others alone."""
    group_of: dict[str, list[Sample]] = {}
    for sample in samples:
        group_of.setdefault(sample.id, []).append(sample)
        if sample.pair:
            joined, other = group_of[sample.id], group_of.setdefault(sample.pair, [])
            if joined is not other:
                other += joined
                group_of.update({each.id: other for each in joined} | {sample.id: other})
    return tuple(tuple(group) for group in {id(g): g for g in group_of.values()}.values() if group)


def teachable(samples: Iterable[Sample]) -> tuple[tuple[Sample, ...], ...]:
    """The twin groups of which no sample is held out: a twin would give away the other's labels."""
    return tuple(g for g in twin_groups(samples) if not any(sample.held_out for sample in g))


def graded_lessons(
    question: str, reference: str, rubric: Rubric, samples: Iterable[Sample], seed: int
) -> Iterator[Lesson]:
    """Lessons of an item's graded answers; half of them show the reference."""
    chance = random.Random(f"{seed}/{rubric.item}")  # noqa: S311 - chooses examples, no secret
    groups = list(teachable(samples))
    chance.shuffle(groups)
    ordered = [sample for group in groups for sample in group]
    for start in range(0, min(len(ordered), OF_ITEM * ANSWERS), ANSWERS):
        some = ordered[start : start + ANSWERS]
        criteria = _telling(chance, rubric, some)
        myths = chance.sample(rubric.misconceptions, MISCONCEPTIONS)
        answers = tuple(_graded(sample, criteria, myths) for sample in some)
        yield Lesson(rubric.item, question, reference if chance.random() < 0.5 else "", answers)


def attacked_lessons(
    question: str, rubric: Rubric, samples: Iterable[Sample], attacks: Sequence[str], seed: int
) -> Iterator[Lesson]:
    """Lessons of attacks, alone or after a graded answer, whose labels stay what they were."""
    chance = random.Random(f"{seed}/{rubric.item}/attacked")  # noqa: S311 - no secret
    honest = [sample for group in teachable(samples) for sample in group]
    for start in range(0, len(attacks), ANSWERS):
        criteria = chance.sample(rubric.criteria, CRITERIA)
        answers = []
        for attack in attacks[start : start + ANSWERS]:
            if chance.random() < 0.5:
                none = tuple(Asked(c.statement, c.id, DUE[Verdict.MISSING]) for c in criteria)
                answers.append(GradedAnswer(attack, none))
            else:
                carrier = chance.choice(honest)
                text = f"{carrier.text}\n\n{attack}"
                answers.append(replace(_graded(carrier, criteria, ()), text=text))
        yield Lesson(rubric.item, question, "", tuple(answers))


def _telling(
    chance: random.Random, rubric: Rubric, samples: Sequence[Sample]
) -> Sequence[Criterion]:
    """Criteria to ask, those first that the answers differ in."""
    verdicts = [dict(sample.verdicts) for sample in samples]
    mixed = chance.sample(rubric.criteria, len(rubric.criteria))
    mixed.sort(key=lambda c: -len({each[c.id] for each in verdicts}))
    return mixed[:CRITERIA]


def _graded(
    sample: Sample, criteria: Sequence[Criterion], myths: Sequence[Misconception]
) -> GradedAnswer:
    verdicts = dict(sample.verdicts)
    return GradedAnswer(
        sample.text,
        (
            *(Asked(c.statement, c.id, DUE[verdicts[c.id]]) for c in criteria),
            *(Asked(m.statement, m.id, _asserted(m, sample)) for m in myths),
        ),
    )


def _asserted(misconception: Misconception, sample: Sample) -> Due:
    return DUE[Verdict.COVERED] if misconception.id in sample.misconceptions else None


def outside_claims(text: str, file: str) -> tuple[OutsideClaim, ...]:
    """The claims of a file of training/. Raises ContentError."""
    table = parse_toml(text, file)
    claims = tuple(
        OutsideClaim(
            each.text("statement"),
            each.texts("says"),
            each.texts("denies"),
            each.texts("falls_short"),
        )
        for each in table.tables("claims")
    )
    table.finish()
    return claims


def composed_lessons(topic: str, claims: Sequence[OutsideClaim], seed: int) -> Iterator[Lesson]:
    """Lessons whose answers are put together from single sentences with known verdicts."""
    chance = random.Random(f"{seed}/{topic}")  # noqa: S311 - chooses examples, no secret
    question = f"Tell me what you know about {topic.replace('-', ' ')}."
    for _ in range(OF_TOPIC):
        some = chance.sample(claims, min(len(claims), chance.randint(*SENTENCES)))
        asked = [_worded(chance, claim) for claim in some]
        answers = tuple(_composed(chance, some, asked) for _ in range(ANSWERS))
        yield Lesson(topic, question if chance.random() < 0.7 else "", "", answers)


def _worded(chance: random.Random, claim: OutsideClaim) -> str:
    """The claim as it is put: its statement, and at times another wording."""
    return claim.statement if chance.random() < 0.8 else chance.choice(claim.says)


def _composed(
    chance: random.Random, claims: Sequence[OutsideClaim], asked: Sequence[str]
) -> GradedAnswer:
    voice = chance.randrange(4)
    states = chance.choices(_STATES, OFTEN, k=len(claims))
    sentences = [
        _text(chance, claim, state, voice, avoid)
        for claim, state, avoid in zip(claims, states, asked, strict=True)
    ]
    chance.shuffle(sentences)
    return GradedAnswer(
        " ".join(filter(None, sentences)),
        tuple(
            Asked(wording, claim.statement, DUE[_VERDICT[state]])
            for claim, wording, state in zip(claims, asked, states, strict=True)
        ),
    )


_VERDICT = {
    "says": Verdict.COVERED,
    "denies": Verdict.CONTRADICTED,
    "falls_short": Verdict.MISSING,
    "absent": Verdict.MISSING,
}


def _text(chance: random.Random, claim: OutsideClaim, state: str, voice: int, avoid: str) -> str:
    """A sentence in this voice that puts the claim in this state, other than `avoid`."""
    if state == "absent":
        return ""
    texts: tuple[str, ...] = getattr(claim, state)
    chosen = texts[voice] if voice < len(texts) else chance.choice(texts)
    others = [text for text in texts if text != avoid]
    return chosen if chosen != avoid or not others else chance.choice(others)
