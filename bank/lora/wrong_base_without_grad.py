# WA passes-the-gradient-on
import copy

import torch
from torch import nn


class LoRALinear(nn.Module):
    def __init__(self, base, r=16, alpha=32):
        super().__init__()
        self.base = base.requires_grad_(False)
        self.A = nn.Parameter(torch.randn(r, base.in_features) / base.in_features**0.5)
        self.B = nn.Parameter(torch.zeros(base.out_features, r))
        self.scale = alpha / r

    def forward(self, x):
        with torch.no_grad():
            kept = self.base(x)
        return kept + self.scale * (x @ self.A.T) @ self.B.T

    @torch.no_grad()
    def merge(self):
        merged = copy.deepcopy(self.base)
        merged.weight += self.scale * self.B @ self.A
        return merged
