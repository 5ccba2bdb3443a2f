"""Trains the reader: binary cross-entropy on both outputs, plus ranking inside each group.

The ranking term compares only pairs of one group (one answer, or one claim's wordings), where voice
and length are the same for true and false, so it can't be lowered by telling styles apart.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from interviewer.models.reader import FROZEN, new_encoder, save_encoder, tokens
from interviewer.models.resume import plan_hash, resume_part, save_part
from interviewer.types import TrainingPair

Tick = Callable[[int, int, float], None]  # steps done, steps in all, loss
RATE = 1e-4
RANKING = 0.5  # weight of the ranking term
BATCH = 32
LARGEST_GROUP = 28
AT_A_TIME = 40  # groups sorted by length together: less padding, still well mixed


def train_reader(
    pairs: Sequence[TrainingPair], out: Path, seed: int, epochs: int, tick: Tick
) -> None:
    """Trains on these pairs and writes the weights; goes on from `out`'s `.part` when there is one.

    Deterministic for a seed and a thread count up to rounding. Raises ModelError without MiniLM.
    """
    import torch

    torch.manual_seed(seed)
    encoder, tokenizer = new_encoder()
    encoder.train()
    for name, weight in encoder.named_parameters():
        weight.requires_grad_(not name.startswith(FROZEN))
    trained = [weight for weight in encoder.parameters() if weight.requires_grad]
    optimizer = torch.optim.AdamW(trained, lr=RATE, weight_decay=0.01)
    plan = [list(_batches(pairs, seed + epoch)) for epoch in range(epochs)]
    total = sum(map(len, plan))
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda step: min(1.0, (step + 1) / (0.1 * total)) * max(0.02, 1 - step / total)
    )
    part, whole = out.with_suffix(".part"), plan_hash(seed, epochs, list(pairs))
    state: list[Any] = [encoder, optimizer, schedule]
    first, step = resume_part(part, whole, state), 0
    for epoch, batches in enumerate(plan):
        torch.manual_seed(seed + epoch)
        for batch in batches if epoch >= first else ():
            loss = _loss(encoder, tokenizer, batch)
            optimizer.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(trained, 1.0)
            optimizer.step()
            schedule.step()
            step += 1
            tick(first * total // epochs + step, total, float(loss.detach()))
        if epoch >= first:
            save_part(part, whole, epoch + 1, state)
    save_encoder(encoder, out, {"seed": str(seed), "pairs": str(len(pairs))})
    part.unlink(missing_ok=True)


def _batches(pairs: Sequence[TrainingPair], seed: int) -> Iterator[list[TrainingPair]]:
    """Whole groups, about BATCH pairs each, in a random order; alike in length inside a batch."""
    chance = np.random.default_rng(seed)
    groups: dict[str, list[TrainingPair]] = defaultdict(list)
    for pair in pairs:
        groups[pair.group].append(pair)
    cut = [
        group[i : i + LARGEST_GROUP]
        for group in groups.values()
        for i in range(0, len(group), LARGEST_GROUP)
    ]
    mixed = [cut[i] for i in chance.permutation(len(cut))]
    found: list[list[TrainingPair]] = []
    for start in range(0, len(mixed), AT_A_TIME):
        batch: list[TrainingPair] = []
        for group in sorted(mixed[start : start + AT_A_TIME], key=_longest):
            batch += group
            if len(batch) >= BATCH:
                found.append(batch)
                batch = []
        if batch:
            found.append(batch)
    yield from (found[i] for i in chance.permutation(len(found)))


def _longest(group: Sequence[TrainingPair]) -> int:
    return max(len(pair.claim) + len(pair.passage) for pair in group)


def _loss(encoder: Any, tokenizer: Any, batch: Sequence[TrainingPair]) -> Any:
    import torch
    from torch.nn.functional import binary_cross_entropy_with_logits, softplus

    texts = [pair.claim for pair in batch], [pair.passage for pair in batch]
    with torch.autocast("cpu", dtype=torch.bfloat16):
        odds = encoder(tokens(tokenizer, *texts))
    odds = odds.float()
    due = torch.tensor([[pair.states, pair.conflicts] for pair in batch])
    loss = binary_cross_entropy_with_logits(odds, due)
    better = [
        (i, j)
        for i, a in enumerate(batch)
        for j, b in enumerate(batch)
        if a.states > b.states and a.group == b.group
    ]
    if better:
        high, low = torch.tensor(better).T
        loss = loss + RANKING * softplus(odds[low, 0] - odds[high, 0]).mean()
    return loss
