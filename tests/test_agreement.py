"""Expected values worked by hand, or cross-checked against scikit-learn and scipy."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from sklearn import metrics

from interviewer import agreement

labels_and_scores = st.lists(
    st.tuples(st.booleans(), st.floats(0, 1).map(lambda x: round(x, 2))), min_size=4, max_size=40
)


def test_kappa_by_hand() -> None:
    # observed 3/4, chance 1/2 * 1/4 + 1/2 * 3/4 = 1/2, kappa 1/2
    assert agreement.kappa([1, 1, 0, 0], [1, 0, 0, 0]) == pytest.approx(0.5)
    assert agreement.kappa([1, 1], [1, 1]) is None


def test_a_constant_judge_has_no_kappa_worth() -> None:
    assert agreement.kappa([1, 0, 1, 0], [1, 1, 1, 1]) == pytest.approx(0.0)
    assert agreement.auc([True, False], [0.5, 0.5]) == 0.5


@given(labels_and_scores)
def test_classification_figures_equal_scikit_learn(rows: list[tuple[bool, float]]) -> None:
    truth, scores = [r[0] for r in rows], [r[1] for r in rows]
    judged = [s > 0.5 for s in scores]
    assert agreement.macro_f1(truth, judged) == pytest.approx(
        metrics.f1_score(truth, judged, average="macro", zero_division=0)
    )
    if len(set(truth)) == 2:
        assert agreement.auc(truth, scores) == pytest.approx(metrics.roc_auc_score(truth, scores))
        if len(set(judged)) == 2:
            assert agreement.kappa(truth, judged) == pytest.approx(
                metrics.cohen_kappa_score(truth, judged)
            )


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=3, max_size=40))
def test_continuous_qwk_equals_the_integer_form(rows: list[tuple[int, int]]) -> None:
    truth, judged = [r[0] for r in rows], [r[1] for r in rows]
    found = agreement.qwk(truth, judged)
    if len(set(truth) | set(judged)) > 1:
        expected = metrics.cohen_kappa_score(
            truth, judged, labels=[0, 1, 2, 3], weights="quadratic"
        )
        assert found == pytest.approx(expected)


def test_spearman_equals_scipy() -> None:
    rng = np.random.default_rng(1)
    a, b = rng.integers(0, 5, 30).tolist(), rng.integers(0, 5, 30).tolist()
    assert agreement.spearman(a, b) == pytest.approx(stats.spearmanr(a, b).statistic)


def test_auc_within_looks_inside_each_answer_only() -> None:
    # perfect inside both answers, although answer b's scores are all higher
    found = agreement.auc_within(
        ["a", "a", "b", "b"], [True, False, True, False], [0.2, 0.1, 0.9, 0.8]
    )
    assert found == 1.0
    assert agreement.auc([True, False, True, False], [0.2, 0.1, 0.9, 0.8]) == 0.75


def test_pairs_right_compares_tiers_of_one_question_and_counts_ties_as_wrong() -> None:
    groups, tiers, scores = ["q", "q", "q", "r"], [2, 1, 0, 0], [0.9, 0.4, 0.4, 1.0]
    assert agreement.pairs_right(groups, tiers, scores) == pytest.approx(2 / 3)


def test_bootstrap_draws_whole_questions() -> None:
    questions = ["a"] * 10 + ["b"] * 10
    seen: set[int] = set()

    def figure(rows: list[int]) -> float:
        assert len(rows) == 20
        seen.add(sum(i < 10 for i in rows))
        return float(sum(i < 10 for i in rows))

    assert agreement.bootstrap(questions, figure) == (0.0, 20.0)
    assert seen == {0, 10, 20}
    assert agreement.bootstrap(["a", "a"], figure) is None
