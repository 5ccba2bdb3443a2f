"""Checks of SwiGLU: SiLU of one projection times another, however the weights are laid out.

The checks give the submission random weights, read them in every layout that the task admits
(one matrix or two, halves contiguous or interleaved, either one as the gate) and compare.
"""

from itertools import combinations, product

import torch
from torch.nn import functional as F

from interviewer.compare import expect, expect_close, expect_tensor, fail

ENTRIES = ("class SwiGLU(dim)",)
DIM = 6
DIRECTIONS, STEP, SLACK = 6, 0.02, 0.01  # differences of the output, against its gradient
SLIPS = (
    (lambda a, b: torch.sigmoid(a) * b, "That is a sigmoid GLU: the gate must be x * sigmoid(x)."),
    (lambda a, b: F.gelu(a) * b, "That is GEGLU: the gate here is SiLU, not GELU."),
    (lambda a, b: F.gelu(a, approximate="tanh") * b, "That is GEGLU: the gate here is SiLU."),
    (lambda a, b: F.relu(a) * b, "That is ReGLU: the gate here is SiLU, not ReLU."),
    (lambda a, b: a * b, "Nothing is applied to the gate: one half goes through SiLU first."),
    (lambda a, b: F.silu(a) + b, "The two halves are added; a gate multiplies."),
    (lambda a, b: F.silu(a) * F.silu(b), "SiLU is on both halves; it belongs on one of them."),
    (lambda a, b: F.silu(a) * a, "One half is never used: the gate multiplies the other half."),
    (lambda a, b: F.silu(a), "One half is never used: the gate multiplies the other half."),
)


def _module(probe, rng, dim=DIM):
    """A submission's module that has run once, as lazy layers get their shapes by running."""
    module = probe.new("SwiGLU", dim)
    probe.call(module, torch.randn(2, dim, generator=rng))
    return module


def _sizes(probe, module):
    """Shapes of the parameters by name, axes of length 1 left out."""
    found = probe.parameters(module)
    return {name: tuple(n for n in shape if n != 1) for name, (shape, _) in found.items()}


def _weighted(probe, rng):
    """A module with random weights, and these weights by name: matrices and biases."""
    module = _module(probe, rng)
    shapes = {name: tuple(shape) for name, (shape, _) in probe.parameters(module).items()}
    sizes = {name: torch.Size(shape).numel() for name, shape in shapes.items()}
    drawn = {
        name: torch.randn(shapes[name], generator=rng) * 0.5
        for name, size in sizes.items()
        if size >= DIM
    }
    probe.set_state(module, drawn)
    return module, drawn


def _halves(joint):
    """A joint weight or bias of length 2 * DIM, split in both ways."""
    yield joint[:DIM], joint[DIM:]
    yield joint[0::2], joint[1::2]


def _matrices(weights):
    """Every pair of DIM x DIM matrices, output axis first, that the weights may stand for.

    Weights beyond the two projections are for another check to refuse.
    """
    pairs = list(combinations([w for w in weights if w.shape == (DIM, DIM)], 2))
    for joint in weights:
        if joint.dim() == 2 and joint.numel() == 2 * DIM * DIM:
            yield from _halves(joint if joint.shape[0] == 2 * DIM else joint.T)
        elif joint.dim() == 3:
            pairs.append(joint.movedim(joint.shape.index(2), 0))
    for first, second in pairs:
        yield from product((first, first.T), (second, second.T))


def _biases(vectors):
    """Every pair of biases that the vectors may stand for, none included."""
    parts = [torch.zeros(DIM)]
    for vector in vectors:
        if vector.numel() == DIM:
            parts.append(vector)
        elif vector.dim() == 1:
            parts += [part for pair in _halves(vector) for part in pair]
        else:
            parts += list(vector if vector.shape[0] == 2 else vector.T)
    return product(parts, parts)


def _readings(x, drawn):
    """Gate and value for every admitted reading of the weights."""
    tensors = [tensor.squeeze() for tensor in drawn]
    sizes = [(DIM, DIM), (2, DIM, DIM), (DIM, 2, DIM), (DIM, DIM, 2), (DIM, 2 * DIM)]
    weights = [t for t in tensors if tuple(t.shape) in (*sizes, (2 * DIM, DIM))]
    vectors = [t for t in tensors if t.numel() in (DIM, 2 * DIM)]
    for (a, b), (bias_a, bias_b) in product(_matrices(weights), list(_biases(vectors))):
        first, second = x @ a.T + bias_a, x @ b.T + bias_b
        yield first, second
        yield second, first


def _swiglu(a, b):
    return a * torch.sigmoid(a) * b


def _closest(out, x, drawn, formula=_swiglu):
    """Value and largest error of the reading that is closest to the output."""
    made = [formula(a, b) for a, b in _readings(x, drawn)]
    errors = [float((out - value).abs().max().nan_to_num(nan=torch.inf)) for value in made]
    return made[errors.index(min(errors))], min(errors)


def _slip(out, x, drawn):
    """What a wrong output looks like, if it is a known slip."""
    said = (text for formula, text in SLIPS if _closest(out, x, drawn, formula)[1] < 1e-4)
    return next(said, "Expected SiLU of one projection times the other, element by element.")


def keeps_the_shape(probe, rng):
    """Input (N, dim) gives output (N, dim), for even and odd dim."""
    for dim in (DIM, 5, 1):
        out = probe.call(probe.new("SwiGLU", dim), torch.randn(3, dim, generator=rng))
        expect_tensor(out, (3, dim), f"output with dim = {dim}")


def has_two_projections_and_no_more(probe, rng):
    """There is one projection to 2 * dim or two to dim, bias optional, and no other."""
    sizes = _sizes(probe, _module(probe, rng))
    matrices = {name: size for name, size in sizes.items() if torch.Size(size).numel() >= DIM * DIM}
    admitted = [{DIM, 2 * DIM}], [{DIM}, {DIM}], [{2, DIM}]
    shown = ", ".join(f"{name} {size}" for name, size in sizes.items()) or "none"
    expect(
        [set(size) for size in matrices.values()] in admitted
        and sum(torch.Size(size).numel() for size in matrices.values()) == 2 * DIM * DIM,
        f"With dim = {DIM} expected one weight matrix to {2 * DIM} features or two to {DIM}, as "
        f"registered parameters, and no projection after that; found parameters: {shown}.",
    )


def gates_by_silu(probe, rng):
    """The output is SiLU of one projection times the other, element by element."""
    module, drawn = _weighted(probe, rng)
    x = torch.randn(7, DIM, generator=rng) * 2
    out = expect_tensor(probe.call(module, x), (7, DIM), "output").detach()
    readable = any(True for _ in _readings(x, drawn.values()))
    expect(readable, f"No parameters project {DIM} features to twice {DIM}: what is gated by what?")
    wanted, _ = _closest(out, x, drawn.values())
    expect_close(out, wanted, "output", hint=_slip(out, x, drawn.values()))


def takes_any_leading_axes(probe, rng):
    """Input of one, three or four axes is treated like the same rows in two axes."""
    module, _ = _weighted(probe, rng)
    for shape in ((2, 4, DIM), (2, 1, 3, DIM), (DIM,)):
        x = torch.randn(shape, generator=rng)
        wanted = expect_tensor(
            probe.call(module, x.reshape(-1, DIM)), (x.numel() // DIM, DIM), "output for two axes"
        )
        hint = "Project and split along the last axis, whatever stands before it."
        out = probe.call(module, x)
        if isinstance(out, torch.Tensor) and tuple(out.shape) != shape:
            fail(f"Input {shape}: expected the same shape, got {tuple(out.shape)}. {hint}")
        expect_close(out, wanted.reshape(shape), f"output for input {shape}", hint=hint)


def gradients_reach_input_and_weights(probe, rng):
    """Gradients of the input and of every weight are the slopes of the output, gate and value."""
    module, drawn = _weighted(probe, rng)
    x = torch.randn(7, DIM, generator=rng)
    found = probe.gradients(module, x)
    weight = torch.randn(7, DIM, generator=torch.Generator().manual_seed(found.seed))

    def moved(name, change):
        """The weighted sum of the outputs after a change of the input or of one parameter."""
        if name in drawn:
            probe.set_state(module, {name: drawn[name] + change})
        out = probe.call(module, x if name in drawn else x + change)
        if name in drawn:
            probe.set_state(module, {name: drawn[name]})
        return float((weight * expect_tensor(out, (7, DIM), "output").detach()).double().sum())

    for name, place in {"the input": x, **drawn}.items():
        got = found.parameters.get(name) if name in drawn else found.inputs[0]
        change = torch.randn(DIRECTIONS, *place.shape, generator=rng)
        change *= STEP / change.flatten(1).norm(dim=1).view(-1, *[1] * place.dim())
        slopes = [(moved(name, d) - moved(name, -d)) / (2 * STEP) for d in change]
        if got is None:
            still = max(map(abs, slopes)) < SLACK
            expect(still, f"No gradient reached {name}: was it detached on the way?")
            continue
        got = expect_tensor(got, tuple(place.shape), f"gradient of {name}")
        along = [float((got * d).sum()) / STEP for d in change]
        error = max(abs(a - b) for a, b in zip(along, slopes, strict=True))
        expect(
            error <= SLACK * (1 + float(got.norm())),
            f"The gradient of {name} is off by {error:.3g} from the slope of the output in some "
            "direction: was a part of the output detached?",
        )
