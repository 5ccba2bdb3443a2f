# WA has-two-projections-and-no-more
from torch import nn
from torch.nn import functional as F


class SwiGLU(nn.Module):
    def __init__(self, dim):
        super().__init__()
        self.proj = nn.Linear(dim, 2 * dim)
        self.out = nn.Linear(dim, dim)

    def forward(self, x):
        gate, value = self.proj(x).chunk(2, dim=-1)
        return F.silu(gate) * value
