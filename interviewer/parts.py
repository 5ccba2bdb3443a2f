"""Joins settings to adapters: which model judges, which calibration it has. Used at the edge."""

import importlib.util
import logging
import threading
from collections.abc import Callable
from pathlib import Path

from interviewer.calibration import Calibration, from_json
from interviewer.errors import InputError, InterviewerError, ModelError
from interviewer.grading import Grader
from interviewer.judge import LlmJudge
from interviewer.models.embedder import load_embedder
from interviewer.models.endpoint import EndpointModel
from interviewer.models.local import LocalModel
from interviewer.models.reader import TrainedReader, load_reader
from interviewer.models.weights import QWEN_CODER_1_5B, Progress, assembled, file_sha256
from interviewer.prompts import PROMPT_HASH
from interviewer.settings import Settings
from interviewer.types import LanguageModel

LOCAL_COMMAND = "pip install -e '.[local]'"
NOT_LOADED = "The judge could not be loaded here. Answers are saved, and not scored for now."
BUNDLED = Path(__file__).parent / "calibrations"
ADAPTER = Path(__file__).parent / "models" / "claim_adapter.gguf"  # of the packaged model
log = logging.getLogger("interviewer")


def load_model(settings: Settings, progress: Progress) -> LanguageModel:
    """The model that INTERVIEWER_MODEL names, or the packaged one. Raises ModelError."""
    wanted = settings.model
    if wanted == "none":
        raise ModelError("INTERVIEWER_MODEL is none: answers are stored and not scored.")
    if wanted.startswith(("http://", "https://")):
        return EndpointModel(wanted)
    if wanted.endswith(".gguf"):
        path = Path(wanted).expanduser()
        progress(f"Reading {path.name}", 0, 1)
        return _llama(path, path.stem, f"sha256:{file_sha256(path)}", settings.threads)
    if wanted:
        from interviewer.models.transformers import load_transformers  # torch takes seconds

        return load_transformers(wanted, settings.cache)
    if not QWEN_CODER_1_5B.installed():
        raise ModelError(
            f"No judge is installed: {LOCAL_COMMAND} brings one, or set INTERVIEWER_MODEL to an "
            "endpoint URL, a hub id or a .gguf file. Until then answers are stored, not scored."
        )
    path = assembled(QWEN_CODER_1_5B, settings.cache, progress)
    identity = f"sha256:{QWEN_CODER_1_5B.sha256}"
    if not ADAPTER.exists():
        return _llama(path, QWEN_CODER_1_5B.name, identity, settings.threads)
    identity += f"+lora:{file_sha256(ADAPTER)[:16]}"
    return _llama(path, QWEN_CODER_1_5B.name, identity, settings.threads, ADAPTER)


def load_judge(
    settings: Settings, progress: Progress, without: frozenset[str] = frozenset()
) -> tuple[LlmJudge, LanguageModel]:
    """Model, embedder, reader and calibration joined. Raises ModelError."""
    model = load_model(settings, progress)
    progress("Loading the embedder", 0, 1)
    embedder = load_embedder(settings.threads)
    reader = _reader()
    calibration = find_calibration(settings, model.identity, reader.identity if reader else "")
    return LlmJudge(model, embedder, calibration, without, reader), model


def _reader() -> TrainedReader | None:
    """The bundled reader; None when it can't be loaded, which the log tells: others judge on."""
    try:
        return load_reader()
    except ModelError as error:
        log.warning("judging without the trained reader: %s", error)
        return None


def find_calibration(settings: Settings, identity: str, reader: str = "") -> Calibration | None:
    """The calibration of this model, prompt and reader: the deployment's, else the bundled one."""
    for folder in (settings.data / "calibrations", BUNDLED):
        for path in sorted(folder.glob("*.json")):
            calibration = _read_calibration(path)
            if calibration is None:
                continue
            fitted_for = (calibration.model, calibration.prompt, calibration.reader)
            if fitted_for == (identity, PROMPT_HASH, reader):
                return calibration
    return None


def _read_calibration(path: Path) -> Calibration | None:
    """A calibration; None where the file is broken, which the log tells: the next one is used."""
    try:
        return from_json(path.read_text(encoding="utf-8"), str(path))
    except (InputError, OSError, ValueError) as error:
        log.warning("the calibration %s is left out: %s", path, error)
        return None


def build_grader(settings: Settings) -> Grader:
    """A grader whose judge loads in the background; asks for no weights itself."""
    grader = Grader()
    loading = threading.Thread(
        target=load_into, args=(grader, settings, grader.set_ready), name="load-judge", daemon=True
    )
    loading.start()
    return grader


def load_into(
    grader: Grader, settings: Settings, ready: Callable[[LlmJudge, LanguageModel], None]
) -> None:
    """Load the judge and call `ready` with it, or tell the grader why there is none."""

    def progress(what: str, done: int, total: int) -> None:
        grader.set_progress(
            f"{what}: {100 * done // max(total, 1)} %" if total > 1 else f"{what} …"
        )

    try:
        judge, model = load_judge(settings, progress)
    except ModelError as error:
        log.warning("no judge: %s", error)
        grader.set_none(str(error))
    except InterviewerError as error:  # it names files of this machine: for the log alone
        log.warning("no judge: %s", error)
        grader.set_none(NOT_LOADED)
    except Exception:
        log.exception("loading the judge failed")
        grader.set_none(NOT_LOADED)
    else:
        ready(judge, model)


def _llama(
    path: Path, name: str, identity: str, threads: int, adapter: Path | None = None
) -> LanguageModel:
    if importlib.util.find_spec("xllamacpp") is None:
        raise ModelError(f"{path} needs llama.cpp: {LOCAL_COMMAND} brings it")
    model = LocalModel(path, name, identity, threads, adapter)
    model.start()
    return model
