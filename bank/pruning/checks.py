"""Checks of the two pruning functions: how many go and which, what stays, the ends, the copy."""

import torch

from interviewer.compare import expect, expect_tensor, expect_tuple

ENTRIES = ("magnitude_prune(weight, amount)", "structured_prune(weight, amount)")
BOTH = ("magnitude_prune", "structured_prune")
SHAPES = ((9, 7), (12, 5), (1, 23), (19, 1), (30, 20))
OFFSETS = (-0.3, 0.0, 0.3)  # what amount * n is beside a whole number: up, exact and down
LIBRARY = "Here the framework's pruning seems to do {}. That counts, but be ready to be asked: {}"
MASKS = "what does it keep beside the weight, and how is its mask made permanent?"
SHAPE = "is the layer smaller afterwards, and what would make it so?"
GUIDANCE = dict.fromkeys(
    ("l1_unstructured", "L1Unstructured"), LIBRARY.format("magnitude_prune", MASKS)
) | dict.fromkeys(("ln_structured", "LnStructured"), LIBRARY.format("structured_prune", SHAPE))

PRELUDE = """
import torch


def _argument_after(function, weight, amount):
    function(weight, amount)
    return weight


def _before_and_after(function, weight, amount):
    result = function(weight, amount)
    before = torch.clone(result) if isinstance(result, torch.Tensor) else result
    with torch.no_grad():
        weight.add_(1.0)
    return before, result
"""


def _weight(rng, shape):
    """Values away from zero, on rows of different scale, so that a zero is one that was pruned."""
    sign = torch.where(torch.rand(shape, generator=rng) < 0.5, -1.0, 1.0)
    scale = 0.3 + 2.0 * torch.rand((shape[0], 1), generator=rng)
    return sign * scale * (0.1 + torch.rand(shape, generator=rng))


def _amounts(rng, size):
    """Numbers to prune, and amounts that round to them."""
    for offset in OFFSETS:
        number = int(torch.randint(1, size, (), generator=rng))
        yield number, (number + offset) / size


def _prune(probe, name, weight, amount):
    value = probe.call(name, weight, amount)
    return expect_tensor(value, tuple(weight.shape), _what(name, weight, amount)).detach()


def _what(name, weight, amount):
    return f"{name} of {weight.shape[0]} x {weight.shape[1]} at amount={amount:.4f}"


def _expect_zeros(found, wanted, what, hint):
    count = int((found == 0).sum())
    expect(count == wanted, f"{what}: expected {wanted} zeros in the result, got {count}. {hint}")


def _expect_zero_rows(found, wanted, what, hint):
    zero = found == 0
    rows = int(zero.all(1).sum())
    expect(rows == wanted, f"{what}: expected {wanted} rows of zeros, got {rows}. {hint}")
    split = int((zero.any(1) & ~zero.all(1)).sum())
    expect(split == 0, f"{what}: {split} rows hold zeros beside other values. Whole rows go.")


def magnitude_prunes_the_exact_number(probe, rng):
    """magnitude_prune sets round(amount * n) of the n entries to zero, no more and no fewer."""
    for shape in SHAPES:
        weight = _weight(rng, shape)
        for number, amount in _amounts(rng, weight.numel()):
            found = _prune(probe, BOTH[0], weight, amount)
            hint = "The number is round(amount * n), over the whole matrix."
            _expect_zeros(found, number, _what(BOTH[0], weight, amount), hint)


def magnitude_takes_the_smallest(probe, rng):
    """magnitude_prune zeroes the entries of smallest absolute value in the whole matrix."""
    for shape in SHAPES:
        weight = _weight(rng, shape)
        for _, amount in _amounts(rng, weight.numel()):
            gone = _prune(probe, BOTH[0], weight, amount) == 0
            size, what = weight.abs(), _what(BOTH[0], weight, amount)
            _expect_below(size[gone], size[~gone], what, "an entry of size", 0.0)


def _expect_below(gone, kept, what, unit, slack):
    if not gone.numel() or not kept.numel():
        return
    most, least = float(gone.max()), float(kept.min())
    expect(
        most <= least * (1 + slack),
        f"{what}: {unit} {most:.5g} was pruned while one of {least:.5g} was kept. "
        "The smallest go first.",
    )


def structured_prunes_whole_rows(probe, rng):
    """structured_prune sets round(amount * rows) whole rows to zero, and nothing in the others."""
    for shape in ((9, 7), (12, 5), (19, 1), (30, 20)):
        weight = _weight(rng, shape)
        for number, amount in _amounts(rng, shape[0]):
            found = _prune(probe, BOTH[1], weight, amount)
            hint = "The number is round(amount * rows); the shape stays."
            _expect_zero_rows(found, number, _what(BOTH[1], weight, amount), hint)


def structured_takes_the_least_norm(probe, rng):
    """structured_prune zeroes the rows of least L2 norm."""
    for factor in (2.0, 8.0):  # between 1 and sqrt(16), between sqrt(16) and 16
        weight = _flat_and_peaked(rng, 10, 16, factor)
        _expect_least_norm(probe, weight, 0.5)
    for shape in ((9, 7), (30, 20)):
        weight = _weight(rng, shape)
        for _, amount in _amounts(rng, shape[0]):
            _expect_least_norm(probe, weight, amount)


def _flat_and_peaked(rng, rows, columns, factor):
    """Rows of equal entries and rows of one large entry, that other norms put in another order."""
    sign = torch.where(torch.rand((rows, columns), generator=rng) < 0.5, -1.0, 1.0)
    weight = sign * (1.0 + 0.1 * torch.rand((rows, 1), generator=rng))
    peaked = torch.randperm(rows, generator=rng)[: rows // 2]
    peaks = factor * weight[peaked, 0]
    weight[peaked] *= 0.01
    weight[peaked, torch.randint(columns, (rows // 2,), generator=rng)] = peaks
    return weight


def _expect_least_norm(probe, weight, amount):
    gone = (_prune(probe, BOTH[1], weight, amount) == 0).all(1)
    norm = weight.double().square().sum(1).sqrt()
    what = _what(BOTH[1], weight, amount)
    _expect_below(norm[gone], norm[~gone], what, "a row of L2 norm", 1e-5)


def ties_do_not_change_the_number(probe, rng):
    """Where entries or rows are equally large, the number pruned is the same; any may go."""
    hint = "Several are equally large here: a threshold alone takes all of them or none."
    sign = torch.where(torch.rand((16, 8), generator=rng) < 0.5, -1.0, 1.0)
    weight = sign * torch.randint(1, 3, (16, 8), generator=rng)
    for number in torch.randint(1, 128, (4,), generator=rng).tolist():
        what = _what(BOTH[0], weight, number / 128) + " with ties"
        _expect_zeros(_prune(probe, BOTH[0], weight, number / 128), number, what, hint)
    for number in torch.randint(1, 16, (3,), generator=rng).tolist():
        what = _what(BOTH[1], sign, number / 16) + " with ties"
        _expect_zero_rows(_prune(probe, BOTH[1], sign, number / 16), number, what, hint)


def zeros_already_there_are_counted(probe, rng):
    """Entries or rows that are zero already are the smallest and count among those to prune."""
    hint = "amount is a share of all entries or rows, those that are zero already included."
    for name, expected in zip(BOTH, (_expect_zeros, _expect_zero_rows), strict=True):
        weight = _weight(rng, (16, 8))
        size = weight.numel() if name == BOTH[0] else weight.shape[0]
        weight.view(size, -1)[torch.randperm(size, generator=rng)[: 3 * size // 8]] = 0.0
        for share in (0.25, 0.5, 0.75):
            number = max(round(share * size), 3 * size // 8)
            what = _what(name, weight, share) + ", three eighths zero before"
            expected(_prune(probe, name, weight, share), number, what, hint)


def the_rest_is_bit_identical(probe, rng):
    """What is not pruned keeps its exact value and is float32 still."""
    for name in BOTH:
        weight = _weight(rng, (12, 10)) * 10.0 ** torch.randint(-6, 6, (12, 1), generator=rng)
        for amount in (0.25, 0.5, 0.75):
            found, what = _prune(probe, name, weight, amount), _what(name, weight, amount)
            kept = found != 0
            changed = int((found[kept] != weight[kept]).sum())
            expect(
                changed == 0,
                f"{what}: {changed} of {int(kept.sum())} values that were kept differ from the "
                "input. Pruning neither scales nor rounds nor shifts them.",
            )
            expect(
                found.dtype == torch.float32, f"{what}: expected float32 values, got {found.dtype}."
            )


def amount_zero_prunes_nothing(probe, rng):
    """With amount 0 the result equals the input."""
    for name in BOTH:
        weight = _weight(rng, (8, 6))
        found, what = _prune(probe, name, weight, 0.0), _what(name, weight, 0.0)
        changed = int((found != weight).sum())
        expect(changed == 0, f"{what}: {changed} values differ from the input. All of them stay.")


def amount_one_prunes_everything(probe, rng):
    """With amount 1 the result is all zeros."""
    for name in BOTH:
        weight = _weight(rng, (8, 6))
        found = _prune(probe, name, weight, 1.0)
        _expect_zeros(found, weight.numel(), _what(name, weight, 1.0), "None stays.")


def the_result_is_a_copy(probe, rng):
    """Changing the input after the call does not change the result, at any amount."""
    probe.prelude(PRELUDE)
    for name in BOTH:
        for amount in (0.0, 0.5, 1.0):
            weight, own = _weight(rng, (8, 6)), probe.entry(name)
            pair = probe.call("prelude:_before_and_after", own, weight, amount)
            what = _what(name, weight, amount)
            parts = expect_tuple(pair, 2, what)
            before, after = (expect_tensor(p, tuple(weight.shape), what).detach() for p in parts)
            expect(
                bool((before == after).all()),
                f"{what}: the result changed when the input was changed after the call. They "
                "share their memory: return a copy in each case.",
            )


def the_input_stays_as_it_is(probe, rng):
    """After the call the input has its values, at any amount."""
    probe.prelude(PRELUDE)
    for name in BOTH:
        for amount in (0.0, 0.5, 1.0):
            weight, own = _weight(rng, (8, 6)), probe.entry(name)
            after = probe.call("prelude:_argument_after", own, weight, amount)
            what = _what(name, weight, amount)
            same = expect_tensor(after, tuple(weight.shape), what).detach() == weight
            message = f"{what}: the input was changed in place. Work on a copy of it."
            expect(bool(same.all()), message)
