"""What `calibrate` reports, on decisions made up for the purpose."""

import random
from pathlib import Path

from interviewer.commands.calibrate import VERDICTS, left_out, without
from interviewer.commands.common import unseen_slugs
from interviewer.content import Content, open_content
from interviewer.judge import CRITERION_SIGNALS, MISCONCEPTION_SIGNALS
from tests.content_texts import SLUG, write


def decisions() -> list[dict[str, object]]:
    """Decisions on four items in which the conflict tells the verdict."""
    chance = random.Random(1)  # noqa: S311 - makes up decisions
    lines: list[dict[str, object]] = []
    for item in "abcd":
        for number in range(40):
            label = VERDICTS[number % 4]
            signals = {name: chance.gauss(0, 1) for name in CRITERION_SIGNALS}
            signals["similarity_statement"] = signals["similarity_rival_statement"] = 0.0
            signals["trained_states"] += 1.0 * (label == "covered")
            signals["llm_opposes"] = -4.0 if label == "covered" else 4.0
            about = {"item": item, "sample": f"s{number}", "pair": f"{item}/{number // 2}/c"}
            kind = "wrong" if number % 8 == 2 else "mixed"
            lines.append({**about, "kind": kind, "label": label, "signals": signals})
            told = {name: chance.gauss(0, 1) for name in MISCONCEPTION_SIGNALS}
            answer = "yes" if number % 3 else "no"
            lines.append({**about, "kind": kind, "label": answer, "signals": told})
    return lines


def test_figures_are_of_items_left_out() -> None:
    figures = left_out(decisions())
    assert set(figures) == {"with all wordings", "by the statement alone"}
    for each in figures.values():
        assert each["n"] == 160
        assert each["auc"] > 0.95 and each["kappa"] > 0.8 and each["ece"] < 0.2
        assert each["auc_twins"] > 0.9
        assert each["credited_in_wrong"] < 0.2
        assert each["credited_contradicted"] < 0.2
    blind = left_out(without(decisions(), "llm"))["with all wordings"]
    assert blind["auc"] < figures["with all wordings"]["auc"]
    assert blind["credited_contradicted"] > figures["with all wordings"]["credited_contradicted"]
    assert left_out([line for line in decisions() if line["item"] == "a"]) == {}


def test_no_item_that_the_reader_was_trained_on_is_reported_on(tmp_path: Path) -> None:
    built_in = unseen_slugs(open_content())
    assert "convolution" in built_in and "self-attention" not in built_in
    assert 3 <= len(built_in) <= len(open_content().slugs()) / 3
    assert unseen_slugs(Content(write(tmp_path))) == [SLUG]  # a deployment's own item is new to it
