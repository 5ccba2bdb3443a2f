"""The secret that `serve.py` keeps."""

from pathlib import Path

import pytest

from interviewer.errors import InputError
from serve import kept_secret


def test_a_secret_is_made_once_and_read_by_its_owner_only(tmp_path: Path) -> None:
    secret = kept_secret(tmp_path)
    assert len(secret) >= 32
    assert kept_secret(tmp_path) == secret
    assert (tmp_path / "secret").stat().st_mode & 0o777 == 0o600
    assert kept_secret(tmp_path) != kept_secret(_folder(tmp_path / "other"))


@pytest.mark.parametrize("text", ["", "\n", "short"])
def test_half_a_secret_signs_nothing(tmp_path: Path, text: str) -> None:
    (tmp_path / "secret").write_text(text, encoding="ascii")
    with pytest.raises(InputError, match="remove the file"):
        kept_secret(tmp_path)


def _folder(path: Path) -> Path:
    path.mkdir()
    return path
