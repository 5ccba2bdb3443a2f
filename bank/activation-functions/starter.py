import torch
from torch import nn


class SwiGLU(nn.Module):
    """Two projections of the input, (..., dim) to (..., dim), one gated by SiLU of the other."""

    def __init__(self, dim):
        super().__init__()

    def forward(self, x):
        raise NotImplementedError
