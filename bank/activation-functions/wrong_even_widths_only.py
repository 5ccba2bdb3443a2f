# WA keeps-the-shape
from torch import nn
from torch.nn import functional as F


class SwiGLU(nn.Module):
    def __init__(self, dim):
        super().__init__()
        self.proj = nn.Linear(dim, 4 * (dim // 2))

    def forward(self, x):
        gate, value = self.proj(x).chunk(2, dim=-1)
        return F.silu(gate) * value
