"""The Dockerfile as far as it can be read: deploy/replay.sh builds and starts it."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import missing_part


@pytest.fixture
def dockerfile(repository: Path) -> str:
    return (repository / "Dockerfile").read_text(encoding="utf-8")


def hadolint() -> str:
    beside = Path(sys.executable).with_name("hadolint")
    found = str(beside) if beside.exists() else shutil.which("hadolint")
    if found is None:
        missing_part("hadolint", "pip install -e '.[test]'")
    return str(found)


def test_hadolint_finds_nothing(repository: Path) -> None:
    done = subprocess.run(
        [hadolint(), "Dockerfile"], cwd=repository, capture_output=True, text=True
    )
    assert (done.returncode, done.stdout) == (0, "")


def test_hadolint_would_find_something(tmp_path: Path) -> None:
    path = tmp_path / "Dockerfile"
    path.write_text("FROM debian\nRUN apt-get install libseccomp2\n", encoding="utf-8")
    done = subprocess.run([hadolint(), str(path)], capture_output=True, text=True)
    assert done.returncode != 0
    assert "DL3006" in done.stdout


def test_the_service_is_not_root_and_writes_to_volumes_of_its_own(dockerfile: str) -> None:
    last = dockerfile.rpartition("\nFROM ")[2]
    assert "\nUSER 1000:1000\n" in last
    volumes = re.findall(r'"([^"]+)"', re.findall(r"VOLUME \[(.*)\]", last)[0])
    assert f"-o 1000 -g 1000 {' '.join(volumes)}\n" in last
    for name, volume in zip(("DATA", "CACHE"), volumes, strict=True):
        assert f"INTERVIEWER_{name}={volume}" in last


def test_it_is_for_the_cpu_unless_an_argument_says_otherwise(dockerfile: str) -> None:
    assert "\nARG TORCH_BACKEND=cpu\n" in dockerfile
    assert '${TORCH_BACKEND:+--torch-backend "$TORCH_BACKEND"}' in dockerfile


def test_no_secret_and_no_registry_is_in_it(dockerfile: str) -> None:
    assert "://" not in dockerfile.replace("http://127.0.0.1:", "")
    assert not re.search(r"index|SECRET|TOKEN|MENTORS|PASSWORD", dockerfile)


def test_what_is_copied_passes_the_ignore_file(repository: Path, dockerfile: str) -> None:
    ignore = (repository / ".dockerignore").read_text(encoding="utf-8").split()
    copied = re.findall(r"^COPY (?!--)(.*) \S+$", dockerfile, flags=re.MULTILINE)
    names = {name for line in copied for name in line.split()}
    assert names == {line[1:] for line in ignore if line.startswith("!")}
    assert all((repository / name).exists() for name in names)


def test_its_libraries_are_those_that_the_readme_names(repository: Path, dockerfile: str) -> None:
    readme = (repository / "README.md").read_text(encoding="utf-8")
    libraries = re.findall(r'"(lib[a-z0-9]+)=', dockerfile)
    assert libraries == ["libgomp1", "libseccomp2"]
    assert all(f"`{name}`" in readme for name in libraries)


def test_the_replay_is_a_script_that_bash_can_read(repository: Path) -> None:
    script = repository / "deploy" / "replay.sh"
    assert script.stat().st_mode & 0o111
    subprocess.run(["bash", "-n", str(script)], check=True)  # noqa: S607
