"""Every setting once: default, meaning, environment variable. Read at the edge, passed inwards."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import platformdirs

from interviewer.errors import InputError


@dataclass(frozen=True, slots=True)
class Settings:
    """What a deployment can choose; `from_environ` reads INTERVIEWER_* variables."""

    host: str = "127.0.0.1"
    port: int = 7860
    data: Path = Path(platformdirs.user_data_dir("interviewer"))
    cache: Path = Path(platformdirs.user_cache_dir("interviewer"))
    model: str = ""
    threads: int = 2
    bank: Path | None = None
    secret: str = ""
    mentors: str = ""
    in_space: bool = False  # a Space of Hugging Face says so itself, by SPACE_ID
    oauth: bool = False  # and that people can log in with their account there

    @classmethod
    def from_environ(cls, environ: Mapping[str, str] | None = None) -> "Settings":
        """Settings of the environment. Raises InputError naming the variable at fault."""
        env = os.environ if environ is None else environ
        default = cls()
        return cls(
            host=env.get("INTERVIEWER_HOST") or default.host,
            port=_integer(env, "INTERVIEWER_PORT", default.port, 0, 65535),
            data=_folder(env, "INTERVIEWER_DATA") or default.data,
            cache=_folder(env, "INTERVIEWER_CACHE") or default.cache,
            model=env.get("INTERVIEWER_MODEL", "").strip(),
            threads=_integer(env, "INTERVIEWER_THREADS", os.cpu_count() or 2, 1, 1024),
            bank=_folder(env, "INTERVIEWER_BANK"),
            secret=env.get("INTERVIEWER_SECRET", ""),
            mentors=env.get("INTERVIEWER_MENTORS", "").strip(),
            in_space=bool(env.get("SPACE_ID")),
            oauth=bool(env.get("SPACE_ID") and env.get("OAUTH_CLIENT_SECRET")),
        )


def _integer(env: Mapping[str, str], name: str, default: int, low: int, high: int) -> int:
    text = env.get(name, "").strip()
    if not text:
        return default
    if not text.isdecimal() or not low <= int(text) <= high:
        raise InputError(f"{name}: found {text!r}, expected a whole number from {low} to {high}")
    return int(text)


def _folder(env: Mapping[str, str], name: str) -> Path | None:
    text = env.get(name, "").strip()
    return Path(text).expanduser() if text else None
