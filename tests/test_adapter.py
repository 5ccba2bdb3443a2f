"""The adapter's training on a tiny random model: what it reads, that it learns, what it writes."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from gguf import GGUFReader
from transformers import LlamaConfig, LlamaForCausalLM

from interviewer.errors import ModelError
from interviewer.lessons import put
from interviewer.models import adapter
from interviewer.models.adapter import ALPHA, LOWEST, MLP_RANK, RANK, load_trainable, train_adapter
from interviewer.models.lesson_tokens import packed, prompt_tokens
from interviewer.prompts import OPTIONS
from interviewer.types import Asked, GradedAnswer, Lesson
from tests.test_transformers import WORDS, tokenizer

__all__ = ["tokenizer"]  # a fixture

YES, NO = (1.0, 0.0, 0.0), (0.0, 1.0, 0.0)


def lesson(*texts: str, reference: str = "") -> Lesson:
    asked = (Asked("the sky is blue", "a", YES), Asked("the sky is not green", "b", NO))
    return Lesson("t", "is it blue ?", reference, tuple(GradedAnswer(t, asked) for t in texts))


TWO = lesson("said the model", "it is blue and the sky is not", reference="the sky is blue")


@pytest.fixture
def model() -> Any:
    torch.manual_seed(1)
    config = LlamaConfig(
        vocab_size=len(WORDS),
        hidden_size=32,
        intermediate_size=64,
        num_hidden_layers=LOWEST + 2,
        num_attention_heads=4,
        num_key_value_heads=2,
        max_position_embeddings=512,
        initializer_range=0.3,  # far apart logits
    )
    return LlamaForCausalLM(config)


@pytest.mark.parametrize("given", [TWO, lesson("one answer"), lesson("it", "it", "")])
def test_every_decision_of_a_packed_lesson_reads_what_it_would_read_alone(
    given: Lesson, model: Any, tokenizer: Any
) -> None:
    whole = packed(given, put, tokenizer)
    alone = [
        prompt_tokens(put(given, a.text, each), tokenizer)
        for a in given.answers
        for each in a.asked
    ]
    assert len(whole.ids) < sum(map(len, alone))
    with torch.no_grad():
        hidden = model.model(
            input_ids=torch.from_numpy(whole.ids)[None],
            position_ids=torch.from_numpy(whole.positions)[None],
            attention_mask=torch.from_numpy(whole.sees)[None, None],
            use_cache=False,
        ).last_hidden_state[0, whole.ends]
        for row, found in zip(alone, hidden, strict=True):
            due = model.model(input_ids=torch.tensor([row])).last_hidden_state[0, -1]
            assert torch.allclose(found, due, atol=1e-4)


def test_training_lowers_the_loss_and_leaves_the_lower_layers(
    model: Any, tokenizer: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(adapter, "RATE", 0.01)
    losses: list[float] = []
    before = {k: v.clone() for k, v in model.state_dict().items()}
    lessons = [lesson("said the model", "it is blue")] * 40
    out, loaded = tmp_path / "a.gguf", (model, tokenizer)
    train_adapter(lessons, put, OPTIONS, loaded, out, 0, lambda d, n, loss: losses.append(loss))
    assert np.mean(losses[-5:]) < 0.5 * np.mean(losses[:5])
    after = {k.replace("base_layer.", ""): v for k, v in model.state_dict().items()}
    assert all(torch.equal(after[name], value) for name, value in before.items())


def test_the_file_holds_what_was_learned_under_llama_cpps_names(
    model: Any, tokenizer: Any, tmp_path: Path
) -> None:
    out = tmp_path / "a.gguf"
    train_adapter([TWO] * 6, put, OPTIONS, (model, tokenizer), out, 0, lambda *_: None)
    reader = GGUFReader(str(out))
    found = {
        t.name: np.array(t.data, dtype=np.float32).reshape(tuple(t.shape)[::-1])
        for t in reader.tensors
    }
    layers = {int(name.split(".")[1]) for name in found}
    assert layers == {LOWEST, LOWEST + 1}
    assert len(found) == 2 * 7 * 2
    alpha = reader.get_field("adapter.lora.alpha")
    assert alpha and alpha.contents() == ALPHA
    modules = dict(model.named_modules())
    for ours, theirs, rank in (
        ("self_attn.q_proj", "attn_q", RANK),
        ("mlp.down_proj", "ffn_down", MLP_RANK),
    ):
        place = f"blk.{LOWEST}.{theirs}.weight.lora_"
        a, b = found[place + "a"], found[place + "b"]
        assert len(a) == len(b.T) == rank
        assert np.abs(b).max() > 0
        learned = modules[f"model.layers.{LOWEST}.{ours}"].get_delta_weight("default")
        served = b @ a * (ALPHA / rank)  # as llama.cpp scales it
        assert np.allclose(served, learned.detach().float().numpy(), atol=2e-4)


def test_an_interrupted_training_goes_on_where_it_was_saved(
    model: Any, tokenizer: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(adapter, "SAVE_EVERY", 2)
    state = {k: v.clone() for k, v in model.state_dict().items()}

    class Stopped(Exception):
        pass

    def stop_at(last: int) -> Any:
        def tick(done: int, total: int, loss: float) -> None:
            seen.append((done, round(loss, 4)))
            if done == last:
                raise Stopped

        return tick

    def again() -> Any:
        fresh = LlamaForCausalLM(model.config)
        fresh.load_state_dict(state)
        return fresh, tokenizer

    lessons = [TWO, lesson("a"), lesson("b", "c"), TWO, lesson("order"), TWO]
    seen: list[tuple[int, float]] = []
    train_adapter(lessons, put, OPTIONS, again(), tmp_path / "whole.gguf", 0, stop_at(0))
    whole = list(seen)
    seen.clear()
    with pytest.raises(Stopped):
        train_adapter(lessons, put, OPTIONS, again(), tmp_path / "cut.gguf", 0, stop_at(5))
    seen.clear()
    train_adapter(lessons, put, OPTIONS, again(), tmp_path / "cut.gguf", 0, stop_at(0))
    assert [done for done, _ in seen] == [5, 6]
    assert seen == whole[4:]
    assert not (tmp_path / "cut.part").exists()


def test_weights_that_are_none_are_refused_with_their_place(tmp_path: Path) -> None:
    path = tmp_path / "w.gguf"
    path.write_bytes(b"no weights")
    with pytest.raises(ModelError, match=r"w\.gguf: cannot train on it"):
        load_trainable(path)
