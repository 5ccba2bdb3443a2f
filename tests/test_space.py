"""The folders for Spaces: what lies in them, and that the app starts from each of them."""

import os
import socket
import subprocess
import sys
import time
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import version
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any

import gradio as gr
import httpx
import pytest
from gradio_client import Client  # type: ignore[import-untyped]  # it ships no types
from huggingface_hub import SpaceCard

from interviewer.__main__ import main
from interviewer.errors import InputError, ModelError
from interviewer.space import KINDS, LARGE_FILES, Kind, requirements, with_front_matter, write_space

# stands in for the package that Spaces have: says what is lent, and hooks into launch() as it does
SPACES = """
import gradio

def GPU(function):
    print("lends", function.__name__, flush=True)
    return function

_launch = gradio.Blocks.launch

def launch(*args, **kwargs):
    print("launches", flush=True)
    return _launch(*args, **kwargs)

gradio.Blocks.launch = launch
"""
ENTRIES = {"docker": "serve.py", "zerogpu": "app.py"}
PATIENCE = 120.0  # seconds


@dataclass(frozen=True, slots=True)
class Started:
    kind: Kind
    folder: Path
    url: str
    log: Path


@pytest.fixture(scope="module", params=KINDS)
def started(
    request: pytest.FixtureRequest, repository: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Started]:
    """The entry of a written folder, started there, as on a new Space: with no secret."""
    kind: Kind = request.param
    temporary = tmp_path_factory.mktemp(kind)
    folder, log = temporary / "space", temporary / "log"
    write_space(kind, repository, folder)
    (temporary / "beside").mkdir()
    (temporary / "beside" / "spaces.py").write_text(SPACES, encoding="utf-8")
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = listener.getsockname()[1]
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("INTERVIEWER_", "OAUTH_"))}
    environment = {
        **kept,
        "SPACE_ID": "someone/interviewer",
        "INTERVIEWER_MODEL": "none",
        "INTERVIEWER_HOST": "127.0.0.1",
        "INTERVIEWER_PORT": str(port),
        "INTERVIEWER_DATA": str(temporary / "data"),
        "INTERVIEWER_CACHE": str(temporary / "cache"),
        "PYTHONPATH": str(temporary / "beside"),
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, ENTRIES[kind]],
            cwd=folder,
            env=environment,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        wait_for(f"http://127.0.0.1:{port}/healthz", process, log)
        yield Started(kind, folder, f"http://127.0.0.1:{port}", log)
    finally:
        process.terminate()
        process.wait(30)


def wait_for(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        assert process.poll() is None, log.read_text(encoding="utf-8")
        try:
            if httpx.get(url, timeout=2).status_code == 200:
                return
        except httpx.TransportError:
            time.sleep(0.1)
    pytest.fail(f"{url} did not answer: {log.read_text(encoding='utf-8')}")


def test_the_entry_serves_the_page_and_says_that_nothing_is_kept(started: Started) -> None:
    page = httpx.get(f"{started.url}/", timeout=30)
    assert page.status_code == 200
    assert "Nothing is kept here for long" in page.text
    assert "frame-ancestors" in page.headers["content-security-policy"]


def test_an_interview_goes_on_with_events_and_code_of_the_folder(started: Started) -> None:
    client = Client(started.url, verbose=False)
    state = client.predict("dropout", "practice", api_name="/start")
    assert state["current"] == "dropout"
    assert state["judge"]["state"] == "none"
    found = subprocess.run(
        [sys.executable, "-c", "import interviewer; print(interviewer.__file__)"],
        cwd=started.folder, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert found.stdout.startswith(str(started.folder))


def test_without_a_secret_there_are_no_mentor_pages(started: Started) -> None:
    for path in ("/mentor/review", "/mentor/studio"):
        assert httpx.get(f"{started.url}{path}", timeout=30).status_code == 401


def test_the_judge_is_lent_before_the_app_is_launched(started: Started) -> None:
    said = [
        line
        for line in started.log.read_text(encoding="utf-8").splitlines()
        if line.startswith(("lends", "launches"))
    ]
    zerogpu = ["lends _judge_here", "lends _speak_here", "launches"]
    assert said == (zerogpu if started.kind == "zerogpu" else [])


@pytest.fixture(scope="module")
def folders(repository: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[Kind, Path]:
    written = {kind: tmp_path_factory.mktemp("spaces") / kind for kind in KINDS}
    for kind, folder in written.items():
        write_space(kind, repository, folder)
    return written


def card(folder: Path) -> dict[str, Any]:
    data: dict[str, Any] = SpaceCard.load(folder / "README.md").data.to_dict()
    return data


def test_the_docker_space_has_what_its_dockerfile_copies(folders: dict[Kind, Path]) -> None:
    assert {each.name for each in folders["docker"].iterdir()} == {
        "README.md", "Dockerfile", ".dockerignore", ".gitattributes", "pyproject.toml", "serve.py",
        "interviewer", "bank", "repairs", "rubrics",
    }  # fmt: skip
    found = card(folders["docker"])
    assert (found["sdk"], found["app_port"], found["license"]) == ("docker", 7860, "apache-2.0")
    dockerfile = (folders["docker"] / "Dockerfile").read_text(encoding="utf-8")
    assert f"INTERVIEWER_PORT={found['app_port']}" in dockerfile


def test_the_gradio_space_names_its_entry_and_the_versions(folders: dict[Kind, Path]) -> None:
    folder = folders["zerogpu"]
    found = card(folder)
    assert found["sdk"] == "gradio"
    assert found["sdk_version"] == version("gradio")
    assert found["python_version"] == "3.12.12"
    entry = (folder / found["app_file"]).read_text(encoding="utf-8")
    assert f'"{found["models"][0]}"' in entry
    assert (folder / "packages.txt").read_text(encoding="utf-8").split() == ["libseccomp2"]


@pytest.mark.parametrize("kind", KINDS)
def test_the_short_description_is_as_short_as_it_must_be(
    folders: dict[Kind, Path], kind: Kind
) -> None:
    assert 0 < len(card(folders[kind])["short_description"]) <= 60


@pytest.mark.parametrize("kind", KINDS)
def test_the_readme_below_the_front_matter_is_the_same(
    folders: dict[Kind, Path], kind: Kind, repository: Path
) -> None:
    texts = [(base / "README.md").read_text("utf-8") for base in (folders[kind], repository)]
    ours, expected = (text.split("\n---\n", 1)[1] for text in texts)
    assert ours == expected
    assert ours.lstrip().startswith("# interviewer\n")


@pytest.mark.parametrize("kind", KINDS)
def test_no_file_is_one_that_a_space_refuses(folders: dict[Kind, Path], kind: Kind) -> None:
    lines = (folders[kind] / ".gitattributes").read_text(encoding="utf-8").splitlines()
    large = [line.split()[0] for line in lines if "filter=lfs" in line]
    for path in folders[kind].rglob("*"):
        assert path.name != "__pycache__"
        small = path.is_dir() or path.stat().st_size < 10_000_000
        assert small or any(path.match(each) for each in large), f"{path} would need LFS"


def test_the_attributes_of_a_clone_stay(tmp_path: Path, repository: Path) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / ".gitattributes").write_text("*.bin filter=lfs -text\n", encoding="utf-8")
    write_space("docker", repository, tmp_path)
    assert (tmp_path / ".gitattributes").read_text(
        "utf-8"
    ) == f"*.bin filter=lfs -text\n{LARGE_FILES}"


def test_the_requirements_are_those_of_the_package_and_spaces(repository: Path) -> None:
    text = (repository / "pyproject.toml").read_text(encoding="utf-8")
    *needed, last = requirements(text).splitlines()
    assert last == "spaces"
    assert needed == tomllib.loads(text)["project"]["dependencies"]
    assert any(each.startswith("torch>=") for each in needed)


def test_that_no_gpu_was_lent_is_an_error_of_the_model(repository: Path) -> None:
    spec = spec_from_file_location("entry", repository / "deploy" / "zerogpu" / "app.py")
    assert spec is not None
    assert spec.loader is not None
    entry = module_from_spec(spec)
    spec.loader.exec_module(entry)

    def nothing_lent(*_: object) -> Iterator[str]:
        yield "a first piece"
        raise gr.Error("quota exceeded")

    pieces = entry.lend(nothing_lent)()
    assert next(pieces) == "a first piece"
    with pytest.raises(ModelError, match="no GPU was lent: 'quota exceeded'"):
        next(pieces)


def test_a_front_matter_is_set_where_there_is_none() -> None:
    assert with_front_matter("# Title\n", "sdk: gradio\n") == "---\nsdk: gradio\n---\n# Title\n"


def test_the_command_writes_into_a_fresh_clone(tmp_path: Path) -> None:
    (tmp_path / "clone" / ".git").mkdir(parents=True)
    assert main(["space", "docker", "--out", str(tmp_path / "clone")]) == 0
    assert (tmp_path / "clone" / "Dockerfile").is_file()


def test_the_command_overwrites_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "mine.txt").write_text("mine", encoding="utf-8")
    assert main(["space", "zerogpu", "--out", str(tmp_path)]) == 1
    assert "found mine.txt, expected a new or an empty folder" in capsys.readouterr().err
    assert [each.name for each in tmp_path.iterdir()] == ["mine.txt"]


def test_without_the_source_tree_there_is_nothing_to_write(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"found no serve\.py"):
        write_space("docker", tmp_path, tmp_path / "out")
