"""Checks of the small bank's one code task."""

import torch

from interviewer.compare import expect
from interviewer.probe import Probe

ENTRIES = ("scale(scores, width)",)


def root(probe: Probe, generator: torch.Generator) -> None:
    """Divides by the square root of the width."""
    found = probe.call("scale", [2.0, 6.0], 4)
    right = isinstance(found, list) and [round(x, 6) for x in found] == [1.0, 3.0]
    expect(right, f"scale([2.0, 6.0], 4): found {found}, expected [1.0, 3.0]")
