import hashlib
import sys
from pathlib import Path

import pytest

from interviewer.errors import ModelError
from interviewer.models.weights import PackagedWeights, assembled, file_sha256

PARTS = 12  # more than nine: by name, part 10 would come before part 2
CONTENT = [f"part number {n};".encode() * n for n in range(1, PARTS + 1)]
WHOLE = b"".join(CONTENT)
SHA256 = hashlib.sha256(WHOLE).hexdigest()

MODULE = """from pathlib import Path

def get_part_path():
    return Path(__file__).with_name("part-{0}.bin")
"""


def silent(what: str, done: int, total: int) -> None:
    return None


@pytest.fixture
def weights(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> PackagedWeights:
    """Twelve installed modules that carry a part each."""
    folder = tmp_path / "packages"
    folder.mkdir()
    for number, content in enumerate(CONTENT, 1):
        (folder / f"fake_weights_part{number}.py").write_text(MODULE.format(number))
        (folder / f"part-{number}.bin").write_bytes(content)
        monkeypatch.delitem(sys.modules, f"fake_weights_part{number}", raising=False)
    monkeypatch.syspath_prepend(folder)
    return PackagedWeights("Fake", "fake_weights_part{}", PARTS, len(WHOLE), SHA256)


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    return tmp_path / "cache" / "deep"


def test_the_parts_are_joined_in_numeric_order(weights: PackagedWeights, cache: Path) -> None:
    path = assembled(weights, cache, silent)
    assert path.read_bytes() == WHOLE
    assert path.suffix == ".gguf"
    assert list(cache.iterdir()) == [path]


def test_progress_is_told_up_to_the_size(weights: PackagedWeights, cache: Path) -> None:
    told: list[tuple[int, int]] = []
    assembled(weights, cache, lambda what, done, total: told.append((done, total)))
    assert told == sorted(told)
    assert told[-1] == (len(WHOLE), len(WHOLE))


def test_a_wrong_hash_is_refused_and_leaves_no_file(weights: PackagedWeights, cache: Path) -> None:
    weights.part_paths()[10].write_bytes(b"not what was packaged")
    with pytest.raises(ModelError, match=SHA256):
        assembled(weights, cache, silent)
    assert list(cache.iterdir()) == []


def test_a_missing_part_is_refused_and_leaves_no_file(
    weights: PackagedWeights, cache: Path
) -> None:
    weights.part_paths()[4].unlink()
    with pytest.raises(ModelError, match="cannot assemble Fake"):
        assembled(weights, cache, silent)
    assert list(cache.iterdir()) == []


def test_an_interruption_leaves_no_file(weights: PackagedWeights, cache: Path) -> None:
    def interrupt(what: str, done: int, total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        assembled(weights, cache, interrupt)
    assert list(cache.iterdir()) == []


def test_a_verified_file_is_used_again(weights: PackagedWeights, cache: Path) -> None:
    first = assembled(weights, cache, silent)
    for part in weights.part_paths():
        part.unlink()
    before = first.stat().st_mtime_ns
    assert assembled(weights, cache, silent) == first
    assert first.stat().st_mtime_ns == before


def test_a_cut_file_is_made_anew(weights: PackagedWeights, cache: Path) -> None:
    path = assembled(weights, cache, silent)
    path.write_bytes(WHOLE[:-1])
    assert assembled(weights, cache, silent).read_bytes() == WHOLE


def test_a_cache_that_cannot_be_made_is_a_model_error(
    weights: PackagedWeights, tmp_path: Path
) -> None:
    occupied = tmp_path / "occupied"
    occupied.write_text("a file")
    with pytest.raises(ModelError, match="cannot assemble"):
        assembled(weights, occupied / "cache", silent)


def test_installed_means_every_part(weights: PackagedWeights, tmp_path: Path) -> None:
    assert weights.installed()
    (tmp_path / "packages" / f"fake_weights_part{PARTS}.py").unlink()
    assert not weights.installed()


def test_the_hash_of_a_file_that_cannot_be_read_is_a_model_error(tmp_path: Path) -> None:
    path = tmp_path / "model.gguf"
    with pytest.raises(ModelError, match=r"model\.gguf: cannot read the weights"):
        file_sha256(path)
    path.write_bytes(WHOLE)
    assert file_sha256(path) == SHA256
