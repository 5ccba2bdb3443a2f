# WA is-deterministic-in-evaluation-mode
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
        self.dropout = dropout if hidden_dims else 0.0

    def forward(self, x):
        return self.output(nn.functional.dropout(self.hidden(x), self.dropout))
