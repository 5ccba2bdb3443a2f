"""A grade -> what to say, in the rubric's own words: instant, and nothing is invented."""

from collections.abc import Sequence

from interviewer.types import Criterion, Judgement, MisconceptionJudgement, Rubric, Score, Verdict


def compose_feedback(
    rubric: Rubric,
    score: Score,
    judgements: Sequence[Judgement],
    misconceptions: Sequence[MisconceptionJudgement],
) -> str:
    """A few lines of Markdown: what was right, what was wrong, what was missed."""
    by_id = {c.id: c for c in rubric.criteria}
    lines = [_opening(score, judgements)]
    for judgement in sorted(judgements, key=lambda j: -j.possible):
        if line := _line(by_id[judgement.criterion], judgement.verdict):
            lines.append(f"- {line}")
    corrections = {
        m.id: m.correction or f"It is not so that: {m.statement}" for m in rubric.misconceptions
    }
    lines += [f"- {corrections[m.misconception]}" for m in misconceptions if m.asserted]
    return "\n".join(lines)


def choose_follow_up(rubric: Rubric, judgements: Sequence[Judgement]) -> str:
    """The follow-up of the weightiest criterion that is not covered; empty when there is none."""
    verdicts = {j.criterion: j.verdict for j in judgements}
    open_criteria = [
        c
        for c in rubric.criteria
        if c.follow_up
        and verdicts.get(c.id) in (Verdict.MISSING, Verdict.PARTIAL, Verdict.CONTRADICTED)
    ]
    return max(open_criteria, key=lambda c: c.points).follow_up if open_criteria else ""


def _opening(score: Score, judgements: Sequence[Judgement]) -> str:
    unscored = sum(j.verdict is Verdict.UNSCORED for j in judgements)
    if unscored == len(judgements):
        return "Your answer is stored. It could not be judged yet; that is our failure, not yours."
    covered = sum(j.verdict is Verdict.COVERED for j in judgements)
    text = f"You made {covered} of {len(judgements)} key points."
    if unscored:
        text += f" {unscored} could not be judged and do not count."
    if score.value is None:
        text += " Too little could be judged for a score."
    return text


def _line(criterion: Criterion, verdict: Verdict) -> str:
    if verdict is Verdict.MISSING:
        return criterion.missed or f"Not mentioned: {criterion.statement}"
    if verdict is Verdict.CONTRADICTED:
        return criterion.contradicted or f"This is the other way round: {criterion.statement}"
    if verdict is Verdict.PARTIAL:
        return f"Nearly there: {criterion.statement}"
    return ""
