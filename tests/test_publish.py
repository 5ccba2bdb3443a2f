"""Saving a rubric: only what `check` passes, whole or not at all, over nobody else's work."""

import subprocess
import sys
import threading
import time
from dataclasses import replace
from pathlib import Path

import pytest

from interviewer.check import check_content
from interviewer.content import MAX_BYTES, Change, Content
from interviewer.desk import Desk
from interviewer.errors import ConflictError, ContentError, InputError, InterviewerError
from interviewer.publish import draft_faults, open_texts, publish
from interviewer.store import Store
from interviewer.toml_lines import Place, line_numbers
from tests.content_texts import RUBRIC, SAMPLES, SLUG, write
from tests.session_fakes import PhraseGrader, PhraseRunner

REWORDED = RUBRIC.replace("Statement number 1.", "Another statement.")
SIXTH = """
[[criteria]]
id = "claim-6"
points = 1
statement = "Statement number 6."
paraphrases = ["One way 6.", "Another way 6.", "A third way 6."]
near_misses = ["Nearly 6.", "Not quite 6."]
follow_up = "And then?"
missed = "You left it out."
contradicted = "It is the other way round."
source = "A textbook"
"""


@pytest.fixture
def content(tmp_path: Path) -> Content:
    return Content(write(tmp_path / "root"), tmp_path / "data")


def edited(content: Content, **texts: str) -> list[Change]:
    """What is open, with other texts: `rubric` and `samples`."""
    opened = open_texts(content, SLUG)
    return [replace(c, text=texts.get(c.name.removesuffix(".toml"), c.text)) for c in opened]


def test_a_saved_rubric_is_a_new_version_in_the_overlay(content: Content, tmp_path: Path) -> None:
    before = content.rubric(SLUG).version
    done = publish(content, SLUG, edited(content, rubric=REWORDED))
    assert (done.files, done.before) == (("rubric.toml",), before)
    assert done.version == content.rubric(SLUG).version != before
    assert content.rubric(SLUG).criteria[0].statement == "Another statement."
    folder = tmp_path / "data" / "rubrics" / SLUG
    assert [each.name for each in folder.iterdir()] == ["rubric.toml"]  # samples did not change
    assert (folder / "rubric.toml").read_text() == REWORDED
    assert (tmp_path / "root" / "rubrics" / SLUG / "rubric.toml").read_text() == RUBRIC


def test_other_wording_of_feedback_keeps_the_version(content: Content) -> None:
    done = publish(content, SLUG, edited(content, rubric=RUBRIC.replace("left it out", "forgot")))
    assert done.before == done.version


def test_a_new_criterion_is_saved_with_its_labels_or_not_at_all(content: Content) -> None:
    rubric = RUBRIC + SIXTH
    with pytest.raises(ContentError, match=r"samples\.toml:\d+: found no key 'claim-6'"):
        publish(content, SLUG, edited(content, rubric=rubric))
    assert len(content.rubric(SLUG).criteria) == 5
    samples = SAMPLES.replace('claim-5 = "missing"', 'claim-5 = "missing"\nclaim-6 = "missing"')
    done = publish(content, SLUG, edited(content, rubric=rubric, samples=samples))
    assert done.files == ("samples.toml", "rubric.toml")
    assert check_content(content, SLUG) == []


@pytest.mark.parametrize(
    ("rubric", "place"),
    [
        (RUBRIC.replace("points = 2", "points = 0", 1), ("criteria", 0, "points")),
        (RUBRIC.replace('"And then?"', '""', 1), ("criteria", 0, "follow_up")),
        (RUBRIC.replace('"Nearly 3.", ', ""), ("criteria", 2, "near_misses")),
        (RUBRIC.replace("points = -1", "points = 1", 1), ("misconceptions", 0, "points")),
        (RUBRIC.replace("missed =", "mised =", 1), ("criteria", 0, "mised")),
        (RUBRIC.replace('id = "claim-2"', 'id = "claim-1"'), ("criteria", 1, "id")),
    ],
)
def test_a_fault_has_its_line_and_field_and_stops_the_save(
    content: Content, tmp_path: Path, rubric: str, place: tuple[str | int, ...]
) -> None:
    found = draft_faults(content, SLUG, {"rubric.toml": rubric})
    assert place in [fault.place for fault in found]
    (fault,) = [each for each in found if each.place == place]
    assert fault.file == f"rubrics/{SLUG}/rubric.toml"
    with pytest.raises(ContentError) as caught:
        publish(content, SLUG, edited(content, rubric=rubric))
    assert str(tmp_path) not in str(caught.value)
    assert content.text(SLUG, "rubric.toml") == RUBRIC
    assert not (tmp_path / "data").exists()


def test_the_faults_are_those_of_the_check(content: Content, tmp_path: Path) -> None:
    spoiled = RUBRIC.replace("points = 2", "points = 0", 1).replace('"And then?"', '""', 1)
    found = draft_faults(content, SLUG, {"rubric.toml": spoiled})
    (tmp_path / "root" / "rubrics" / SLUG / "rubric.toml").write_text(spoiled)
    checked = check_content(content, SLUG)
    assert [f"{f.line}: {f.message}" for f in found] == [
        each.partition("rubric.toml:")[2] for each in checked
    ]
    syntax = draft_faults(content, SLUG, {"rubric.toml": RUBRIC + "\n[[criteria\n"})
    assert [f.line for f in syntax] == [RUBRIC.count("\n") + 2]
    assert "syntax error" in syntax[0].message


def test_each_text_is_searched_once_however_many_faults_it_has(
    content: Content, monkeypatch: pytest.MonkeyPatch
) -> None:
    searched: list[str] = []

    def counted(text: str) -> dict[Place, int]:
        searched.append(text)
        return line_numbers(text)

    monkeypatch.setattr("interviewer.publish.line_numbers", counted)
    spoiled = "".join(f"unknown-{n} = 1\n" for n in range(200)) + RUBRIC
    found = draft_faults(content, SLUG, {"rubric.toml": spoiled, "samples.toml": SAMPLES})
    assert [each.place for each in found][:200] == [(f"unknown-{n}",) for n in range(200)]
    assert sorted(searched) == sorted([spoiled, SAMPLES])


def test_the_later_of_two_mentors_sees_a_conflict_and_nothing_is_lost(content: Content) -> None:
    first = edited(content, rubric=REWORDED)
    second = edited(content, rubric=RUBRIC.replace("Statement number 2.", "Mine."))
    publish(content, SLUG, first)
    with pytest.raises(ConflictError) as caught:
        publish(content, SLUG, second)
    assert caught.value.text == REWORDED
    assert content.text(SLUG, "rubric.toml") == REWORDED
    merged = edited(content, rubric=REWORDED.replace("Statement number 2.", "Mine."))
    publish(content, SLUG, merged)
    assert "Another statement." in content.text(SLUG, "rubric.toml")


def test_samples_changed_by_someone_else_are_a_conflict_too(content: Content) -> None:
    mine = edited(content, rubric=REWORDED)
    publish(content, SLUG, edited(content, samples=SAMPLES.replace("score = 30", "score = 31", 1)))
    with pytest.raises(ConflictError) as caught:
        publish(content, SLUG, mine)
    assert caught.value.name == "samples.toml"


def test_of_many_who_save_at_once_one_wins(content: Content) -> None:
    mine = [edited(content, rubric=RUBRIC.replace("A textbook", f"Book {n}")) for n in range(8)]
    ended: list[str] = []

    def save(changes: list[Change]) -> None:
        try:
            publish(content, SLUG, changes)
            ended.append("saved")
        except (ConflictError, InterviewerError) as error:
            ended.append(type(error).__name__)

    threads = [threading.Thread(target=save, args=(each,)) for each in mine]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(ended) == ["ConflictError"] * 7 + ["saved"]
    assert content.text(SLUG, "rubric.toml") in [c.text for each in mine for c in each]


@pytest.mark.parametrize(
    "slug", ["../x", "..", "", f"{SLUG}/../{SLUG}", f"{SLUG}\n", "/etc", ".", "new-item", "A"]
)
def test_a_slug_never_writes_outside_of_the_overlay(
    content: Content, tmp_path: Path, slug: str
) -> None:
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(InputError):
        publish(content, slug, [Change("rubric.toml", RUBRIC, "")])
    with pytest.raises(InputError):
        content.save(slug, [Change("rubric.toml", RUBRIC, "")])
    with pytest.raises(InputError):
        open_texts(content, slug)
    assert sorted(tmp_path.rglob("*")) == before


@pytest.mark.parametrize("name", ["../rubric.toml", "checks.py", "/etc/passwd", "rubric.toml/x"])
def test_no_other_file_is_written(content: Content, tmp_path: Path, name: str) -> None:
    with pytest.raises(InputError):
        content.save(SLUG, [Change(name, "x", "")])
    assert not [p for p in (tmp_path / "data").rglob("*") if p.suffix != ".lock" and p.is_file()]


def test_hostile_texts_are_faults_or_are_kept_as_they_are(content: Content) -> None:
    for text in ("\ud800", "x" * (MAX_BYTES + 1), "\ufeff" + RUBRIC, "\x00", "[" * 5000):
        with pytest.raises(ContentError):
            publish(content, SLUG, edited(content, rubric=text))
    hostile = "<script>alert(1)</script> ${x} {{y}} ../../etc \\u202e"
    rubric = RUBRIC.replace("Statement number 1.", hostile.replace("\\", "\\\\"))
    publish(content, SLUG, edited(content, rubric=rubric))
    assert content.rubric(SLUG).criteria[0].statement == hostile


CRASH = """
import os, sys
from pathlib import Path
from dataclasses import replace
from interviewer.content import Content
from interviewer.publish import open_texts, publish
root, data, slug, text = sys.argv[1:]
content = Content(Path(root), Path(data))
changes = [replace(c, text=text) if c.name == "rubric.toml" else c
           for c in open_texts(content, slug)]
Path.replace = lambda *_: os._exit(9)
publish(content, slug, changes)
"""


def test_a_crash_between_write_and_rename_leaves_the_old_rubric(
    content: Content, tmp_path: Path, repository: Path
) -> None:
    publish(content, SLUG, edited(content, rubric=REWORDED))
    third = RUBRIC.replace("Statement number 1.", "A third.")
    arguments = [str(tmp_path / "root"), str(tmp_path / "data"), SLUG, third]
    ended = subprocess.run([sys.executable, "-c", CRASH, *arguments], cwd=repository, check=False)
    assert ended.returncode == 9
    folder = tmp_path / "data" / "rubrics" / SLUG
    assert len(list(folder.iterdir())) == 2  # the new text lies beside it, under another name
    assert content.text(SLUG, "rubric.toml") == REWORDED
    assert check_content(content, SLUG) == []
    publish(content, SLUG, edited(content, rubric=third))  # and the lock has gone with the process
    assert [each.name for each in folder.iterdir()] == ["rubric.toml"]
    assert content.text(SLUG, "rubric.toml") == third


def test_a_full_disk_changes_nothing_and_shows_no_path(
    content: Content, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(content, SLUG, edited(content, rubric=REWORDED))

    def full(_: int) -> None:
        raise OSError(28, "No space left on device", str(tmp_path))

    monkeypatch.setattr("interviewer.overlay.os.fsync", full)
    with pytest.raises(InterviewerError) as caught:
        publish(content, SLUG, edited(content, rubric=RUBRIC))
    assert str(caught.value) == "It could not be written (No space left on device)."
    assert content.text(SLUG, "rubric.toml") == REWORDED
    assert [p.name for p in (tmp_path / "data" / "rubrics" / SLUG).iterdir()] == ["rubric.toml"]


def test_what_does_not_read_back_is_not_called_saved(
    content: Content, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("interviewer.content.replace_files", lambda *_: None)
    with pytest.raises(InterviewerError, match="reads otherwise"):
        publish(content, SLUG, edited(content, rubric=REWORDED))


def test_without_a_data_folder_nothing_is_saved(tmp_path: Path) -> None:
    bare = Content(write(tmp_path))
    with pytest.raises(InputError, match="INTERVIEWER_DATA"):
        publish(bare, SLUG, edited(bare, rubric=REWORDED))


def test_answers_judged_afterwards_get_the_new_version_and_old_judgements_keep_theirs(
    content: Content, tmp_path: Path
) -> None:
    store = Store(tmp_path / "sessions.db")
    desk = Desk(store, content, PhraseGrader(), PhraseRunner())
    desk.open()
    before = content.rubric(SLUG).version
    first = judged(desk, "ada")
    done = publish(content, SLUG, edited(content, rubric=REWORDED))
    second = judged(desk, "bob")
    versions = [
        [grade.rubric_version for _, grade in store.grades(each).values()]
        for each in (first, second)
    ]
    assert versions == [[before], [done.version]]
    assert "Statement number 1." in str(store.rubrics(first)[SLUG, before])
    assert "Another statement." in str(store.rubrics(second)[SLUG, done.version])


def judged(desk: Desk, owner: str) -> str:
    """A session whose one answer has been judged."""
    session = desk.begin(owner, [SLUG], "practice").session.id
    desk.answer(owner, session, "Gradients are products of many factors.")
    end = time.monotonic() + 30
    while not desk.store.grades(session):
        assert time.monotonic() < end, "the answer was not judged"
        time.sleep(0.02)
    return session
