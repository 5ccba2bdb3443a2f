"""Repair rounds: items in folders of their own, checked, drawn in repair mode only, and graded."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import gradio as gr
import pytest
from fastapi import Request

from interviewer.check import check_content, item_labels
from interviewer.coderoom import CodeRoom
from interviewer.content import Change, Content, open_content
from interviewer.desk import Desk
from interviewer.errors import ContentError, InputError
from interviewer.report import build
from interviewer.sandbox import Sandbox
from interviewer.store import Store
from interviewer.types import Verdict
from interviewer.ui.interview import Handlers
from interviewer.ui.owner import COOKIE, Owners
from interviewer.ui.page import WEAK, lay_out
from interviewer.ui.preset import preset
from interviewer.ui.screen import titles
from tests.content_texts import line
from tests.session_fakes import PhraseGrader, PhraseRunner
from tests.test_interview import answer

ROOT = Path(__file__).resolve().parents[1]
SMALL = Path(__file__).parent / "small_bank"
FIRST, SECOND = "repair-stale-gradients", "repair-wrong-axis"
BUILT_IN = open_content()


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """The small bank with two of the built-in repair rounds."""
    shutil.copytree(SMALL, tmp_path / "root")
    for slug in (FIRST, SECOND):
        shutil.copytree(ROOT / "repairs" / slug, tmp_path / "root" / "repairs" / slug)
    return tmp_path / "root"


@pytest.fixture
def desk(root: Path) -> Iterator[Desk]:
    desk = Desk(Store(), Content(root), PhraseGrader(), PhraseRunner())
    desk.open()
    yield desk


def faults(root: Path, slug: str, *, labels: bool = False) -> list[str]:
    return [
        each.removeprefix(f"{root}/") for each in check_content(Content(root), slug, labels=labels)
    ]


def test_a_round_is_an_item_with_all_its_files_in_one_folder(root: Path) -> None:
    content = Content(root)
    assert content.repairs() == (FIRST, SECOND)
    assert content.slugs() == ("dropout", "scaling", "weight-decay")  # what trains and calibrates
    assert content.item(FIRST).task is not None
    assert content.rubric(FIRST).item == FIRST
    assert {each.kind for each in content.samples(FIRST)} >= {"excellent", "wrong"}
    assert content.file("bank", FIRST, "starter.py") == root / "repairs" / FIRST / "starter.py"
    code_room = CodeRoom(content, Sandbox())  # not started: nothing is run
    assert code_room.task(FIRST).checks == root / "repairs" / FIRST / "checks.py"
    assert [each.item.slug for each in item_labels(content, FIRST)] == [FIRST]
    with pytest.raises(InputError, match=f"nearest: '{FIRST}'"):
        content.item("repair-stale-gradient")


def test_a_bank_without_rounds_has_none(tmp_path: Path) -> None:
    content = Content(shutil.copytree(SMALL, tmp_path / "root"))
    assert content.repairs() == ()
    desk = Desk(Store(), content, PhraseGrader(), PhraseRunner())
    with pytest.raises(InputError, match="No question fits"):
        desk.draw_repairs("", 3, 0)


def test_the_overlay_may_bring_one(root: Path, tmp_path: Path) -> None:
    shutil.move(root / "repairs" / SECOND, tmp_path / "data" / "repairs" / SECOND)
    assert Content(root).repairs() == (FIRST,)
    assert Content(root, tmp_path / "data").repairs() == (FIRST, SECOND)
    with pytest.raises(InputError, match="found no item"):
        Content(root, tmp_path / "data").save(FIRST, [Change("rubric.toml", "", "")])


@pytest.mark.parametrize(
    ("name", "good", "bad", "key", "fault"),
    [
        ("item.toml", '"Write down what .grad of one weight holds after the second batch.",', "",
         "hints =", "found 1 hints, expected 2 to 3"),
        ("item.toml", "Nothing clears the gradients.", "word " * 60, "reference =",
         "found 160 words, expected 50 to 130"),
        ("samples.toml", 'kind = "vague"', 'kind = "wrong"', "",
         "found no sample of kind 'vague', expected at least one"),
    ],
)  # fmt: skip
def test_a_fault_names_its_file_and_line(
    root: Path, name: str, good: str, bad: str, key: str, fault: str
) -> None:
    path = root / "repairs" / FIRST / name
    text = path.read_text(encoding="utf-8")
    assert good in text
    text = text.replace(good, bad)
    path.write_text(text, encoding="utf-8")
    number = line(text, key) if key else 1
    assert faults(root, FIRST) == [f"repairs/{FIRST}/{name}:{number}: {fault}"]
    assert faults(root, SECOND) == []


def test_a_round_needs_its_program_and_a_name_of_its_own(root: Path) -> None:
    (root / "repairs" / FIRST / "starter.py").unlink()
    (found,) = faults(root, FIRST)
    assert found.endswith("task: found no starter.py, expected one beside item.toml")
    shutil.copytree(root / "bank" / "dropout", root / "repairs" / "dropout")
    assert faults(root, "dropout") == [
        "repairs/dropout:1: found a folder of the bank too, expected one of the two"
    ]
    with pytest.raises(ContentError, match=f"repairs/{SECOND}/solution.txt:1: found no file"):
        Content(root).source("bank", SECOND, "solution.txt")


def test_a_draw_of_rounds_repeats_with_its_seed_and_keeps_to_its_level(desk: Desk) -> None:
    assert set(desk.draw_repairs("", 9, 1)) == {FIRST, SECOND}
    assert {desk.draw_repairs("", 1, seed) for seed in range(16)} == {(FIRST,), (SECOND,)}
    assert desk.draw_repairs("medium", 9, 1) == (SECOND,)
    assert set(desk.draw("", "", 50, 1)) == {"dropout", "scaling", "weight-decay"}


def start(desk: Desk, owners: Owners, mode: str, cluster: str, chosen: list[str]) -> str:
    """Press Start; the owner's name."""
    cookie = owners.new_cookie()
    request = gr.Request(
        Request({"type": "http", "headers": [(b"cookie", f"{COOKIE}={cookie}".encode())]})
    )
    with gr.Blocks():
        handlers = Handlers(desk, owners, lay_out(titles(desk)))
    handlers.start(mode, "any", cluster, 0, 12, 2, chosen, 7, request)
    return owners.of(request)


@pytest.mark.parametrize("cluster", ["any", "generative", WEAK])
def test_repair_mode_draws_rounds_and_nothing_else(desk: Desk, cluster: str) -> None:
    owners = Owners("secret")
    going = desk.unfinished(start(desk, owners, "repair", cluster, []))
    assert going is not None
    assert (going.session.mode, going.session.warm_ups) == ("repair", 0)
    assert set(going.session.items) == {FIRST, SECOND}


def test_other_modes_draw_none_and_take_one_by_its_id(desk: Desk) -> None:
    owners = Owners("secret")
    for mode in ("practice", "mock"):
        going = desk.unfinished(start(desk, owners, mode, "any", []))
        assert going is not None and set(going.session.items) == {
            "dropout", "scaling", "weight-decay",
        }  # fmt: skip
    going = desk.unfinished(start(desk, owners, "mock", "any", [SECOND]))
    assert going is not None and going.session.items == (SECOND,)


def test_the_page_offers_rounds_by_name_and_the_address_by_id(desk: Desk) -> None:
    assert ("Repair: The loss that swings ever wider", FIRST) in titles(desk)
    known = [slug for _, slug in titles(desk)]
    assert preset({"items": FIRST, "mode": "repair"}, known) == {"items": [FIRST], "mode": "repair"}


def test_a_round_is_answered_graded_and_repaired_like_any_item(desk: Desk) -> None:
    state = desk.begin("ann", [FIRST, SECOND], "repair")
    session = state.session.id
    assert state.turns[0].text == BUILT_IN.item(FIRST).stem
    answer(desk, session, "zero_grad is missing")
    desk.submit("ann", session, "sqrt", FIRST)
    desk.run_pending("ann", session)
    desk.finish("ann", session)
    first, second = build(desk.store, session).items
    assert first.grade is not None and [run.item for run in first.runs] == [FIRST]
    assert {each.criterion for each in first.grade.criteria} == {
        each.id for each in BUILT_IN.rubric(FIRST).criteria
    }
    assert (second.item, second.grade) == (SECOND, None)


def test_there_are_twelve_rounds_or_more() -> None:
    assert len(BUILT_IN.repairs()) >= 12
    assert not {*BUILT_IN.repairs()} & {*BUILT_IN.slugs()}


@pytest.mark.parametrize("slug", BUILT_IN.repairs())
def test_a_built_in_round_is_good_enough_to_serve(slug: str) -> None:
    assert check_content(BUILT_IN, slug, labels=True) == []
    assert BUILT_IN.item(slug).cluster == "debugging"
    by_kind = {each.kind: set(dict(each.verdicts).values()) for each in BUILT_IN.samples(slug)}
    assert by_kind["excellent"] == {Verdict.COVERED}
    assert by_kind["vague"] == {Verdict.MISSING}
    assert Verdict.CONTRADICTED in by_kind["wrong"]
    program = (ROOT / "repairs" / slug / "starter.py").read_text(encoding="utf-8")
    assert 10 <= len(program.splitlines()) <= 40
