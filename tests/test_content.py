from pathlib import Path

import pytest

from interviewer.content import MAX_BYTES, Content, open_content
from interviewer.errors import ContentError, InputError
from tests.content_texts import ITEM, RUBRIC, SLUG, write

BUILT_IN = Path(__file__).resolve().parent.parent


def item_file(root: Path) -> Path:
    return root / "bank" / SLUG / "item.toml"


def test_the_parts_of_an_item_are_read(tmp_path: Path) -> None:
    content = Content(write(tmp_path))
    assert content.slugs() == (SLUG,)
    assert content.item(SLUG).slug == SLUG
    assert content.rubric(SLUG).item == SLUG
    assert len(content.samples(SLUG)) == 20


def test_an_unknown_slug_names_the_nearest(tmp_path: Path) -> None:
    content = Content(write(tmp_path))
    for read in (content.item, content.rubric, content.samples):
        with pytest.raises(InputError) as caught:
            read("gradent-flow")
        assert str(caught.value) == (
            "found no item 'gradent-flow', expected one of the bank (nearest: 'gradient-flow')"
        )
        assert not isinstance(caught.value, ContentError)


@pytest.mark.parametrize("slug", ["../secret", "..", "", "/etc", f"{SLUG}/", f"{SLUG}\n", "."])
def test_a_slug_never_walks_out_of_the_folder(tmp_path: Path, slug: str) -> None:
    content = Content(write(tmp_path / "root"))
    (tmp_path / "root" / "secret").mkdir()
    (tmp_path / "root" / "secret" / "item.toml").write_text(ITEM)
    (tmp_path / "root" / "bank" / "item.toml").write_text(ITEM)
    with pytest.raises(InputError, match="found no item"):
        content.item(slug)


def test_a_file_of_the_overlay_wins_and_the_others_stay(tmp_path: Path) -> None:
    root, overlay = write(tmp_path / "root"), tmp_path / "data"
    content = Content(root, overlay)
    before = content.rubric(SLUG).version
    edited = overlay / "rubrics" / SLUG / "rubric.toml"
    edited.parent.mkdir(parents=True)
    edited.write_text(RUBRIC.replace("Statement number 1.", "Another statement."))
    assert content.rubric(SLUG).criteria[0].statement == "Another statement."
    assert content.rubric(SLUG).version != before
    assert content.item(SLUG).title == "Gradient flow"
    assert len(content.samples(SLUG)) == 20
    assert content.file("rubrics", SLUG, "rubric.toml") == edited
    assert Content(root).rubric(SLUG).version == before


def test_an_item_of_the_overlay_alone_is_known(tmp_path: Path) -> None:
    write(tmp_path / "root")
    write(tmp_path / "data", "new-item", rubric=RUBRIC.replace(SLUG, "new-item"))
    content = Content(tmp_path / "root", tmp_path / "data")
    assert content.slugs() == (SLUG, "new-item")
    assert len(content.samples("new-item")) == 20


def test_an_item_without_a_rubric_is_a_fault(tmp_path: Path) -> None:
    content = Content(write(tmp_path))
    path = tmp_path / "rubrics" / SLUG / "rubric.toml"
    path.unlink()
    with pytest.raises(ContentError) as caught:
        content.rubric(SLUG)
    assert caught.value.faults == [f"{path}:1: found no file, expected one for item {SLUG!r}"]


def test_a_binary_file_is_a_fault_with_the_line_of_its_first_bad_byte(tmp_path: Path) -> None:
    path = item_file(write(tmp_path))
    path.write_bytes(b'title = "x"\n# \xff\xfe')
    with pytest.raises(ContentError) as caught:
        Content(tmp_path).item(SLUG)
    assert caught.value.faults == [
        f"{path}:2: found byte 0xff at offset 14, expected text in UTF-8"
    ]


def test_a_huge_file_is_a_fault(tmp_path: Path) -> None:
    path = item_file(write(tmp_path))
    with path.open("ab") as file:
        file.truncate(10 * MAX_BYTES)
    with pytest.raises(ContentError) as caught:
        Content(tmp_path).item(SLUG)
    assert caught.value.faults == [
        f"{path}:1: found {10 * MAX_BYTES} bytes, expected at most {MAX_BYTES}"
    ]


def test_an_editor_of_another_system_changes_no_text_or_line(tmp_path: Path) -> None:
    path = item_file(write(tmp_path))
    content = Content(tmp_path)
    before = content.item(SLUG)
    path.write_bytes(b"\xef\xbb\xbf" + ITEM.replace("\n", "\r\n").encode())
    assert content.item(SLUG) == before
    path.write_bytes(ITEM.replace("\n", "\r\n").replace('"easy"', '"eazy"').encode())
    with pytest.raises(ContentError, match=r"item\.toml:2: level: found 'eazy'"):
        content.item(SLUG)


def test_no_bank_is_said_plainly(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        open_content(tmp_path).slugs()
    assert str(caught.value) == (
        f"found no folder {tmp_path / 'bank'}, expected a folder with bank/ and rubrics/"
    )


def test_the_built_in_content_lies_beside_the_package(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir("/")
    slugs = open_content().slugs()
    assert slugs == tuple(
        sorted(each.parent.name for each in (BUILT_IN / "bank").glob("*/item.toml"))
    )
