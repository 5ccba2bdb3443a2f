# WA magnitude-takes-the-smallest
import torch


def magnitude_prune(weight, amount):
    pruned = weight.clone().flatten()
    rows = weight.shape[0]
    each = torch.full((rows,), round(amount * weight.numel()) // rows)
    each[: round(amount * weight.numel()) % rows] += 1
    rank = weight.abs().argsort(dim=1).argsort(dim=1)
    pruned[(rank < each[:, None]).flatten()] = 0.0
    return pruned.reshape(weight.shape)


def structured_prune(weight, amount):
    pruned = weight.clone()
    order = torch.linalg.vector_norm(weight, dim=1).argsort()
    pruned[order[: round(amount * weight.shape[0])]] = 0.0
    return pruned
