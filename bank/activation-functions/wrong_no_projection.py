# WA keeps-the-shape
from torch import nn
from torch.nn import functional as F


class SwiGLU(nn.Module):
    def __init__(self, dim):
        super().__init__()
        self.dim = dim

    def forward(self, x):
        gate, value = x[..., : self.dim // 2], x[..., self.dim // 2 :]
        return F.silu(gate) * value
