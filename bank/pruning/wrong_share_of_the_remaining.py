# WA zeros-already-there-are-counted
import torch


def magnitude_prune(weight, amount):
    pruned = weight.clone().flatten()
    order = weight.abs().flatten().argsort()
    zeros = int((weight == 0).sum())
    pruned[order[: zeros + round(amount * (weight.numel() - zeros))]] = 0.0
    return pruned.reshape(weight.shape)


def structured_prune(weight, amount):
    pruned = weight.clone()
    order = torch.linalg.vector_norm(weight, dim=1).argsort()
    pruned[order[: round(amount * weight.shape[0])]] = 0.0
    return pruned
