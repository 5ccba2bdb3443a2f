"""Lessons as token sequences: what all decisions share is there once (pure but for the tokenizer).

A packed lesson is a tree laid flat: the part that all answers share, each answer, each decision
after its answer. A token sees its own branch and what leads to it, at the positions that the
branch would have by itself, so every decision reads what it would read alone.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from interviewer.types import Asked, Lesson, Message

Put = Callable[[Lesson, str, Asked], Sequence[Message]]  # the prompt of a decision on an answer


@dataclass(frozen=True, slots=True)
class Packed:
    """`ids`, `positions` (n,) int64; `sees` (n, n) bool; `ends` (k,) int64 where decisions fall."""

    ids: npt.NDArray[np.int64]
    positions: npt.NDArray[np.int64]
    sees: npt.NDArray[np.bool_]
    ends: npt.NDArray[np.int64]
    asked: tuple[Asked, ...]


def packed(lesson: Lesson, put: Put, tokenizer: Any) -> Packed:
    """The lesson as one sequence."""
    rows = [
        [prompt_tokens(put(lesson, a.text, each), tokenizer) for each in a.asked]
        for a in lesson.answers
    ]
    trunk = _common([row for answer in rows for row in answer])
    ids, positions, parents, ends = list(rows[0][0][:trunk]), list(range(trunk)), [-1], []
    pieces = [(0, trunk)]  # start and end in the sequence; parents[i] is piece i's parent

    def lay(row: Sequence[int], start: int, end: int, parent: int) -> int:
        pieces.append((len(ids), len(ids) + end - start))
        parents.append(parent)
        ids.extend(row[start:end])
        positions.extend(range(start, end))
        return len(pieces) - 1

    for answer in rows:
        shared = _common(answer)
        stem = lay(answer[0], trunk, shared, 0)
        for row in answer:
            lay(row, shared, len(row), stem)
            ends.append(len(ids) - 1)
    sees = np.zeros((len(ids), len(ids)), dtype=np.bool_)
    for piece, (start, end) in enumerate(pieces):
        sees[start:end, start:end] = np.tri(end - start, dtype=np.bool_)
        for above in _above(piece, parents):
            sees[start:end, slice(*pieces[above])] = True
    return Packed(
        np.array(ids),
        np.array(positions),
        sees,
        np.array(ends),
        tuple(each for answer in lesson.answers for each in answer.asked),
    )


def prompt_tokens(messages: Sequence[Message], tokenizer: Any) -> list[int]:
    """The tokens of a prompt up to where the reply begins."""
    text = tokenizer.apply_chat_template(
        [{"role": m.role, "content": m.content} for m in messages],
        tokenize=False,
        add_generation_prompt=True,
    )
    return list(tokenizer(text, add_special_tokens=False).input_ids)


def _common(rows: Sequence[Sequence[int]]) -> int:
    """How many tokens all rows begin with; each keeps one of its own."""
    longest = min(map(len, rows)) - 1
    same = (len({row[i] for row in rows}) == 1 for i in range(longest))
    return next((i for i, each in enumerate(same) if not each), longest)


def _above(piece: int, parents: Sequence[int]) -> Iterator[int]:
    while (piece := parents[piece]) >= 0:
        yield piece
