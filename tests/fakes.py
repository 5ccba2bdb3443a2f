"""Fakes named for what they do. None of them decides quality."""

import hashlib
from collections.abc import Callable, Iterator, Sequence

import numpy as np
import numpy.typing as npt

from interviewer.errors import ModelError
from interviewer.types import Message

Decision = float | tuple[float, ...] | None


class ScriptedModel:
    """Answers every decision by a rule of (prompt, claim); raises when its script says None.

    A number is the probability of the first option; the rest goes to the second.
    """

    name = "scripted"
    identity = "scripted"

    def __init__(self, rule: Callable[[str, str], Decision]) -> None:
        self._rule = rule
        self.prompts: list[str] = []

    def choose(
        self, prefix: Sequence[Message], continuations: Sequence[str], options: Sequence[str]
    ) -> npt.NDArray[np.float64]:
        rows = []
        for text in continuations:
            prompt = prefix[-1].content
            self.prompts.append(prompt + text)
            found = self._rule(prompt, text)
            if found is None:
                raise ModelError("the script ends here")
            row = found if isinstance(found, tuple) else (found, 1 - found)
            rows.append([*row, *[0.0] * (len(options) - len(row))])
        return np.array(rows)

    def stream(self, messages: Sequence[Message], max_tokens: int = 256) -> Iterator[str]:
        yield from ("Thank ", "you.")


class WordHashEmbedder:
    """Bags of words hashed into 256 dimensions: texts that share words are near."""

    identity = "word-hash"

    def embed(self, texts: Sequence[str]) -> npt.NDArray[np.float32]:
        rows = np.zeros((len(texts), 256), dtype=np.float32)
        for row, text in zip(rows, texts, strict=True):
            for word in text.lower().split():
                row[int(hashlib.sha256(word.encode()).hexdigest(), 16) % 256] += 1
            row /= max(float(np.linalg.norm(row)), 1e-9)
        return rows


class WordReader:
    """Reads by words: a passage states what it shares words with, and conflicts by a "not"."""

    identity = "words"

    def __init__(self) -> None:
        self.passages: list[str] = []

    def read(self, claims: Sequence[str], passages: Sequence[str]) -> npt.NDArray[np.float64]:
        self.passages += passages
        rows = []
        for claim, passage in zip(claims, passages, strict=True):
            words, said = set(claim.lower().split()), set(passage.lower().split())
            rows.append([8.0 * len(words & said) / len(words) - 4.0, 4.0 * ("not" in said) - 2.0])
        return np.array(rows).reshape(len(rows), 2)
