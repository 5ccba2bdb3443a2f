"""What an interrupted training leaves beside its output, and going on from it."""

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any


def plan_hash(*plan: object) -> str:
    """What makes two runs the same one."""
    return hashlib.sha256(repr(plan).encode()).hexdigest()


def save_part(part: Path, plan: str, done: int, parts: Sequence[Any]) -> None:
    """Keeps how much is done and the states of `parts`, whole or not at all."""
    import torch

    draft = part.with_suffix(".draft")
    torch.save([plan, done, *(each.state_dict() for each in parts)], draft)
    draft.replace(part)


def resume_part(part: Path, plan: str, parts: Sequence[Any]) -> int:
    """How much an interrupted run of the same plan has done; fills `parts`. 0 where none was."""
    import torch

    if not part.exists():
        return 0
    found, done, *states = torch.load(part, weights_only=True)
    if found != plan:
        return 0
    for each, state in zip(parts, states, strict=True):
        each.load_state_dict(state)
    return int(done)
