"""Checks of conv2d against the framework's, one argument at a time, and of receptive_field."""

import torch
import torch.nn.functional as F

from interviewer.compare import expect, expect_close, expect_scalar

ENTRIES = (
    "conv2d(x, weight, bias=None, stride=1, padding=0)",
    "receptive_field(layers)",
)
GUIDANCE = {
    "unfold": (
        "unfold lays out the patches for you. That counts, but be ready to be asked: how much "
        "memory do the patches take once they are copied, compared with the input?"
    )
}
MIXED = (  # x, weight, bias, stride, padding
    ((1, 2, 5, 5), (2, 2, 3, 3), False, 1, 0),
    ((2, 2, 6, 5), (3, 2, 3, 2), True, 2, 1),
    ((1, 1, 4, 4), (1, 1, 1, 1), True, 1, 0),
    ((1, 3, 7, 7), (2, 3, 3, 3), True, 3, 2),
    ((2, 1, 5, 6), (1, 1, 2, 2), False, 2, 0),
    ((1, 2, 4, 4), (2, 2, 4, 4), False, 1, 1),
)

PRELUDE = """
from torch.utils._python_dispatch import TorchDispatchMode


class Watch(TorchDispatchMode):
    def __init__(self):
        super().__init__()
        self.seen = set()

    def __torch_dispatch__(self, function, types, args=(), kwargs=None):
        space, _, name = function.name().partition("::")
        if space in ("aten", "mkldnn", "quantized", "prepacked", "xnnpack"):
            if "conv" in name and "convert" not in name:
                self.seen.add(name.partition(".")[0])
        return function(*args, **(kwargs or {}))


def _convolutions(function, *args, **kwargs):
    with Watch() as watch:
        function(*args, **kwargs)
    return sorted(watch.seen)


def _arguments_after(function, *args, **kwargs):
    function(*args, **kwargs)
    return args
"""


def _inputs(rng, x, weight, bias=False):
    found = [torch.randn(x, generator=rng), torch.randn(weight, generator=rng)]
    return [*found, torch.randn(weight[0], generator=rng)] if bias else found


def _compare(probe, inputs, hint="", **settings):
    wanted = F.conv2d(*(t.double() for t in inputs), **settings)
    said = "".join(f", {name}={value}" for name, value in settings.items())
    shapes = f"x {tuple(inputs[0].shape)}, weight {tuple(inputs[1].shape)}"
    what = f"conv2d with {shapes}{said}"
    expect_close(probe.call("conv2d", *inputs, **settings), wanted, what, hint=hint)


def slides_with_its_defaults(probe, rng):
    """conv2d(x, weight) is the dot product with every patch: no bias, stride 1, no padding."""
    for shapes in (
        ((2, 3, 6, 6), (4, 3, 3, 3)),
        ((3, 2, 5, 5), (5, 2, 2, 2)),
        ((2, 4, 8, 8), (3, 4, 5, 5)),
    ):
        hint = "Each filter covers all input channels, and the kernel is not flipped."
        _compare(probe, _inputs(rng, *shapes), hint)


def adds_a_bias_per_channel(probe, rng):
    """The bias adds one number to each output channel, the same at every position."""
    for shapes in (((2, 3, 6, 6), (4, 3, 3, 3)), ((2, 2, 5, 5), (3, 2, 2, 2))):
        inputs = _inputs(rng, *shapes, bias=True)
        hint = "bias[o] belongs to output channel o; channels are axis 1."
        _compare(probe, inputs, hint, stride=1, padding=0)


def takes_strides(probe, rng):
    """With a stride of 2 or 3 it takes every second or third position, from the first one on."""
    for size, kernel, stride in ((7, 3, 2), (8, 3, 2), (9, 2, 3), (6, 3, 3), (8, 4, 3)):
        inputs = _inputs(rng, (2, 2, size, size), (3, 2, kernel, kernel))
        hint = "Where the stride does not divide, the output size is rounded down."
        _compare(probe, inputs, hint, stride=stride, padding=0)


def pads_with_zeros(probe, rng):
    """Padding puts that many zeros on all four sides, also more of them than the kernel is wide."""
    for kernel, padding in ((3, 1), (2, 1), (3, 2), (2, 4)):
        inputs = _inputs(rng, (2, 2, 5, 5), (3, 2, kernel, kernel))
        inputs[0] = inputs[0] + 1
        _compare(probe, inputs, "The border is of zeros.", stride=1, padding=padding)


def takes_strides_over_padded_input(probe, rng):
    """Stride and padding work together: positions are counted on the padded input."""
    for size, kernel, stride, padding in ((7, 3, 2, 1), (8, 3, 2, 1), (9, 3, 4, 1), (6, 5, 4, 2)):
        inputs = _inputs(rng, (2, 2, size, size), (3, 2, kernel, kernel))
        hint = "The output size is floor((n + 2p - k)/s) + 1."
        _compare(probe, inputs, hint, stride=stride, padding=padding)


def handles_rectangles(probe, rng):
    """Height and width may differ, in the input and in the kernel."""
    for image, kernel in (((5, 8), (3, 3)), ((8, 5), (2, 2)), ((6, 6), (1, 3)), ((6, 9), (4, 2))):
        inputs = _inputs(rng, (2, 2, *image), (3, 2, *kernel))
        hint = "Rows go with kH, columns with kW."
        _compare(probe, inputs, hint, stride=1, padding=0)


def keeps_axes_of_size_one(probe, rng):
    """One example, one channel, a 1x1 kernel or a 1x1 output: four axes come back all the same."""
    for x, weight in (
        ((1, 3, 4, 4), (2, 3, 2, 2)),
        ((2, 1, 4, 4), (1, 1, 2, 2)),
        ((2, 3, 4, 4), (2, 3, 1, 1)),
        ((2, 3, 3, 3), (2, 3, 3, 3)),
        ((1, 1, 1, 1), (1, 1, 1, 1)),
    ):
        _compare(probe, _inputs(rng, x, weight), stride=1, padding=0)


def calls_no_framework_convolution(probe, rng):
    """It gets there without any convolution of the framework."""
    probe.prelude(PRELUDE)
    own = probe.entry("conv2d")
    for x, weight, bias, stride, padding in MIXED:
        inputs, settings = _inputs(rng, x, weight, bias), {"stride": stride, "padding": padding}
        seen = probe.call("prelude:_convolutions", own, *inputs, **settings)
        names = ", ".join(map(str, seen)) if isinstance(seen, list) else ""
        message = f"The framework did the convolution: {names} was called (stride {stride}, "
        expect(seen == [], message + f"padding {padding}). Slices and products will do.")


def arguments_are_left_alone(probe, rng):
    """x, weight and bias have their shapes and values after the call."""
    probe.prelude(PRELUDE)
    own = probe.entry("conv2d")
    for x, weight, _, stride, padding in MIXED:
        inputs, settings = _inputs(rng, x, weight, True), {"stride": stride, "padding": padding}
        after = probe.call("prelude:_arguments_after", own, *inputs, **settings)
        for name, before, now in zip(("x", "weight", "bias"), inputs, after, strict=True):
            expect_close(now, before, f"{name} after the call", hint="It was changed in place.")


def _field(probe, layers):
    first, step = 1, 1
    for kernel, stride in layers:
        first, step = first + (kernel - 1) * step, step * stride
    what = f"receptive_field({layers})"
    found = expect_scalar(probe.call("receptive_field", layers), what)
    expect(found == first, f"{what}: expected {first}, got {found:g}.")


def _draw(rng, low, high):
    return int(torch.randint(low, high + 1, (), generator=rng))


def receptive_field_of_one_layer(probe, rng):
    """One layer sees as much as its kernel, whatever its stride."""
    for kernel in (1, 2, 3, 7):
        _field(probe, [(kernel, _draw(rng, 2, 4))])
        _field(probe, [(kernel, 1)])


def receptive_field_of_a_stack(probe, rng):
    """Without strides, each further layer adds its kernel less one."""
    for depth in (2, 3, 5, 8):
        _field(probe, [(_draw(rng, 2, 6), 1) for _ in range(depth)])
    _field(probe, [(3, 1)] * 4)


def receptive_field_with_strides(probe, rng):
    """With strides, a layer adds (kernel - 1) times the strides of the layers before it."""
    for depth in (2, 3, 4, 6):
        strides = [2, *(_draw(rng, 1, 3) for _ in range(depth - 1))]
        _field(probe, [(_draw(rng, 3, 5), stride) for stride in strides])
    _field(probe, [(3, 2), (3, 1), (3, 3), (2, 2), (3, 1)])


def receptive_field_past_kernels_of_one(probe, rng):
    """A layer with kernel 1 adds nothing, but its stride counts for the layers after it."""
    _field(probe, [(1, 2), (3, 1)])
    _field(probe, [(3, 1), (1, _draw(rng, 2, 4)), (_draw(rng, 2, 5), 1)])
    _field(probe, [(3, 1), (1, 1), (1, 3), (3, 1), (2, 1)])
