"""A language model in this process through transformers: by hub id or folder, on GPU or CPU."""

import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from interviewer.errors import ModelError
from interviewer.models.endpoint import continued
from interviewer.models.options import option_probabilities
from interviewer.types import Message

TOP = 64  # first tokens looked at


class TransformersModel:
    """`LanguageModel` over a loaded causal model and its tokenizer.

    `choose` evaluates the tokens that all continuations share once and crops the cache back to
    them before each continuation.
    """

    def __init__(self, model: Any, tokenizer: Any, name: str, identity: str) -> None:
        self._model = model
        self._tokenizer = tokenizer
        self._name = name
        self._identity = identity
        self._lock = threading.Lock()  # one forward at a time

    @property
    def name(self) -> str:
        """Hub id or folder."""
        return self._name

    @property
    def identity(self) -> str:
        """Hub id and revision, or the folder."""
        return self._identity

    def choose(
        self, prefix: Sequence[Message], continuations: Sequence[str], options: Sequence[str]
    ) -> npt.NDArray[np.float64]:
        """As `LanguageModel.choose`."""
        rows = [self._tokens(continued(prefix, text)) for text in continuations]
        try:
            with self._lock:
                return self._choose(rows, options)
        except RuntimeError as error:  # out of memory is one
            raise ModelError(f"{self._name}: evaluation failed: {error}") from error

    def stream(self, messages: Sequence[Message], max_tokens: int = 256) -> Iterator[str]:
        """As `LanguageModel.stream`; greedy."""
        from transformers import TextIteratorStreamer

        streamer = TextIteratorStreamer(self._tokenizer, skip_prompt=True, skip_special_tokens=True)
        tokens = self._tensor(self._tokens(messages))
        errors: list[Exception] = []

        def generate() -> None:
            try:
                with self._lock:
                    self._model.generate(
                        tokens, max_new_tokens=max_tokens, do_sample=False, streamer=streamer
                    )
            except (RuntimeError, ValueError) as error:
                errors.append(error)
                streamer.end()  # type: ignore[no-untyped-call]  # transformers is partly typed

        thread = threading.Thread(target=generate, daemon=True)
        thread.start()
        yield from (piece for piece in streamer if piece)
        thread.join()
        if errors:
            raise ModelError(f"{self._name}: generation failed: {errors[0]}") from errors[0]

    def _choose(
        self, rows: Sequence[Sequence[int]], options: Sequence[str]
    ) -> npt.NDArray[np.float64]:
        import torch
        from transformers import DynamicCache

        # each row keeps a token of its own, for there is no reply without one to evaluate
        shared = min(_common(rows), min((len(row) for row in rows), default=1) - 1)
        found = np.zeros((len(rows), len(options)))
        with torch.inference_mode():
            cache = DynamicCache(config=self._model.config)
            if shared:
                self._model(self._tensor(rows[0][:shared]), cache=cache, logits_to_keep=1)
            for index, row in enumerate(rows):
                cache.crop(shared - cache.get_seq_length())
                logits = self._model(
                    self._tensor(row[shared:]), cache=cache, logits_to_keep=1
                ).logits[0, -1]
                top = torch.log_softmax(logits.float(), dim=-1).topk(min(TOP, logits.numel()))
                texts = [self._tokenizer.decode([token]) for token in top.indices.tolist()]
                pairs = zip(texts, top.values.tolist(), strict=True)
                found[index] = option_probabilities(pairs, options)
        return found

    def _tokens(self, messages: Sequence[Message]) -> list[int]:
        text = self._tokenizer.apply_chat_template(
            [{"role": m.role, "content": m.content} for m in messages],
            tokenize=False,
            add_generation_prompt=True,
        )
        return list(self._tokenizer(text, add_special_tokens=False)["input_ids"])

    def _tensor(self, tokens: Sequence[int]) -> Any:
        import torch

        return torch.tensor([list(tokens)], device=self._model.device)


def load_transformers(name: str, cache: Path) -> TransformersModel:
    """The model `name` (hub id or folder); safetensors only, no remote code. Raises ModelError."""
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer

    where = {"cache_dir": str(cache), "trust_remote_code": False}
    cuda = torch.cuda.is_available()
    try:
        tokenizer = AutoTokenizer.from_pretrained(name, **where)
        model = AutoModelForCausalLM.from_pretrained(
            name, use_safetensors=True, dtype="auto" if cuda else torch.float32, **where
        )
    except (OSError, ValueError) as error:
        raise ModelError(
            f"INTERVIEWER_MODEL={name}: not found as endpoint URL, .gguf file, folder or hub id "
            f"({str(error).splitlines()[0]})"
        ) from error
    if tokenizer.chat_template is None:
        raise ModelError(f"{name}: the tokenizer has no chat template; expected an instruct model")
    revision = getattr(model.config, "_commit_hash", None) or "local"
    model.to(torch.device("cuda" if cuda else "cpu")).eval()  # type: ignore[arg-type]  # wrapped
    return TransformersModel(model, tokenizer, name, f"{name}@{revision}")


def _common(rows: Sequence[Sequence[int]]) -> int:
    """How many leading tokens all rows share."""
    count = 0
    for column in zip(*rows, strict=False):
        if len(set(column)) > 1:
            break
        count += 1
    return count
