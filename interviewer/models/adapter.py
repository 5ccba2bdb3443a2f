"""Trains the language model's adapter (LoRA) and writes it as llama.cpp reads it.

The weights stay as they are, quantized as they are served; a small low-rank change to the upper
layers is learned. Loss: cross-entropy of the first word of the reply, and ranking inside a lesson,
where question and voice are the same for true and false.
"""

import ctypes
import re
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from interviewer.errors import ModelError
from interviewer.models.lesson_tokens import Packed, Put, packed
from interviewer.models.resume import plan_hash, resume_part, save_part
from interviewer.types import Asked, Lesson

Tick = Callable[[int, int, float], None]  # steps done, steps in all, loss
RANK, MLP_RANK, ALPHA = 8, 4, 16
LOWEST = 10  # layer: those below stay as they are, and gradients need not reach them
RATE = 3e-4
RANKING = 0.3  # weight of the ranking term
SAVE_EVERY = 20  # steps
TRAIN_COMMAND = "pip install -e '.[train]'"
_ATTENTION = ("q_proj", "k_proj", "v_proj", "o_proj")
_MLP = ("gate_proj", "up_proj", "down_proj")
_GGUF = {
    "q_proj": "attn_q",
    "k_proj": "attn_k",
    "v_proj": "attn_v",
    "o_proj": "attn_output",
    "gate_proj": "ffn_gate",
    "up_proj": "ffn_up",
    "down_proj": "ffn_down",
}
_NAME = re.compile(r"layers\.(\d+)\.\w+\.(\w+_proj)\.lora_([AB])\.")


def train_adapter(
    lessons: Sequence[Lesson],
    put: Put,
    words: Sequence[str],
    loaded: tuple[Any, Any],
    out: Path,
    seed: int,
    tick: Tick,
) -> None:
    """Trains on these lessons, once each, in this order; goes on from `out`'s `.part`.

    `words` begin the replies Yes, No and Wrong; `loaded` is a causal model and its tokenizer.
    Deterministic for a seed and a thread count up to rounding. Raises ModelError without the
    library of adapters.
    """
    import torch

    torch.manual_seed(seed)
    model, tokenizer = _adapted(loaded[0]), loaded[1]
    _keep_memory()
    trained = [weight for weight in model.parameters() if weight.requires_grad]
    # small steps are lost in 16 bits
    exact = torch.nn.ParameterList([weight.detach().float() for weight in trained])
    optimizer = torch.optim.AdamW(exact, lr=RATE, weight_decay=0.0)
    total = len(lessons)
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda step: min(1.0, (step + 1) / (0.06 * total)) * max(0.05, 1 - step / total)
    )
    options = [tokenizer(word, add_special_tokens=False).input_ids[0] for word in words]
    part, plan = out.with_suffix(".part"), plan_hash(seed, list(lessons))
    state: list[Any] = [exact, optimizer, schedule]
    first = resume_part(part, plan, state)
    _follow(trained, exact)
    for step, lesson in enumerate(lessons[first:], first + 1):
        loss = _loss(model, packed(lesson, put, tokenizer), options)
        loss.backward()
        for weight, copy in zip(trained, exact, strict=True):
            copy.grad, weight.grad = weight.grad.float(), None
        torch.nn.utils.clip_grad_norm_(exact, 1.0)
        optimizer.step()
        _follow(trained, exact)
        schedule.step()
        tick(step, total, float(loss.detach()))
        if step % SAVE_EVERY == 0:
            save_part(part, plan, step, state)
    write_adapter(_state(model), out, model.config.model_type)
    part.unlink(missing_ok=True)


def _follow(trained: Sequence[Any], exact: Iterable[Any]) -> None:
    """The weights of the model become the exact ones, rounded."""
    for weight, copy in zip(trained, exact, strict=True):
        weight.data.copy_(copy.detach())


def _keep_memory() -> None:
    """Tells glibc to keep freed memory: giving it back and taking it anew is most of the time."""
    try:
        libc = ctypes.CDLL(None)
        libc.mallopt(-4, 0)  # M_MMAP_MAX: large blocks come from the heap
        libc.mallopt(-1, 2**31 - 1)  # M_TRIM_THRESHOLD: the heap is not given back
        libc.mallopt(-2, 2**28)  # M_TOP_PAD: and grows in large steps
    except (OSError, AttributeError):  # another C library: slower, not wrong
        return


def load_trainable(weights: Path) -> tuple[Any, Any]:
    """The model of a GGUF file in 16 bits, as it is served but for rounding, and its tokenizer.

    Raises ModelError when it can't be read.
    """
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer

    where: dict[str, Any] = {"gguf_file": weights.name}
    try:
        tokenizer = AutoTokenizer.from_pretrained(weights.parent, **where)
        model = AutoModelForCausalLM.from_pretrained(weights.parent, dtype=torch.bfloat16, **where)
    except (ImportError, OSError, ValueError) as error:
        raise ModelError(
            f"{weights}: cannot train on it: {error}; expected a GGUF file of a chat model and "
            f"the packages of {TRAIN_COMMAND}"
        ) from error
    return model, tokenizer


def _adapted(model: Any) -> Any:
    try:
        from peft import LoraConfig, get_peft_model
    except ImportError as error:
        raise ModelError(f"no library of adapters is installed: {TRAIN_COMMAND}") from error
    config = LoraConfig(
        r=RANK,
        lora_alpha=ALPHA,
        target_modules=[*_ATTENTION, *_MLP],
        rank_pattern=dict.fromkeys(_MLP, MLP_RANK),
        alpha_pattern=dict.fromkeys(_MLP, ALPHA * MLP_RANK // RANK),
        layers_to_transform=list(range(LOWEST, model.config.num_hidden_layers)),
    )
    adapted = get_peft_model(model, config, autocast_adapter_dtype=False)
    return adapted.train()


def _loss(model: Any, lesson: Packed, options: Sequence[int]) -> Any:
    import torch

    inner = model.get_base_model()
    hidden = inner.model(
        input_ids=torch.from_numpy(lesson.ids)[None],
        position_ids=torch.from_numpy(lesson.positions)[None],
        attention_mask=torch.from_numpy(lesson.sees)[None, None],
        use_cache=False,
    ).last_hidden_state[0, lesson.ends]
    words = torch.log_softmax(inner.lm_head(hidden).float(), dim=-1)
    yes, no, wrong = words[:, list(options)].T
    else_than_yes = torch.logaddexp(no, wrong)
    due = [each.due for each in lesson.asked]
    loss = torch.stack(
        [
            -else_than_yes[i] if d is None else -(d[0] * yes[i] + d[1] * no[i] + d[2] * wrong[i])
            for i, d in enumerate(due)
        ]
    ).mean()
    if better := list(_better(lesson.asked)):
        odds = yes - else_than_yes
        high, low = torch.tensor(better).T
        loss = loss + RANKING * torch.nn.functional.softplus(odds[low] - odds[high]).mean()
    return loss


def _better(asked: Sequence[Asked]) -> list[tuple[int, int]]:
    """All pairs of decisions of a lesson of which the first deserves Yes more."""
    yes = np.array([each.due[0] if each.due else 0.0 for each in asked])
    return [(i, j) for i in range(len(yes)) for j in range(len(yes)) if yes[i] > yes[j]]


def _state(model: Any) -> dict[str, Any]:
    from peft import get_peft_model_state_dict

    found: dict[str, Any] = get_peft_model_state_dict(model)
    return found


def write_adapter(state: dict[str, Any], out: Path, architecture: str) -> None:
    """Writes the LoRA matrices under the names that llama.cpp knows, in 16 bits.

    One alpha goes for all matrices there, and is divided by each one's rank: 2 everywhere here.
    """
    from gguf import GGUFWriter

    writer = GGUFWriter(str(out), architecture)
    writer.add_string("general.type", "adapter")
    writer.add_string("adapter.type", "lora")
    writer.add_float32("adapter.lora.alpha", float(ALPHA))
    for name, value in state.items():
        if not (match := _NAME.search(name)):
            raise ModelError(f"{name}: found this among the adapter's weights, expected lora_A/B")
        layer, module, side = match.groups()
        matrix = value.detach().float().numpy()
        if module in _MLP and side == "B":
            matrix = matrix * (MLP_RANK / RANK)
        target = f"blk.{layer}.{_GGUF[module]}.weight.lora_{side.lower()}"
        writer.add_tensor(target, matrix.astype(np.float16))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
