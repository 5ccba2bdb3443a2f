"""Checks of the repaired shuffling: pairs, completeness, randomness."""

import torch

from interviewer.compare import expect, expect_tensor, expect_tuple, fail

ENTRIES = ("shuffled_batches(x, y, size, seed)",)
ROWS, SIZE = 23, 5


def _rows(probe, rng, seed):
    """The numbers of the rows in the order they come, of inputs and of labels."""
    number = torch.arange(ROWS)
    x = torch.stack([number.float(), torch.randn(ROWS, generator=rng)], dim=1)
    found = probe.call("shuffled_batches", x, 100 + number, SIZE, seed)
    if not isinstance(found, (list, tuple)):
        fail("Expected a list of batches (x, y).")
    inputs, labels = [], []
    for place, batch in enumerate(found):
        own_x, own_y = expect_tuple(batch, 2, f"batch {place}")
        rows = len(own_y) if isinstance(own_y, torch.Tensor) and own_y.dim() == 1 else SIZE
        own_y = expect_tensor(own_y, (rows,), f"labels of batch {place}")
        own_x = expect_tensor(own_x, (rows, 2), f"inputs of batch {place}")
        if own_x.is_complex() or own_y.is_complex():
            fail("Expected inputs and labels of the types that were given.")
        inputs += [int(value) for value in own_x[:, 0].nan_to_num(-1.0)]
        labels += [int(value) - 100 for value in own_y]
    return inputs, labels, [len(batch[1]) for batch in found]


def pairs_stay_together(probe, rng):
    """Every input comes with its own label."""
    inputs, labels, _ = _rows(probe, rng, 3)
    apart = sum(a != b for a, b in zip(inputs, labels, strict=True))
    expect(apart == 0, f"{apart} of {len(inputs)} rows have the label of another row.")


def every_row_once(probe, rng):
    """All rows come exactly once, in batches of the size, the last one smaller."""
    inputs, _, sizes = _rows(probe, rng, 4)
    expect(sizes == [5, 5, 5, 5, 3], f"23 rows, size 5: expected batches of 5, 5, 5, 5, 3, got {sizes}.")
    missing = sorted({*range(ROWS)} - {*inputs})
    expect(not missing, f"Rows {missing} never come, others twice.")


def order_follows_the_seed(probe, rng):
    """The order is random: another seed, another order; the same seed, the same one."""
    first, second, again = (_rows(probe, rng, seed)[0] for seed in (5, 6, 5))
    expect(first != sorted(first), "The rows come in the order in which they were given.")
    expect(first != second, "Seeds 5 and 6 give the same order.")
    expect(first == again, "Seed 5 gives two different orders.")
