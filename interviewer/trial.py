"""Tries a rubric on graded samples: verdict by verdict, what is expected against what is judged."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from interviewer import agreement
from interviewer.errors import InterviewerError
from interviewer.marking import Grading
from interviewer.types import Item, Judgement, MisconceptionJudgement, Rubric, Sample, Verdict


@dataclass(frozen=True, slots=True)
class Trial:
    """One sample: its verdicts so far by criterion, and by misconception whether it is claimed."""

    sample: Sample
    verdicts: Mapping[str, Verdict]
    asserted: Mapping[str, bool | None]
    done: bool = False
    failed: str = ""


@dataclass(frozen=True, slots=True)
class Agreement:
    """How often judge and labels agree; kappa is over covered or not, None where undefined."""

    verdicts: int
    same: int
    kappa: float | None
    samples: int
    held_out: int


def chosen(samples: Sequence[Sample], limit: int) -> tuple[Sample, ...]:
    """At most `limit` samples, the held-out ones first, else in an order of no meaning."""

    def order(sample: Sample) -> tuple[bool, str]:
        return not sample.held_out, hashlib.sha256(sample.id.encode()).hexdigest()

    return tuple(sorted(samples, key=order)[: max(limit, 0)])


def try_samples(
    grader: Grading, item: Item, rubric: Rubric, samples: Sequence[Sample]
) -> Iterator[tuple[Trial, ...]]:
    """All trials so far after each verdict; ends early, and says why, when judging fails."""
    done: tuple[Trial, ...] = ()
    for sample in samples:
        trial = Trial(sample, {}, {})
        yield (*done, trial)
        try:
            for step in grader.grade_stream(item, rubric, sample.text):
                trial = _with(trial, step)
                yield (*done, trial)
        except InterviewerError as error:
            yield (*done, replace(trial, failed=str(error)))
            return
        done = (*done, replace(trial, done=True))
    yield done


def agree(trials: Sequence[Trial]) -> Agreement:
    """Over the samples that are done; verdicts that could not be judged are left out."""
    finished = [trial for trial in trials if trial.done]
    pairs = [
        (due, trial.verdicts[criterion])
        for trial in finished
        for criterion, due in trial.sample.verdicts
        if trial.verdicts.get(criterion, Verdict.UNSCORED) is not Verdict.UNSCORED
    ]
    covered = [
        [verdict is Verdict.COVERED for verdict in side] for side in zip(*pairs, strict=True)
    ]
    return Agreement(
        verdicts=len(pairs),
        same=sum(due is judged for due, judged in pairs),
        kappa=agreement.kappa(*covered) if covered else None,
        samples=len(finished),
        held_out=sum(trial.sample.held_out for trial in finished),
    )


def _with(trial: Trial, step: object) -> Trial:
    if isinstance(step, Judgement):
        return replace(trial, verdicts={**trial.verdicts, step.criterion: step.verdict})
    if isinstance(step, MisconceptionJudgement):
        return replace(trial, asserted={**trial.asserted, step.misconception: step.asserted})
    return trial
