import pytest

from interviewer.errors import InputError, ModelError
from interviewer.grading import LONGEST_ANSWER, NO_JUDGE, Grader, check_answer, grade_steps
from interviewer.judge import LlmJudge
from interviewer.types import Grade, Judgement, Message, MisconceptionJudgement, Verdict
from tests.fakes import Decision
from tests.judging import (
    ALWAYS,
    ANSWER,
    CHANNEL,
    COST,
    ITEM,
    RUBRIC,
    RUNNING,
    always,
    calibration,
    scripted_judge,
    stating,
)


def graded(judge: LlmJudge | None, answer: str = ANSWER) -> Grade:
    *_, last = grade_steps(ITEM, RUBRIC, answer, judge)
    assert isinstance(last, Grade)
    return last


def test_each_judgement_comes_before_the_grade_that_holds_them() -> None:
    *steps, grade = grade_steps(ITEM, RUBRIC, ANSWER, scripted_judge(always(0.02))[0])
    assert isinstance(grade, Grade)
    assert tuple(s for s in steps if isinstance(s, Judgement)) == grade.criteria
    assert tuple(s for s in steps if isinstance(s, MisconceptionJudgement)) == grade.misconceptions
    assert len(steps) == len(RUBRIC.criteria) + len(RUBRIC.misconceptions)


def test_a_judgement_is_given_before_the_next_is_made() -> None:
    judge, model = scripted_judge(always(0.5))
    next(grade_steps(ITEM, RUBRIC, ANSWER, judge))
    assert len({p for p in model.prompts if CHANNEL.statement in p}) == len(model.prompts)


def test_the_score_is_of_points_and_a_misconception_costs() -> None:
    assert graded(scripted_judge(stating(RUNNING.statement))[0]).score.value == 50
    both = stating(RUNNING.statement, ALWAYS.statement)  # 2 - 1 of 4 points
    assert graded(scripted_judge(both)[0]).score.value == 25


def test_a_grade_says_who_judged_what() -> None:
    judge, _ = scripted_judge(always(0.02), calibration())
    grade = graded(judge)
    assert grade.item == ITEM.slug
    assert grade.rubric_version == RUBRIC.version
    assert grade.judge == judge.info
    assert dict(grade.seconds)["total"] >= 0


def test_without_a_judge_there_is_no_score_and_nothing_is_missing() -> None:
    grade = graded(None)
    assert grade.judge == NO_JUDGE
    assert grade.score.value is None
    assert grade.score.coverage == 0
    assert {j.verdict for j in grade.criteria} == {Verdict.UNSCORED}
    assert [m.asserted for m in grade.misconceptions] == [None]
    assert grade.follow_up == ""
    for criterion in RUBRIC.criteria:
        assert criterion.statement not in grade.feedback


def test_a_model_that_fails_early_gives_no_score_not_zero() -> None:
    judge, _ = scripted_judge(lambda _, claim: None if RUNNING.statement in claim else 0.02)
    grade = graded(judge)
    assert grade.score.value is None
    assert grade.score.coverage == 0.25


def test_a_model_that_fails_late_leaves_a_score_of_what_was_judged() -> None:
    def rule(prompt: str, claim: str) -> Decision:
        return None if COST.statement in claim else stating(RUNNING.statement)(prompt, claim)

    grade = graded(scripted_judge(rule)[0])
    assert grade.score.value == pytest.approx(100 * 2 / 3)
    assert grade.score.coverage == 0.75


def test_a_blank_answer_scores_zero() -> None:
    grade = graded(scripted_judge(always(None))[0], " \n")
    assert grade.score.value == 0
    assert grade.score.coverage == 1


def test_the_follow_up_is_of_the_weightiest_open_criterion() -> None:
    assert graded(scripted_judge(always(0.02))[0]).follow_up == RUNNING.follow_up
    assert graded(scripted_judge(stating(RUNNING.statement))[0]).follow_up == CHANNEL.follow_up


def test_a_too_long_answer_is_refused_and_the_longest_is_not() -> None:
    longest = "a" * LONGEST_ANSWER
    assert check_answer(longest) == longest
    with pytest.raises(InputError, match="20,001 characters, expected at most 20,000"):
        check_answer(longest + "a")
    judge, model = scripted_judge(always(0.5))
    with pytest.raises(InputError):
        list(grade_steps(ITEM, RUBRIC, longest + "a", judge))
    assert model.prompts == []


@pytest.mark.parametrize("answer", ["a\x00b", "half a pair: \ud83d"])
def test_what_is_not_text_is_refused(answer: str) -> None:
    with pytest.raises(InputError, match="expected text"):
        check_answer(answer)


def test_a_grader_is_loading_then_ready() -> None:
    grader = Grader()
    assert (grader.state, grader.info) == ("loading", NO_JUDGE)
    grader.set_progress("Unpacking: 3 %")
    assert (grader.state, grader.status) == ("loading", "Unpacking: 3 %")
    judge, model = scripted_judge(always(0.02))
    grader.set_ready(judge, model)
    assert grader.state == "ready"
    assert "uncalibrated" in grader.status
    assert grader.info == judge.info
    *_, grade = grader.grade_stream(ITEM, RUBRIC, ANSWER)
    assert isinstance(grade, Grade)
    assert grade.score.value == 0
    assert "".join(grader.stream([Message("user", "Hello")]))


def test_a_calibrated_grader_does_not_call_its_scores_provisional() -> None:
    grader = Grader()
    grader.set_ready(*scripted_judge(always(0.02), calibration()))
    assert "uncalibrated" not in grader.status


def test_a_grader_without_a_judge_still_takes_answers() -> None:
    grader = Grader()
    grader.set_none("No judge is installed.")
    grader.warm(ITEM)
    *_, grade = grader.grade_stream(ITEM, RUBRIC, ANSWER)
    assert isinstance(grade, Grade)
    assert grade.score.value is None
    with pytest.raises(ModelError, match=r"No judge is installed\."):
        grader.stream([Message("user", "Hello")])


def test_a_grader_warms_the_items_part_of_the_prompt() -> None:
    grader = Grader()
    judge, model = scripted_judge(always(0.02))
    grader.set_ready(judge, model)
    grader.warm(ITEM)
    assert len(model.prompts) == 1
    assert ITEM.stem in model.prompts[0]
