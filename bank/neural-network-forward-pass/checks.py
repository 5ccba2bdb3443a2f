"""Checks of FeedForwardNet: sizes, raw logits, a bend, and noise in training mode only."""

from itertools import pairwise
from math import prod

import torch

from interviewer.compare import expect, expect_close, expect_tensor

ENTRIES = ("class FeedForwardNet(input_dim, hidden_dims, output_dim, dropout=0.3)",)
SIZES = ((5, [16], 3), (4, [12, 8], 1), (6, [8, 16, 12, 4], 7))
AFFINE = 1e-4  # an affine map's rounding errors stay far below this share of its output
SAME = 1e-6
REPEATS = 8


def _net(probe, rng, dims, scale=0.5, **options):
    """A net with every parameter drawn anew, so that no start (all zeros, say) hides anything."""
    net = probe.new("FeedForwardNet", dims[0], list(dims[1]), dims[2], **options)
    probe.mode(net, False)
    probe.call(net, torch.randn(2, dims[0], generator=rng))  # lazy layers take their sizes here
    shapes = {name: shape for name, (shape, _) in probe.parameters(net).items()}
    probe.set_state(
        net, {name: _away_from_zero(rng, shape, scale) for name, shape in shapes.items()}
    )
    return net


def _away_from_zero(rng, shape, scale):
    drawn = torch.randn(shape, generator=rng)
    return (drawn + 0.5 * torch.where(drawn < 0, -1.0, 1.0)) * scale


def _expect_shapes(probe, rng, dims, **options):
    net = probe.new("FeedForwardNet", dims[0], list(dims[1]), dims[2], **options)
    for training, batches in ((True, (2, 9)), (False, (1, 2, 9))):
        probe.mode(net, training)
        for batch in batches:
            out = probe.call(net, torch.randn(batch, dims[0], generator=rng))
            mode = "training" if training else "evaluation"
            expect_tensor(out, (batch, dims[2]), f"output for hidden_dims={dims[1]} in {mode} mode")


def gives_one_row_of_scores_per_example(probe, rng):
    """(B, input_dim) becomes (B, output_dim) for any hidden sizes, in evaluation mode for B = 1."""
    for dims in SIZES:
        _expect_shapes(probe, rng, dims)
        _expect_shapes(probe, rng, dims, dropout=0.0)


def works_without_hidden_layers(probe, rng):
    """With hidden_dims=[] the net is one trainable layer to raw logits, (B, output_dim)."""
    _expect_shapes(probe, rng, (5, [], 3))
    _expect_shapes(probe, rng, (3, [], 1), dropout=0.5)
    _expect_logits(probe, rng, (6, [], 5))
    _expect_gradients(probe, rng, (5, [], 3))


def _numbers(probe, rng, widths):
    net = probe.new("FeedForwardNet", widths[0], list(widths[1:-1]), widths[-1])
    probe.mode(net, False)
    probe.call(net, torch.randn(2, widths[0], generator=rng))
    return sum(prod(shape) for shape, _ in probe.parameters(net).values())


def has_one_hidden_layer_per_entry(probe, rng):
    """Between each width and the next, in the order given, there is a registered weight matrix."""
    widths = (3, 8, 12, 20, 5)
    for left, right in pairwise(range(len(widths))):
        # A matrix of a * b numbers grows by exactly 1 more when both sides grow than by each alone.
        count = [
            _numbers(
                probe, rng, [w + (i == left) * a + (i == right) * b for i, w in enumerate(widths)]
            )
            for a, b in ((0, 0), (1, 0), (0, 1), (1, 1))
        ]
        expect(
            count[3] - count[1] - count[2] + count[0] >= 1,
            f"For layer widths {list(widths)} no parameter of the module connects width "
            f"{widths[left]} with width {widths[right]}. Is there one layer per entry of "
            "hidden_dims, in order, and does the module know it (nn.ModuleList, not a list)?",
        )


def returns_raw_logits(probe, rng):
    """The scores are unbounded on both sides: nothing follows the last linear layer."""
    for dims in ((6, [32], 5), (6, [24, 16], 5)):
        _expect_logits(probe, rng, dims)


def _expect_logits(probe, rng, dims):
    net = _net(probe, rng, dims, scale=3.0)
    probe.mode(net, False)
    out = probe.call(net, torch.randn(128, 6, generator=rng) * 3.0)
    out = expect_tensor(out, (128, 5), "output").detach()
    low, high = float(out.min()), float(out.max())
    expect(
        low < -1.0 and high > 1.0,
        f"With large weights and hidden_dims={dims[1]} all outputs lie between {low:.4g} and "
        f"{high:.4g}; logits would spread far on both sides of 0. Does a softmax or another "
        "activation follow the last layer?",
    )


def bends_its_input(probe, rng):
    """With a hidden layer the net is not an affine map of its input."""
    for dims in ((5, [32], 4), (5, [16, 16], 4)):
        net = _net(probe, rng, dims)
        probe.mode(net, False)
        first, second = (torch.randn(256, 5, generator=rng) * 2.0 for _ in range(2))
        ends = [expect_tensor(probe.call(net, x), (256, 4), "output") for x in (first, second)]
        middle = expect_tensor(probe.call(net, (first + second) / 2), (256, 4), "output")
        bend = (middle - (ends[0] + ends[1]) / 2).abs().max()
        expect(
            float(bend) > AFFINE * float((ends[0] - ends[1]).abs().max()),
            f"With hidden_dims={dims[1]}, halfway between two inputs the output is halfway "
            "between their outputs, as for a single linear layer. Where is the activation?",
        )


def _training_outputs(probe, rng, dims, seed=None, **options):
    net = _net(probe, rng, dims, **options)
    x = torch.randn(16, dims[0], generator=rng)
    probe.mode(net, True)
    seeds = [None if seed is None else seed + number for number in range(REPEATS)]
    outs = [probe.call(net, x, seed=each) for each in seeds]
    return torch.stack([expect_tensor(out, (16, dims[2]), "output").detach() for out in outs])


def is_random_in_training_mode(probe, rng):
    """With a hidden layer and dropout above 0, passes over one batch differ in training mode."""
    for dims in ((6, [32], 4), (6, [32, 24], 4)):
        for options in ({}, {"dropout": 0.5}):
            outs = _training_outputs(probe, rng, dims, **options)
            expect(
                float((outs - outs[0]).abs().max()) > SAME * float(outs.abs().mean()),
                f"In training mode with hidden_dims={dims[1]} and dropout="
                f"{options.get('dropout', 'its default')}, {REPEATS} passes over one batch gave "
                "the same output: is there a dropout with a new mask for each pass?",
            )


def follows_the_dropout_argument(probe, rng):
    """The noise in training mode follows the rate that was passed, 0.3 when none was."""
    seed = int(torch.randint(2**31, (1,), generator=rng))
    spread = [_spread(probe, seed, **options) for options in ({"dropout": 0.05}, {"dropout": 0.9})]
    expect(
        spread[0] <= 0.5 * spread[1],  # no noise at all is for another check to refuse
        f"Over {REPEATS} passes in training mode the outputs vary by {spread[0]:.3g} with "
        f"dropout=0.05 and by {spread[1]:.3g} with dropout=0.9: does the dropout layer get the "
        "rate that was passed, as the probability to drop?",
    )
    unsaid, said = _spread(probe, seed), _spread(probe, seed, dropout=0.3)
    expect(
        0.75 * said <= unsaid <= 1.35 * said,
        f"Over {REPEATS} passes in training mode the outputs vary by {unsaid:.3g} when dropout is "
        f"left out and by {said:.3g} with dropout=0.3, its default.",
    )


def _spread(probe, seed, **options):
    """How much outputs vary: the same weights and seeds each time, whatever the options."""
    rng = torch.Generator().manual_seed(seed)
    return float(_training_outputs(probe, rng, (6, [64], 8), seed, **options).std(dim=0).mean())


def is_deterministic_in_evaluation_mode(probe, rng):
    """In evaluation mode one input always gives the same output, whatever the dropout."""
    for dims in ((6, [32], 4), (6, [32, 24], 4)):
        net = _net(probe, rng, dims, dropout=0.5)
        x = torch.randn(16, 6, generator=rng)
        probe.mode(net, True)
        probe.call(net, x)
        probe.mode(net, False)
        first = expect_tensor(probe.call(net, x), (16, 4), "output in evaluation mode")
        for _ in range(3):
            hint = "Dropout must be off when the module is in evaluation mode."
            expect_close(probe.call(net, x), first, "second pass in evaluation mode", hint=hint)


def gradients_reach_every_parameter(probe, rng):
    """After a backward pass no parameter of the module is without a gradient."""
    for dims in SIZES:
        _expect_gradients(probe, rng, dims)


def _expect_gradients(probe, rng, dims):
    net = _net(probe, rng, dims)
    probe.mode(net, True)
    found = probe.gradients(net, torch.randn(8, dims[0], generator=rng)).parameters
    expect(bool(found), "The module has no parameters: nothing in it can be trained.")
    bare = [name for name, gradient in found.items() if gradient is None]
    expect(
        not bare,
        f"With hidden_dims={dims[1]} no gradient reached {', '.join(bare[:4])}: is it used in "
        "the forward pass, trainable, and not cut off by detach or no_grad?",
    )
