"""Writes a folder to push to a Hugging Face Space: Docker, or Gradio on ZeroGPU.

A Space installs requirements.txt before the pushed files are there, so the source goes beside the
entry and is not installed. Nothing is pushed from here.
"""

import shutil
import tomllib
from pathlib import Path
from typing import Literal

from interviewer.errors import InputError

Kind = Literal["docker", "zerogpu"]
KINDS: tuple[Kind, ...] = ("docker", "zerogpu")
SOURCE = ("interviewer", "bank", "repairs", "rubrics", "serve.py", "pyproject.toml")
_OF_THE_CLONE = {".git", ".gitattributes"}  # what may lie in `out` already
# git alone may not push these
LARGE_FILES = "".join(
    f"*.{ending} filter=lfs diff=lfs merge=lfs -text\n" for ending in ("gguf", "safetensors")
)
_CACHES = shutil.ignore_patterns("__pycache__", "*.pyc")


def write_space(kind: Kind, root: Path, out: Path) -> tuple[str, ...]:
    """Write the Space's folder from the source tree `root`; the names of what lies in it.

    Raises InputError when `out` has files of its own, or `root` is no source tree.
    """
    if not (root / "serve.py").is_file():
        raise InputError(f"{root}: found no serve.py, expected the source tree, which is copied")
    if out.exists() and not out.is_dir():
        raise InputError(f"{out}: found a file, expected a new or an empty folder")
    if out.is_dir() and (found := {each.name for each in out.iterdir()} - _OF_THE_CLONE):
        raise InputError(f"{out}: found {min(found)}, expected a new or an empty folder")
    out.mkdir(parents=True, exist_ok=True)
    for name in SOURCE:
        _copy(root / name, out / name)
    attributes = out / ".gitattributes"
    known = attributes.read_text(encoding="utf-8") if attributes.exists() else ""
    if LARGE_FILES.split()[0] not in known.split():
        attributes.write_text(f"{known.rstrip()}\n{LARGE_FILES}".lstrip(), encoding="utf-8")
    if kind == "docker":
        for name in ("Dockerfile", ".dockerignore", "README.md"):
            _copy(root / name, out / name)
    else:
        _write_gradio(root, out)
    return tuple(sorted(each.name for each in out.iterdir()))


def requirements(pyproject: str) -> str:
    """The text of requirements.txt: what the package needs, and `spaces`, which lends the GPU."""
    needed = tomllib.loads(pyproject)["project"]["dependencies"]
    return "".join(f"{line}\n" for line in (*needed, "spaces"))


def with_front_matter(readme: str, front_matter: str) -> str:
    """The README with another front matter than its own."""
    body = readme.split("\n---\n", 1)[1] if readme.startswith("---\n") else readme
    return f"---\n{front_matter.strip()}\n---\n{body}"


def _write_gradio(root: Path, out: Path) -> None:
    own = root / "deploy" / "zerogpu"
    for name in ("app.py", "packages.txt"):
        _copy(own / name, out / name)
    front_matter = (own / "front_matter.yaml").read_text(encoding="utf-8")
    readme = (root / "README.md").read_text(encoding="utf-8")
    (out / "README.md").write_text(with_front_matter(readme, front_matter), encoding="utf-8")
    needed = requirements((root / "pyproject.toml").read_text(encoding="utf-8"))
    (out / "requirements.txt").write_text(needed, encoding="utf-8")


def _copy(source: Path, target: Path) -> None:
    if source.is_dir():
        shutil.copytree(source, target, ignore=_CACHES)
    else:
        shutil.copyfile(source, target)
