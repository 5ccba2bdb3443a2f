import torch


def pooled_logits(x, query, weight):
    """Attention pooling over time, then a linear layer.

    x (batch, time, dim), query (dim,), weight (classes, dim) to logits (batch, classes).
    """
    scores = x @ query / query.numel() ** 0.5
    attention = torch.softmax(scores, dim=0)
    pooled = (attention.unsqueeze(-1) * x).sum(dim=1)
    return pooled @ weight.T
