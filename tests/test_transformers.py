"""A tiny random Llama, made here: it says nothing sensible, but its numbers can be recomputed."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
import torch
from tokenizers import Tokenizer, models, pre_tokenizers
from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

from interviewer.errors import ModelError
from interviewer.models.endpoint import continued
from interviewer.models.transformers import TransformersModel, load_transformers
from interviewer.types import Message

TEXT = (
    "<unk> <s> </s> system user assistant : yes Yes No no Maybe the sky is blue green not it said "
    "answer by a model of words in order to be read over and again until done ?"
)
WORDS = TEXT.split()
TEMPLATE = (
    "{% for m in messages %}<s> {{ m.role }} : {{ m.content }} {% endfor %}"
    "{% if add_generation_prompt %}<s> assistant :{% endif %}"
)
OPTIONS = ("Yes", "No")
PREFIX = (Message("system", "answer Yes or No"), Message("user", "the sky is blue ? "))
CONTINUATIONS = (
    "is it green ?",
    "is it not blue ?",
    "is it",
    "said the model in order to be read ?",
)


@pytest.fixture(scope="module")
def tokenizer() -> Any:
    words = Tokenizer(models.WordLevel({w: i for i, w in enumerate(WORDS)}, unk_token="<unk>"))  # noqa: S106
    words.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    return PreTrainedTokenizerFast(  # type: ignore[no-untyped-call]  # transformers is untyped
        tokenizer_object=words,
        unk_token="<unk>",  # noqa: S106 - a token of text
        bos_token="<s>",  # noqa: S106 - as above
        eos_token="</s>",  # noqa: S106 - as above
        chat_template=TEMPLATE,
    )


@pytest.fixture(scope="module")
def llama() -> Any:
    torch.manual_seed(1)
    config = LlamaConfig(
        vocab_size=len(WORDS),
        hidden_size=32,
        intermediate_size=64,
        num_hidden_layers=2,
        num_attention_heads=4,
        num_key_value_heads=2,
        max_position_embeddings=256,
        initializer_range=0.3,  # far apart logits
        bos_token_id=1,
        eos_token_id=2,
        pad_token_id=2,
    )
    return LlamaForCausalLM(config).eval()  # type: ignore[no-untyped-call]  # as above


@pytest.fixture
def model(llama: Any, tokenizer: Any) -> TransformersModel:
    return TransformersModel(llama, tokenizer, "tiny", "tiny@local")


def recomputed(
    llama: Any, tokenizer: Any, prefix: Sequence[Message], continuations: Sequence[str]
) -> npt.NDArray[np.float64]:
    """One whole forward for each continuation, without any cache."""
    rows = []
    for text in continuations:
        messages = [{"role": m.role, "content": m.content} for m in continued(prefix, text)]
        prompt = tokenizer.apply_chat_template(messages, tokenize=False, add_generation_prompt=True)
        tokens = tokenizer(prompt, add_special_tokens=False, return_tensors="pt")["input_ids"]
        with torch.no_grad():
            logits = llama(tokens, use_cache=False).logits[0, -1]
        p = torch.softmax(logits.double(), dim=-1)
        mass = {o: sum(p[i] for i, w in enumerate(WORDS) if w.lower() == o) for o in ("yes", "no")}
        rows.append([float(mass["yes"]), float(mass["no"])])
    return np.array(rows)


def test_choosing_equals_a_whole_forward_for_each_continuation(
    model: TransformersModel, llama: Any, tokenizer: Any
) -> None:
    found = model.choose(PREFIX, CONTINUATIONS, OPTIONS)
    expected = recomputed(llama, tokenizer, PREFIX, CONTINUATIONS)
    assert found.shape == (4, 2)
    np.testing.assert_allclose(found, expected, atol=1e-4)
    assert np.ptp(expected[:, 0]) > 1e-2  # the continuations matter, so a mix-up would show


def test_the_order_of_continuations_does_not_matter(model: TransformersModel) -> None:
    forwards = model.choose(PREFIX, CONTINUATIONS, OPTIONS)
    backwards = model.choose(PREFIX, CONTINUATIONS[::-1], OPTIONS)
    np.testing.assert_allclose(forwards, backwards[::-1], atol=1e-5)


@pytest.mark.parametrize("texts", [["is it ?"], ["is it ?", "is it ?"], [""]])
def test_continuations_that_share_everything(
    model: TransformersModel, llama: Any, tokenizer: Any, texts: list[str]
) -> None:
    expected = recomputed(llama, tokenizer, PREFIX, texts)
    np.testing.assert_allclose(model.choose(PREFIX, texts, OPTIONS), expected, atol=1e-4)


def test_prompts_that_share_nothing_but_the_first_token(
    model: TransformersModel, llama: Any, tokenizer: Any
) -> None:
    prefix = (Message("user", ""),)
    texts = ["the sky is blue", "words"]
    expected = recomputed(llama, tokenizer, prefix, texts)
    np.testing.assert_allclose(model.choose(prefix, texts, OPTIONS), expected, atol=1e-4)


def test_no_continuation_is_no_row(model: TransformersModel) -> None:
    assert model.choose(PREFIX, [], OPTIONS).shape == (0, 2)


def test_a_reply_is_streamed_in_words_of_the_vocabulary(model: TransformersModel) -> None:
    text = "".join(model.stream(PREFIX, max_tokens=8))
    assert text.split()
    assert set(text.split()) <= set(WORDS)
    assert len(text.split()) <= 8
    assert "".join(model.stream(PREFIX, max_tokens=8)) == text


def test_streaming_begins_with_the_likeliest_word(
    model: TransformersModel, llama: Any, tokenizer: Any
) -> None:
    messages = [{"role": m.role, "content": m.content} for m in PREFIX]
    prompt = tokenizer.apply_chat_template(messages, tokenize=False, add_generation_prompt=True)
    tokens = tokenizer(prompt, add_special_tokens=False, return_tensors="pt")["input_ids"]
    with torch.no_grad():
        likeliest = int(llama(tokens, use_cache=False).logits[0, -1].argmax())
    text = "".join(model.stream(PREFIX, max_tokens=4))
    assert text.split()[0] == WORDS[likeliest]


def test_a_failing_generation_is_a_model_error(
    model: TransformersModel, llama: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def out_of_memory(*args: object, **kwargs: object) -> None:
        raise RuntimeError("out of memory")

    monkeypatch.setattr(llama, "generate", out_of_memory)
    with pytest.raises(ModelError, match="generation failed: out of memory"):
        list(model.stream(PREFIX))


def test_a_failing_forward_is_a_model_error(
    model: TransformersModel, llama: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def out_of_memory(*args: object, **kwargs: object) -> None:
        raise torch.OutOfMemoryError("CUDA out of memory")

    monkeypatch.setattr(llama, "forward", out_of_memory)
    with pytest.raises(ModelError, match="out of memory"):
        model.choose(PREFIX, CONTINUATIONS, OPTIONS)


def test_a_folder_is_loaded_and_says_the_same(llama: Any, tokenizer: Any, tmp_path: Path) -> None:
    llama.save_pretrained(tmp_path / "tiny")
    tokenizer.save_pretrained(tmp_path / "tiny")
    found = load_transformers(str(tmp_path / "tiny"), tmp_path / "cache")
    assert found.identity == f"{tmp_path / 'tiny'}@local"
    np.testing.assert_allclose(
        found.choose(PREFIX, CONTINUATIONS, OPTIONS),
        recomputed(llama, tokenizer, PREFIX, CONTINUATIONS),
        atol=1e-4,
    )


def test_a_folder_without_a_model_is_a_model_error(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(ModelError, match=r"INTERVIEWER_MODEL=.*empty: not found"):
        load_transformers(str(tmp_path / "empty"), tmp_path / "cache")


def test_a_tokenizer_without_a_chat_template_is_refused(
    llama: Any, tokenizer: Any, tmp_path: Path
) -> None:
    folder = tmp_path / "base"
    llama.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    for path in folder.glob("chat_template*"):
        path.unlink()
    with pytest.raises(ModelError, match="no chat template"):
        load_transformers(str(folder), tmp_path / "cache")
