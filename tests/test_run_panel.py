"""What the page shows of a run: plots of printed losses, and the starter where code lacks it."""

import re
import time
from pathlib import Path

import pytest

from interviewer.content import Content
from interviewer.desk import Desk
from interviewer.loss_lists import MOST_SERIES, series_in
from interviewer.store import Store
from interviewer.types import CheckResult, RunResult, RunVerdict
from interviewer.ui.panels import checks, run_result
from interviewer.ui.plots import plots
from interviewer.ui.view import look
from interviewer.unknown_names import say_unknown
from tests.session_fakes import PhraseGrader

BANK = Content(Path(__file__).parent / "small_bank")


class Ended:
    """Gives the same result to every program."""

    def __init__(self, result: RunResult) -> None:
        self._result = result

    def run(self, slug: str, code: str) -> RunResult:
        return self._result


def ended(verdict: str, *entry: str, message: str = "", stdout: str = "") -> RunResult:
    made = tuple(CheckResult("entry", RunVerdict(each), "", "Defines it.") for each in entry)
    return RunResult("scaling", RunVerdict(verdict), made, stdout, "", 0.1, 0, "none", message)


def panel(result: RunResult, content: Content = BANK, item: str = "scaling") -> str:
    desk = Desk(Store(), content, PhraseGrader(), Ended(result))
    session = desk.begin("ann", [item], "practice").session.id
    desk.submit("ann", session, "x = 1")
    desk.run_pending("ann", session)
    return checks(look(desk, "ann", session))


@pytest.mark.parametrize(
    "result",
    [
        ended("WA", "WA"),
        ended("RE"),
        ended("CE"),
        ended("WA", "AC", message=say_unknown(["F"])),
    ],
)
def test_the_starter_is_offered_to_code_that_lacks_it(result: RunResult) -> None:
    shown = panel(result)
    assert 'id="starter"' in shown and "def scale(scores, width)" in shown


@pytest.mark.parametrize(
    "result", [ended("AC", "AC"), ended("WA", "AC"), ended("TLE"), ended("IE")]
)
def test_the_starter_is_not_offered_otherwise(result: RunResult) -> None:
    assert "starter" not in panel(result)


def test_no_starter_without_a_task() -> None:
    assert "starter" not in panel(ended("RE"), item="dropout")


@pytest.mark.parametrize(
    ("text", "name", "values"),
    [
        ("[0.9, 0.5, 1e-3]", "printed list", (0.9, 0.5, 0.001)),
        ("before\nlosses: [3.0, 2, 1]\nafter", "losses", (3.0, 2.0, 1.0)),
        ("train losses = [3., 2., -.5]", "train losses", (3.0, 2.0, -0.5)),
        ("epoch 1 loss 0.5\nepoch 2 loss 0.4\nepoch 3 loss 0.3.", "loss", (0.5, 0.4, 0.3)),
        ("train_loss=2\ntrain_loss=1.5\ntrain_loss=1e0", "train_loss", (2.0, 1.5, 1.0)),
        ("Loss: tensor(1.5)\n" * 3, "Loss", (1.5, 1.5, 1.5)),
    ],
)
def test_a_printed_series_is_found(text: str, name: str, values: tuple[float, ...]) -> None:
    (found,) = series_in(text)
    assert (found.name, found.values) == (name, values)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[0.5, 0.4]",
        "shape [3, 4, 5]",
        "tensor([0.5, 0.4, 0.3])",
        "[[0.5, 0.4, 0.3],\n [0.5, 0.4, 0.3]]",
        "loss 0.5\nloss 0.4",
        "the loss is low\nthe loss is low\nthe loss is low",
        "['0.1', 0.2, 0.3]",
        "[0.1, __import__('os'), 0.3]",
    ],
)
def test_what_is_no_series_is_not_drawn(text: str) -> None:
    assert series_in(text) == () and plots(text) == ""


def test_a_plot_falls_with_the_loss_and_says_its_numbers() -> None:
    shown = run_result(ended("OK", stdout="losses: [4.0, 2.0, 1.0]\n"))
    (points,) = re.findall(r'<polyline points="([^"]+)"', shown)
    heights = [float(point.split(",")[1]) for point in points.split()]
    assert heights == sorted(heights) and len(set(heights)) == 3, "down on the screen"
    assert "losses: 3 values, from 4 to 1; lowest 1, highest 4" in shown
    assert "<pre>losses: [4.0, 2.0, 1.0]" in shown, "and the text stays"


def test_a_plot_has_a_gap_where_a_loss_is_not_finite() -> None:
    shown = plots("[1.0, 2.0, nan, inf, 3.0, 3.5]")
    assert shown.count("<polyline") == 2 and "2 not finite" in shown
    assert plots("[nan, nan, 1e999, 1.0e999]") == ""
    assert "NaN" not in plots("[2.0, 2.0, 2.0]")


def test_an_output_cannot_write_into_the_page_or_hold_it_up() -> None:
    assert "<script" not in run_result(ended("OK", stdout="<script>x = [0.1, 0.2, 0.3]"))
    many = "\n".join(f"a{n} = [0.1, 0.2, 0.3]" for n in range(9))
    assert plots(many).count("<svg") == MOST_SERIES
    start = time.monotonic()
    for piece in ("a", "loss", "1", "1.", "[", "[1.0, ", " ", "nan", "a [", "loss 1 ", "e1"):
        plots((piece * 65536)[:65536])
    assert time.monotonic() - start < 5
