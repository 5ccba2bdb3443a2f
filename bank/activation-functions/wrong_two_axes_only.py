# RE takes-any-leading-axes
import torch
from torch import nn
from torch.nn import functional as F


class SwiGLU(nn.Module):
    def __init__(self, dim):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(dim, 2 * dim) / dim**0.5)

    def forward(self, x):
        gate, value = torch.mm(x, self.weight).chunk(2, dim=1)
        return F.silu(gate) * value
