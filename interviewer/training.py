"""What the trained reader learns from: pairs of a claim and a passage, with what is due (pure).

Three sources. A rubric's wordings: each paraphrase states the claim, near misses and other claims
don't. Graded answers: the sentences nearest to a claim, with the answer's verdict on it. Claims on
topics outside the bank, each with texts that say it, deny it or fall short of it. Pairs come in
groups, in which true and false stand side by side, so that ranking inside a group teaches what is
said and not how.
"""

import hashlib
import random
from collections.abc import Iterator, Mapping, Sequence
from pathlib import PurePath

from interviewer.evidence import passage_of
from interviewer.lessons import outside_claims
from interviewer.types import Misconception, Rubric, Sample, Span, TrainingPair, Verdict

SHARE_OF_OTHERS = 0.08  # of the wordings of other claims, which are many and easy


def is_kept_for_calibration(slug: str) -> bool:
    """Whether an item is kept from the reader's training: a fifth of them, by hash of the slug.

    How far the reader can be trusted shows only on claims that it was not trained on, so
    calibrations are fitted on these items.
    """
    return int(hashlib.sha256(slug.encode()).hexdigest(), 16) % 5 == 0


DUE: Mapping[Verdict, tuple[float, float]] = {
    Verdict.COVERED: (1.0, 0.0),
    Verdict.PARTIAL: (0.5, 0.0),
    Verdict.MISSING: (0.0, 0.0),
    Verdict.CONTRADICTED: (0.0, 1.0),
}
NEAR_MISS = (0.0, 0.5)  # near misses are wrong or too little, which of them is not written down


def wording_pairs(rubric: Rubric, seed: int) -> Iterator[TrainingPair]:
    """Every wording of a criterion against its others, its near misses and other claims."""
    chance = random.Random(f"{seed}/{rubric.item}")  # noqa: S311 - chooses examples, no secret
    for criterion in rubric.criteria:
        wordings = (criterion.statement, *criterion.paraphrases)
        others = [
            text
            for other in rubric.claims
            if other is not criterion
            for text in (other.statement, *other.paraphrases)
        ]
        for claim in wordings:
            group = f"{rubric.item}/{criterion.id}/{claim}"
            passages = [(text, (1.0, 0.0)) for text in wordings if text != claim]
            passages += [(text, NEAR_MISS) for text in criterion.near_misses]
            some = chance.sample(others, round(len(others) * SHARE_OF_OTHERS))
            passages += [(text, (0.0, 0.0)) for text in some]
            for passage, due in passages:
                yield TrainingPair(rubric.item, group, claim, passage, *due)


def claim_pairs(text: str, file: str) -> Iterator[TrainingPair]:
    """The pairs of a file of claims outside the bank. Raises ContentError.

    Each claim is asked in two wordings, of texts that say it, deny it or fall short of it.
    """
    read, topic = outside_claims(text, file), PurePath(file).stem
    for number, each in enumerate(read):
        other = read[(number + 1) % len(read)].says
        for claim in (each.statement, *each.says[:1]):
            group = f"{topic}/{number}/{claim}"
            wordings = (each.statement, *each.says)
            passages = [(said, (1.0, 0.0)) for said in wordings if said != claim]
            passages += [(said, (0.0, 1.0)) for said in each.denies]
            passages += [(said, (0.0, 0.0)) for said in (*each.falls_short, *other[:2])]
            for passage, due in passages:
                yield TrainingPair(topic, group, claim, passage, *due)


def answer_pairs(
    rubric: Rubric, sample: Sample, evidence: Mapping[str, Sequence[Span]]
) -> Iterator[TrainingPair]:
    """One pair per claim: the evidence in a graded answer, by claim id, with its verdict.

    Answers that differ in one sentence share a group.
    """
    group = f"{rubric.item}/{sample.pair or sample.id}"
    verdicts = dict(sample.verdicts)
    for claim in rubric.claims:
        spans = evidence[claim.id]
        if isinstance(claim, Misconception):
            due = (1.0, 0.0) if claim.id in sample.misconceptions else (0.0, 0.0)
        else:
            due = DUE[verdicts[claim.id]]
        yield TrainingPair(rubric.item, group, claim.statement, passage_of(spans), *due)
