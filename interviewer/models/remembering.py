"""A model whose decisions are kept in a file: what was asked before is not asked again."""

import hashlib
import json
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from interviewer.types import LanguageModel, Message


class RememberingModel:
    """`LanguageModel` over another one, for work that is interrupted and repeated.

    Each decision is a line of the file, written as it is made; a torn last line is asked anew.
    """

    def __init__(self, model: LanguageModel, path: Path) -> None:
        self._model = model
        self._path = path
        self._known: dict[str, list[float]] = {}
        lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
        for line in lines:
            try:
                key, probabilities = json.loads(line)
            except ValueError:
                continue
            self._known[key] = probabilities

    @property
    def name(self) -> str:
        """The model's name."""
        return self._model.name

    @property
    def identity(self) -> str:
        """The model's identity."""
        return self._model.identity

    def choose(
        self, prefix: Sequence[Message], continuations: Sequence[str], options: Sequence[str]
    ) -> npt.NDArray[np.float64]:
        """As `LanguageModel.choose`."""
        said = [[message.role, message.content] for message in prefix]
        asked = [json.dumps([self.identity, said, text, list(options)]) for text in continuations]
        keys = [hashlib.sha256(text.encode()).hexdigest()[:24] for text in asked]
        new = [i for i, key in enumerate(keys) if key not in self._known]
        if new:
            found = self._model.choose(prefix, [continuations[i] for i in new], options)
            with self._path.open("a", encoding="utf-8") as file:
                for i, row in zip(new, found.tolist(), strict=True):
                    self._known[keys[i]] = row
                    file.write("\n" + json.dumps([keys[i], row]) + "\n")  # apart from a torn line
        rows = [self._known[key] for key in keys]
        return np.array(rows, dtype=np.float64).reshape(len(keys), len(options))

    def stream(self, messages: Sequence[Message], max_tokens: int = 256) -> Iterator[str]:
        """As `LanguageModel.stream`; nothing of it is kept."""
        return self._model.stream(messages, max_tokens)
