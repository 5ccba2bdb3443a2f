from dataclasses import replace

from interviewer.feedback import choose_follow_up, compose_feedback
from interviewer.score import points_earned, score_judgements
from interviewer.types import Judgement, MisconceptionJudgement, Rubric, Verdict
from tests.judging import ALWAYS, CHANNEL, COST, RUBRIC, RUNNING


def judgements(*verdicts: Verdict) -> list[Judgement]:
    return [
        Judgement(c.id, v, 0.5, 0.5, 0.0, (), None, points_earned(v, c.points), c.points)
        for c, v in zip(RUBRIC.criteria, verdicts, strict=True)
    ]


def assertion(asserted: bool | None) -> MisconceptionJudgement:
    return MisconceptionJudgement(ALWAYS.id, asserted, 0.5, None, ALWAYS.points)


def feedback(
    *verdicts: Verdict, asserted: bool | None = False, rubric: Rubric = RUBRIC
) -> list[str]:
    found, wrong = judgements(*verdicts), [assertion(asserted)]
    return compose_feedback(rubric, score_judgements(found, wrong), found, wrong).splitlines()


COVERED, PARTIAL, MISSING = Verdict.COVERED, Verdict.PARTIAL, Verdict.MISSING
CONTRADICTED, UNSCORED = Verdict.CONTRADICTED, Verdict.UNSCORED


def test_all_covered_says_so_and_nothing_more() -> None:
    assert feedback(COVERED, COVERED, COVERED) == ["You made 3 of 3 key points."]


def test_the_rubrics_own_words_are_said_weightiest_first() -> None:
    assert feedback(MISSING, PARTIAL, COVERED) == [
        "You made 1 of 3 key points.",
        f"- Nearly there: {RUNNING.statement}",
        f"- {CHANNEL.missed}",
    ]
    assert feedback(CONTRADICTED, COVERED, COVERED)[1:] == [f"- {CHANNEL.contradicted}"]


def test_a_criterion_without_words_of_its_own_is_said_by_its_statement() -> None:
    (line,) = feedback(COVERED, COVERED, MISSING)[1:]
    assert line.endswith(COST.statement)
    (other,) = feedback(COVERED, COVERED, CONTRADICTED)[1:]
    assert other.endswith(COST.statement)
    assert other != line


def test_an_asserted_misconception_is_corrected() -> None:
    assert feedback(COVERED, COVERED, COVERED, asserted=True)[1:] == [f"- {ALWAYS.correction}"]
    for asserted in (False, None):
        assert len(feedback(COVERED, COVERED, COVERED, asserted=asserted)) == 1


def test_a_misconception_without_correction_is_denied() -> None:
    rubric = replace(RUBRIC, misconceptions=(replace(ALWAYS, correction=""),))
    (line,) = feedback(COVERED, COVERED, COVERED, asserted=True, rubric=rubric)[1:]
    assert ALWAYS.statement in line
    assert line != f"- {ALWAYS.statement}"


def test_what_was_not_judged_is_our_failure() -> None:
    (line,) = feedback(UNSCORED, UNSCORED, UNSCORED, asserted=None)
    assert "our failure" in line
    assert "0 of 3" not in line


def test_a_criterion_not_judged_is_not_called_missing() -> None:
    lines = feedback(UNSCORED, COVERED, COVERED)
    assert lines == ["You made 2 of 3 key points. 1 could not be judged and do not count."]


def test_too_little_judged_is_said() -> None:
    assert "Too little could be judged" in feedback(COVERED, UNSCORED, UNSCORED)[0]


def test_the_follow_up_is_of_the_weightiest_open_criterion_that_has_one() -> None:
    for open_verdict in (MISSING, PARTIAL, CONTRADICTED):
        found = judgements(open_verdict, open_verdict, open_verdict)
        assert choose_follow_up(RUBRIC, found) == RUNNING.follow_up
    assert choose_follow_up(RUBRIC, judgements(MISSING, COVERED, MISSING)) == CHANNEL.follow_up
    assert choose_follow_up(RUBRIC, judgements(MISSING, UNSCORED, MISSING)) == CHANNEL.follow_up


def test_there_is_no_follow_up_when_none_is_open_or_written() -> None:
    assert choose_follow_up(RUBRIC, judgements(COVERED, COVERED, MISSING)) == ""
    assert choose_follow_up(RUBRIC, judgements(UNSCORED, UNSCORED, UNSCORED)) == ""
