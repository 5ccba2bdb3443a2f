# WA follows-the-dropout-argument
from torch import nn


class FeedForwardNet(nn.Module):
    def __init__(self, input_dim, hidden_dims, output_dim, dropout=0.5):
        super().__init__()
        layers = []
        width = input_dim
        for hidden in hidden_dims:
            layers += [
                nn.Linear(width, hidden),
                nn.LayerNorm(hidden),
                nn.GELU(),
                nn.Dropout(dropout),
            ]
            width = hidden
        self.hidden = nn.Sequential(*layers)
        self.output = nn.Linear(width, output_dim)

    def forward(self, x):
        return self.output(self.hidden(x))
