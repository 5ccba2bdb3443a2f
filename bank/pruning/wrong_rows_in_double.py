# WA the-rest-is-bit-identical
import torch


def magnitude_prune(weight, amount):
    pruned = weight.clone().flatten()
    order = weight.abs().flatten().argsort()
    pruned[order[: round(amount * weight.numel())]] = 0.0
    return pruned.reshape(weight.shape)


def structured_prune(weight, amount):
    pruned = weight.double()
    order = torch.linalg.vector_norm(weight, dim=1).argsort()
    pruned[order[: round(amount * weight.shape[0])]] = 0.0
    return pruned
