"""Checks of ResidualBlock: shapes, the shortcut without the branch, the branch, the gradient.

Which parameters are the projection's is found by name: a block that changes shapes has them and one
that does not has not. Where that does not fit, each layer of the block is tried as the projection.
"""

from itertools import pairwise

import torch

from interviewer.compare import expect, expect_close, expect_tensor, reference_gradients

ENTRIES = ("class ResidualBlock(in_channels, out_channels, stride=1)",)
SAME = (16, 16, 1)
CHANGED = ((8, 16, 1), (16, 16, 2), (8, 24, 2), (24, 8, 1))  # channels in and out, stride
SMALL = 1e-4
BEND = 1e-3  # a branch that is affine bends by rounding errors only, far below this share
SCALES = (0.5, 0.3, 0.2, 0.1, 0.05, 0.02, 0.01, 0.004)
DEPTH = 20
FAINT, LOUD = 1e-3, 1e8

PRELUDE = """
import torch


def _input_after(block, x):
    block(x)
    return x


class _Chain(torch.nn.Module):
    def __init__(self, block, channels, depth):
        super().__init__()
        self.blocks = torch.nn.ModuleList(block(channels, channels, stride=1) for _ in range(depth))

    def forward(self, x):
        for block in self.blocks:
            x = block(x)
        return x
"""


def _said(sizes):
    return f"ResidualBlock({sizes[0]}, {sizes[1]}, stride={sizes[2]})"


def _block(probe, sizes, training=False):
    """A block that has run once, as lazy layers take their shapes by running."""
    block = probe.new("ResidualBlock", sizes[0], sizes[1], stride=sizes[2])
    probe.mode(block, False)
    probe.call(block, torch.zeros(2, sizes[0], 6, 6))
    probe.mode(block, training)
    return block


def _shapes(probe, block):
    return {name: tuple(shape) for name, (shape, _) in probe.parameters(block).items()}


def _fill(probe, rng, block, chosen=None, scale=0.5):
    """Random values, vectors positive, for the chosen parameters, 0 for all the others."""
    drawn = {}
    for name, shape in _shapes(probe, block).items():
        if name.endswith(("weight_v", "original1")):  # a direction under weight norm: 0 has none
            continue
        value = torch.randn(shape, generator=rng) * scale
        value = value if sum(n > 1 for n in shape) > 1 else value.abs() + scale
        drawn[name] = value if chosen is None or name in chosen else torch.zeros(shape)
    probe.set_state(block, drawn)


def _images(rng, channels):
    return torch.randn(4, channels, 6, 6, generator=rng)


def _output(probe, block, x, sizes):
    side = [-(-length // sizes[2]) for length in x.shape[2:]]
    shape = (x.shape[0], sizes[1], *side)
    what = f"{_said(sizes)}, input {tuple(x.shape)}"
    return expect_tensor(probe.call(block, x), shape, what).detach().double()


def _follows(probe, rng, block, sizes):
    """Whether the output depends on the input in most examples."""
    first, second = (_output(probe, block, _images(rng, sizes[0]), sizes) for _ in range(2))
    moved = (first - second).abs().flatten(1).amax(1) > SMALL
    return bool(moved.float().mean() > 0.5) and bool(torch.isfinite(first).all())


def gives_the_output_shape(probe, rng):
    """(B, in, H, W) becomes (B, out, H', W'), sides divided by the stride and rounded up."""
    for sizes in (SAME, *CHANGED, (8, 8, 3), (64, 32, 2)):
        for training, batch in ((True, 2), (False, 1)):
            block = _block(probe, sizes, training)
            for height, width in ((8, 8), (7, 10)):
                x = torch.randn(batch, sizes[0], height, width, generator=rng)
                _output(probe, block, x, sizes)


def keeps_the_sides_by_default(probe, rng):
    """Without a stride given it is 1: the sides stay as they are."""
    for sizes in (SAME, CHANGED[0]):
        block = probe.new("ResidualBlock", *sizes[:2])
        x = torch.randn(2, sizes[0], 7, 8, generator=rng)
        shape = (2, sizes[1], 7, 8)
        what = f"ResidualBlock({sizes[0]}, {sizes[1]}), input {tuple(x.shape)}"
        expect_tensor(probe.call(block, x), shape, what)


def is_the_identity_without_its_branch(probe, rng):
    """Where shapes agree and every parameter is 0, the output is the input, or its ReLU."""
    for channels, training in ((16, False), (16, True), (8, True)):
        sizes = (channels, channels, 1)
        block = _block(probe, sizes, training)
        _fill(probe, rng, block, ())
        x = _images(rng, channels) * 3
        out = _output(probe, block, x, sizes)
        wanted = torch.relu(x) if bool((out >= 0).all()) else x
        mode = "training" if training else "evaluation"
        hint = (
            "Nothing but the input itself may come out once the branch gives 0: add x as it is, "
            "with no weight, norm, scale or gate on it or on the sum."
        )
        expect_close(out, wanted, f"{_said(sizes)} with all at 0, in {mode} mode", hint=hint)


def _layers(names):
    """Names of parameters grouped by the layer that holds them, and by the outermost one."""
    groups = dict.fromkeys([name.rpartition(".")[0] or name for name in names])
    groups |= dict.fromkeys(name.partition(".")[0] for name in names)
    return [[n for n in names if n == group or n.startswith(f"{group}.")] for group in groups]


def _candidates(shapes, extra):
    """What may be the projection, the likeliest first, and what may be on with it.

    A norm in front may serve both ways. The last ones are for names that do not tell.
    """
    layers = _layers(list(shapes))
    yield extra, extra
    if extra:
        for layer in layers:
            if all(sum(n > 1 for n in shapes[name]) <= 1 for name in layer):
                yield extra, [*extra, *layer]
    for layer in [*layers, *([*first, *second] for first, second in pairwise(layers))]:
        yield layer, layer


def _projection(probe, rng, sizes):
    """A block whose shapes change, and its projection's parameters by name; None if it has none."""
    plain = _shapes(probe, _block(probe, (sizes[1], sizes[1], 1)))
    block = _block(probe, sizes)
    shapes = _shapes(probe, block)
    extra = [name for name in shapes if name not in plain]
    for projection, on in _candidates(shapes, extra):
        _fill(probe, rng, block, on)
        if not _follows(probe, rng, block, sizes):
            continue
        if projection == extra or _branch_alone(probe, rng, block, sizes, projection):
            return block, projection
    return block, None


def _branch_alone(probe, rng, block, sizes, projection):
    """Whether the output depends on the input when the projection is 0."""
    _fill(probe, rng, block, [name for name in _shapes(probe, block) if name not in projection])
    return _follows(probe, rng, block, sizes)


def projects_where_shapes_change(probe, rng):
    """Where channels or stride change shapes, a projection of the input is added to the branch."""
    for sizes in CHANGED:
        expect(
            _projection(probe, rng, sizes)[1] is not None,
            f"{_said(sizes)}: with every parameter outside the projection at 0, the output does "
            "not depend on the input. Is a projection of x itself still added where shapes change?",
        )


def adds_a_branch_that_bends(probe, rng):
    """A branch is added to the shortcut, at any sizes, and it is not an affine map."""
    block = _block(probe, SAME)
    x = [1.5 + 3 * _images(rng, SAME[0]).abs() for _ in range(2)]
    for scale in SCALES:
        _fill(probe, rng, block, scale=scale)
        ends = [_output(probe, block, one, SAME) - one for one in x]
        most = max(float(end.abs().max()) for end in ends)
        if most < 1.4:  # every sum is positive, so a final ReLU does nothing
            break
    expect(
        SMALL < most < 1.4,
        f"{_said(SAME)} with random weights, an input above 1.5: out - x is at most {most:.3g}. "
        "A branch that is added to x would show there, and shrink with its weights.",
    )
    middle = (x[0] + x[1]) / 2
    bend = (_output(probe, block, middle, SAME) - middle - (ends[0] + ends[1]) / 2).abs().max()
    expect(
        float(bend) > BEND * most and float(bend) > 1e-5,
        f"{_said(SAME)}: halfway between two inputs, out - x is halfway between its values. "
        "A branch without a nonlinearity in it is one linear layer: where is the activation?",
    )
    for sizes in CHANGED[:2]:
        block, projection = _projection(probe, rng, sizes)
        expect(
            not projection or _branch_alone(probe, rng, block, sizes, projection),
            f"{_said(sizes)} with its projection at 0 gives the same output for every input: "
            "where shapes change, is the branch still added?",
        )


def leaves_its_input_alone(probe, rng):
    """The input tensor has its values after the call."""
    probe.prelude(PRELUDE)
    for sizes in (SAME, *CHANGED[:2]):
        for training in (True, False):
            block, x = _block(probe, sizes, training), _images(rng, sizes[0])
            after = probe.call("prelude:_input_after", block, x)
            hint = "It was changed in place; nn.ReLU(inplace=True) on x itself does that."
            expect_close(after, x, f"input of {_said(sizes)} after the call", hint=hint)


def every_parameter_takes_part(probe, rng):
    """Each parameter gets a gradient: no projection where shapes agree, none cut off elsewhere."""
    for sizes in (SAME, *CHANGED[:3]):
        block = _block(probe, sizes)
        trained = {name for name, (_, trains) in probe.parameters(block).items() if trains}
        expect(bool(trained), f"{_said(sizes)} has no parameter that trains.")
        found = probe.gradients(block, _images(rng, sizes[0])).parameters
        bare = [name for name in trained if found.get(name) is None]
        expect(
            not bare,
            f"{_said(sizes)}: no gradient reached {', '.join(sorted(bare)[:4])}. Is it used in the "
            "forward pass (a projection is only for shapes that change) and not cut off by detach?",
        )


def passes_the_gradient_through_twenty_blocks(probe, rng):
    """20 blocks in a row pass on the gradient: fresh ones do not lose it, empty ones keep it."""
    probe.prelude(PRELUDE)
    channels, x = SAME[0], _images(rng, SAME[0])
    chain = probe.new("prelude:_Chain", probe.entry("ResidualBlock"), channels, DEPTH)
    probe.mode(chain, False)
    probe.call(chain, torch.zeros_like(x))
    probe.mode(chain, True)
    got, upstream = (float(t.double().norm()) for t in _gradient(probe, chain, x))
    expect(
        FAINT * upstream < got < LOUD * upstream,
        f"{DEPTH} fresh blocks in a row: the gradient's norm is {upstream:.3g} at the output and "
        f"{got:.3g} at the input. Expected it neither to vanish nor to explode.",
    )
    _fill(probe, rng, chain, ())
    got, upstream = _gradient(probe, chain, x.abs() + 0.1)  # a final ReLU lets all of it pass
    hint = "Each block is the identity here. Is x detached on the shortcut?"
    expect_close(got, upstream, f"gradient through {DEPTH} blocks with all at 0", hint=hint)


def _gradient(probe, chain, x):
    """The gradient at the chain's input, and the one that was fed in at its output."""
    found = probe.gradients(chain, x)
    expect_tensor(found.value, tuple(x.shape), f"output of {DEPTH} blocks")
    got = expect_tensor(found.inputs[0], tuple(x.shape), f"gradient at the input of {DEPTH} blocks")
    _, (upstream,) = reference_gradients(torch.clone, x, seed=found.seed)
    return got, upstream
