"""The trained reader: does a passage state a claim, or conflict with it?

A cross-encoder on MiniLM: claim and passage are read together, two log odds come out. What
training changed is kept beside this file as 8-bit integers; the word vectors are the packaged
model's own. It reads a few sentences at a time, never a whole answer, so that an answer's style
as a whole tells it little.
"""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from interviewer.errors import ModelError
from interviewer.models.embedder import HUB_DEFAULT, packaged_folder
from interviewer.models.weights import file_sha256

if TYPE_CHECKING:
    import torch

WEIGHTS = Path(__file__).with_name("claim_reader.safetensors")
LONGEST = 192  # tokens of claim and passage together; the longer of the two is cut first
BATCH = 16
# half of all weights, which stay as they are, and a layer that isn't used
FROZEN = ("encoder.embeddings.word_embeddings.", "encoder.pooler.")
_LAYERS = "encoder.encoder."
_SCALE = ".scale"


class TrainedReader:
    """`ClaimReader` over a loaded cross-encoder."""

    def __init__(self, encoder: "torch.nn.Module", tokenizer: Any, identity: str) -> None:
        self._encoder = encoder
        self._tokenizer = tokenizer
        self._identity = identity

    @property
    def identity(self) -> str:
        """The weights' hash."""
        return self._identity

    def read(self, claims: Sequence[str], passages: Sequence[str]) -> npt.NDArray[np.float64]:
        """As `ClaimReader.read`."""
        import torch

        found = np.zeros((len(claims), 2))
        by_length = sorted(range(len(claims)), key=lambda i: len(claims[i]) + len(passages[i]))
        with torch.inference_mode():
            for start in range(0, len(by_length), BATCH):
                chosen = by_length[start : start + BATCH]
                texts = [claims[i] for i in chosen], [passages[i] for i in chosen]
                try:
                    found[chosen] = self._encoder(tokens(self._tokenizer, *texts)).numpy()
                except RuntimeError as error:  # such as memory that can't be had
                    raise ModelError(f"the reader failed: {error}") from error
        return found


def tokens(tokenizer: Any, claims: Sequence[str], passages: Sequence[str]) -> Any:
    """Claims and passages as one padded batch of token pairs."""
    return tokenizer(
        list(claims),
        list(passages),
        truncation="longest_first",
        max_length=LONGEST,
        padding=True,
        return_tensors="pt",
    )


def new_encoder() -> "tuple[torch.nn.Module, Any]":
    """The untrained cross-encoder and its tokenizer. Raises ModelError."""
    import torch
    from transformers import AutoModel, AutoTokenizer

    class CrossEncoder(torch.nn.Module):
        """MiniLM, the mean of its last layer, two outputs."""

        def __init__(self, encoder: Any) -> None:
            super().__init__()
            self.encoder = encoder
            self.dropout = torch.nn.Dropout(0.1)
            self.head = torch.nn.Linear(encoder.config.hidden_size, 2)

        def forward(self, batch: Any) -> torch.Tensor:
            """`(n, 2)` log odds."""
            hidden = self.encoder(**batch).last_hidden_state
            mask = batch["attention_mask"].unsqueeze(-1).to(hidden.dtype)
            mean: torch.Tensor = (hidden * mask).sum(1) / mask.sum(1)
            found: torch.Tensor = self.head(self.dropout(mean))
            return found

    source = str(packaged_folder() or HUB_DEFAULT)
    try:
        # dropout inside the layers and fused attention cost a third of the training's speed here
        encoder = AutoModel.from_pretrained(
            source,
            hidden_dropout_prob=0.0,
            attention_probs_dropout_prob=0.0,
            attn_implementation="eager",
        )
        tokenizer = AutoTokenizer.from_pretrained(source)
    except (OSError, ValueError) as error:
        raise ModelError(f"no reader: {HUB_DEFAULT} could not be loaded ({error})") from error
    return CrossEncoder(encoder), tokenizer


def load_reader(path: Path = WEIGHTS) -> TrainedReader:
    """The reader whose trained weights are in a file. Raises ModelError."""
    import torch
    from safetensors import SafetensorError
    from safetensors.torch import load_file

    encoder, tokenizer = new_encoder()
    try:
        packed = load_file(path)
    except (OSError, SafetensorError) as error:
        raise ModelError(f"{path.name}: not the weights of a reader ({error})") from error
    state = {
        name: value.float() * packed.get(name + _SCALE, torch.tensor(float("nan"))).float()
        if value.dtype == torch.int8
        else value.float()
        for name, value in packed.items()
        if not name.endswith(_SCALE)
    }
    try:
        absent, unknown = encoder.load_state_dict(state, strict=False)
    except RuntimeError as error:  # torch's word for a wrong shape
        raise ModelError(f"{path.name}: found other shapes than this reader's") from error
    broken = any(not value.isfinite().all() for value in state.values())
    if unknown or broken or any(not name.startswith(FROZEN) for name in absent):
        raise ModelError(f"{path.name}: found other weights than this reader's")
    return TrainedReader(encoder.eval(), tokenizer, f"sha256:{file_sha256(path)}")


def save_encoder(encoder: "torch.nn.Module", path: Path, note: dict[str, str]) -> None:
    """Writes what was trained: matrices as int8 with a scale per row, the rest in 16 bits."""
    import torch
    from safetensors.torch import save_file

    packed: dict[str, torch.Tensor] = {}
    for name, value in encoder.state_dict().items():
        if name.startswith(FROZEN) or not value.is_floating_point():
            continue
        if value.dim() == 2 and name.startswith(_LAYERS):
            scale = value.abs().amax(dim=1, keepdim=True).clamp_min(1e-12) / 127
            packed[name] = (value / scale).round().to(torch.int8)
            packed[name + _SCALE] = scale.contiguous()
        else:
            packed[name] = value.half()
    save_file(packed, path, metadata={"note": json.dumps(note)})
