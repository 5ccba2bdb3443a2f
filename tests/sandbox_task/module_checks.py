"""A task for the probe's operations: class Net(dim) is one linear layer named `layer`."""

import torch

from interviewer.compare import expect, expect_close, reference_gradients

ENTRIES = ("class Net(dim)",)


def weights_can_be_chosen(probe, rng):
    """A net whose weights the grader sets computes with them."""
    net = probe.new("Net", 3)
    weight, bias = torch.randn(3, 3, generator=rng), torch.randn(3, generator=rng)
    probe.set_state(net, {"layer.weight": weight, "layer.bias": bias})
    x = torch.randn(2, 3, generator=rng)
    expect_close(probe.call(net, x), x @ weight.T + bias, "net(x)")
    expect_close(probe.state(net)["layer.bias"], bias, "bias")
    found = probe.gradients(net, x)
    _, wanted = reference_gradients(torch.nn.functional.linear, x, weight, bias, seed=found.seed)
    expect_close(found.inputs[0], wanted[0], "gradient of x")
    expect_close(found.parameters["layer.weight"], wanted[1], "gradient of the weight")


def parameters_mode_and_attributes(probe, rng):
    """Shapes, training mode and attributes can be asked for."""
    net = probe.new("Net", 4)
    expect(probe.parameters(net)["layer.bias"] == ([4], True), "shape of the bias")
    probe.mode(net, False)
    expect(probe.attribute(net, "training") is False, "evaluation mode")
    expect("layer.weight" in probe.call((net, "state_dict")), "a method")


def errors_are_data(probe, rng):
    """What is raised can be looked at."""
    net = probe.new("Net", 3)
    error = probe.raises(net, torch.zeros(2, 5))
    expect(error is not None and "RuntimeError" in error.types, "a wrong width raises")
    expect(probe.raises(net, torch.zeros(2, 3)) is None, "a right one does not")


def a_prelude_observes(probe, rng):
    """A trusted prelude counts what only the child can see."""
    probe.prelude(
        "calls = []\n"
        "def count(make, dim, x):\n"
        "    net = make(dim)\n"
        "    net.register_forward_pre_hook(lambda *a: calls.append(1))\n"
        "    net(x), net(x)\n"
        "    return len(calls)\n"
    )
    expect(probe.call("prelude:count", probe.entry("Net"), 3, torch.zeros(1, 3)) == 2, "two calls")


def seeds_repeat(probe, rng):
    """The same seed gives the same initial weights."""
    first, second, third = (probe.state(probe.new("Net", 3, seed=s)) for s in (1, 1, 2))
    expect_close(second["layer.weight"], first["layer.weight"], "weights of seed 1")
    expect(not torch.equal(first["layer.weight"], third["layer.weight"]), "seed 2 differs")
