"""Criterion + evidence + answer -> judgement, by a language model and embedding similarity.

Similarity finds the quote and is one input of the calibrated decision; it never earns points by
itself. Nothing here knows where the model runs.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from interviewer import prompts
from interviewer.calibration import Calibration, uncalibrated, uncalibrated_assertion
from interviewer.errors import ModelError
from interviewer.evidence import Comparison, Wordings, compare, passage_of
from interviewer.score import points_earned
from interviewer.sentences import split_sentences
from interviewer.types import (
    ClaimReader,
    Criterion,
    Embedder,
    Evidence,
    JudgeInfo,
    Judgement,
    LanguageModel,
    Message,
    Misconception,
    MisconceptionJudgement,
    Rubric,
    Verdict,
)

_FLOOR = 1e-4  # keeps log odds finite when an option isn't among the first tokens
# of a criterion with paraphrases and near misses, as rubrics have them
CRITERION_SIGNALS = (
    "llm_states",
    "llm_opposes",
    "similarity",
    "similarity_mean",
    "similarity_near_miss",
    "similarity_near_mean",
    "similarity_margin",
    "similarity_rival",
    "trained_states",
    "trained_opposes",
)
# of a bare statement
STATEMENT_SIGNALS = (
    "llm_states",
    "llm_opposes",
    "similarity_statement",
    "similarity_rival_statement",
    "trained_states",
    "trained_opposes",
)
MISCONCEPTION_SIGNALS = ("llm_states", "similarity", "trained_states")


@dataclass(frozen=True, slots=True)
class Question:
    """What was asked: the stem and the reference answer, which may be empty."""

    text: str
    reference: str = ""


class LlmJudge:
    """The judge: one decision per criterion over one shared prefix, then calibration.

    Similarity and, where there is one, the trained reader go into the calibrated decision too.
    """

    def __init__(
        self,
        model: LanguageModel,
        embedder: Embedder,
        calibration: Calibration | None,
        without: frozenset[str] = frozenset(),
        reader: ClaimReader | None = None,
    ) -> None:
        self._model = model
        self._embedder = embedder
        self._calibration = calibration
        self._without = without
        self._reader = reader

    @property
    def info(self) -> JudgeInfo:
        """What is shown and stored with each judgement."""
        return JudgeInfo(
            model=self._model.name,
            identity=self._model.identity,
            calibrated=self._calibration is not None,
            prompt=prompts.PROMPT_HASH,
            calibration=self._calibration.hash if self._calibration else "",
            reader=self._reader.identity if self._reader else "",
        )

    def with_model(self, model: LanguageModel, *, calibrated: bool = True) -> "LlmJudge":
        """The same judge over another way to the same model, or without its calibration."""
        calibration = self._calibration if calibrated else None
        return LlmJudge(model, self._embedder, calibration, self._without, self._reader)

    def warm(self, question: Question) -> None:
        """Evaluates the part of the prompt that doesn't depend on the answer."""
        prefix = prompts.judge_prefix(question.text, question.reference, "")
        self._model.choose(prefix, [""], prompts.OPTIONS)

    def judge(
        self, question: Question, rubric: Rubric, answer: str
    ) -> Iterator[Judgement | MisconceptionJudgement]:
        """Judgements in the rubric's order, each as soon as it is made.

        An answer that says nothing misses everything and asks no model. A model that fails leaves
        the rest unscored.
        """
        if says_nothing(answer):
            yield from nothing_said(rubric)
            return
        try:
            found = self._compared(rubric, answer)
        except ModelError:
            yield from unscored(rubric)
            return
        prefix = prompts.judge_prefix(question.text, question.reference, answer)
        failed = False
        for claim, compared in zip(rubric.claims, found, strict=True):
            try:
                if failed:
                    raise ModelError("an earlier criterion of this answer failed")
                yield self._decide(prefix, claim, compared)
            except ModelError:
                failed = True
                yield _unscored(claim, compared.evidence.best)

    def _decide(
        self, prefix: Sequence[Message], claim: Criterion | Misconception, compared: Comparison
    ) -> Judgement | MisconceptionJudgement:
        signals = {**self._decision(prefix, claim), **compared.signals}
        if isinstance(claim, Criterion):
            return self._judgement(claim, compared.evidence, signals)
        return self._assertion(claim, compared.evidence, signals)

    def _decision(
        self, prefix: Sequence[Message], claim: Criterion | Misconception
    ) -> dict[str, float]:
        """The model's log odds that the answer says this, and that it says what conflicts."""
        text = prompts.CLAIM.format(claim=claim.statement)
        yes, no, wrong = self._model.choose(prefix, [text], prompts.OPTIONS)[0] + _FLOOR
        return {
            "llm_states": float(np.log(yes / (no + wrong))),
            "llm_opposes": float(np.log(wrong / (yes + no))),
        }

    def _judgement(
        self, criterion: Criterion, evidence: Evidence, signals: dict[str, float]
    ) -> Judgement:
        calibration = self._calibration
        if calibration:
            worded = criterion.paraphrases and criterion.near_misses
            fitted = calibration.criteria if worded else calibration.statements
            probabilities = fitted.probabilities(signals, self._without)
        else:
            probabilities = uncalibrated(signals)
        verdict = Verdict(max(probabilities, key=lambda name: probabilities[name]))
        return Judgement(
            criterion=criterion.id,
            verdict=verdict,
            probability=probabilities["covered"],
            confidence=probabilities[verdict.value],
            similarity=evidence.best,
            signals=tuple(signals.items()),
            quote=evidence.spans[0] if verdict is not Verdict.MISSING else None,
            points=points_earned(verdict, criterion.points),
            possible=criterion.points,
        )

    def _assertion(
        self, misconception: Misconception, evidence: Evidence, signals: dict[str, float]
    ) -> MisconceptionJudgement:
        calibration = self._calibration
        probabilities = (
            calibration.misconceptions.probabilities(signals, self._without)
            if calibration
            else uncalibrated_assertion(signals)
        )
        asserted = probabilities["yes"] >= 0.5
        return MisconceptionJudgement(
            misconception=misconception.id,
            asserted=asserted,
            probability=probabilities["yes"],
            quote=evidence.spans[0] if asserted else None,
            points=misconception.points,
            signals=tuple(signals.items()),
        )

    def _compared(self, rubric: Rubric, answer: str) -> tuple[Comparison, ...]:
        """Criteria are compared among themselves, and so are misconceptions."""
        spans = split_sentences(answer)
        criteria = [Wordings((c.statement, *c.paraphrases), c.near_misses) for c in rubric.criteria]
        myths = [Wordings((m.statement, *m.paraphrases)) for m in rubric.misconceptions]
        found = (*compare(spans, criteria, self._embedder), *compare(spans, myths, self._embedder))
        return found if self._reader is None else _read(self._reader, rubric.claims, found)


def _read(
    reader: ClaimReader,
    claims: Sequence[Criterion | Misconception],
    compared: Sequence[Comparison],
) -> tuple[Comparison, ...]:
    """The comparisons with what the trained reader makes of each claim's evidence."""
    passages = [passage_of(each.evidence.spans) for each in compared]
    read = reader.read([claim.statement for claim in claims], passages)
    return tuple(
        Comparison(
            each.evidence,
            {**each.signals, "trained_states": float(states), "trained_opposes": float(opposes)},
        )
        for each, (states, opposes) in zip(compared, read, strict=True)
    )


def says_nothing(answer: str) -> bool:
    """Whether no sentence of the answer has a letter or a digit."""
    return not any(ch.isalnum() for span in split_sentences(answer) for ch in span.text)


def nothing_said(rubric: Rubric) -> Iterator[Judgement | MisconceptionJudgement]:
    """Every claim missing: the due judgement of a blank answer, which needs no model."""
    for c in rubric.criteria:
        yield Judgement(c.id, Verdict.MISSING, 0.0, 1.0, 0.0, (), None, 0.0, c.points)
    for m in rubric.misconceptions:
        yield MisconceptionJudgement(m.id, False, 0.0, None, m.points)


def unscored(rubric: Rubric) -> Iterator[Judgement | MisconceptionJudgement]:
    """Every claim unscored: what stands in for judgements when no model is up."""
    for claim in rubric.claims:
        yield _unscored(claim, 0.0)


def _unscored(
    claim: Criterion | Misconception, similarity: float
) -> Judgement | MisconceptionJudgement:
    if isinstance(claim, Misconception):
        return MisconceptionJudgement(claim.id, None, None, None, claim.points)
    return Judgement(
        claim.id, Verdict.UNSCORED, None, None, similarity, (), None, 0.0, claim.points
    )
