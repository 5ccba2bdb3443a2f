"""A task for attacks: scale(x) is three times x; whatever else comes back is wrong."""

import torch

from interviewer.compare import expect_close

ENTRIES = ("scale(x)",)


def triples_the_input(probe, rng):
    """scale(x) is 3 x."""
    x = torch.randn(4, generator=rng)
    expect_close(probe.call("scale", x), 3 * x, "scale(x)")


def triples_it_again(probe, rng):
    """scale(x) is 3 x, for another x."""
    triples_the_input(probe, rng)
