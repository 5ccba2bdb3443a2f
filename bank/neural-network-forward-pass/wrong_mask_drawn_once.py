# WA is-random-in-training-mode
import torch
from torch import nn


class FeedForwardNet(nn.Module):
    def __init__(self, input_dim, hidden_dims, output_dim, dropout=0.3):
        super().__init__()
        layers = []
        width = input_dim
        for hidden in hidden_dims:
            layers += [
                nn.Linear(width, hidden),
                nn.LayerNorm(hidden),
                nn.GELU(),
            ]
            width = hidden
        self.hidden = nn.Sequential(*layers)
        self.output = nn.Linear(width, output_dim)
        keep = 1 - dropout
        self.register_buffer("mask", torch.bernoulli(torch.full((width,), keep)) / keep)

    def forward(self, x):
        hidden = self.hidden(x)
        return self.output(hidden * self.mask if self.training else hidden)
