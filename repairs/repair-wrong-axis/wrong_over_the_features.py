# WA weighs-the-steps-by-the-query
import torch


def pooled_logits(x, query, weight):
    """Attention pooling over time, then a linear layer.

    x (batch, time, dim), query (dim,), weight (classes, dim) to logits (batch, classes).
    """
    attention = torch.softmax(x * query / query.numel() ** 0.5, dim=2)
    pooled = (attention * x).sum(dim=1)
    return pooled @ weight.T
