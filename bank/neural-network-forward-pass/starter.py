from torch import nn


class FeedForwardNet(nn.Module):
    """A feed-forward classifier with one hidden layer per entry of `hidden_dims`.

    Takes (B, input_dim) and returns (B, output_dim) raw logits. Dropout acts in training mode only.
    """

    def __init__(self, input_dim, hidden_dims, output_dim, dropout=0.3):
        super().__init__()

    def forward(self, x):
        raise NotImplementedError
