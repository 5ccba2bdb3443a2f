# WA structured-takes-the-least-norm
import torch


def magnitude_prune(weight, amount):
    pruned = weight.clone().flatten()
    order = weight.abs().flatten().argsort()
    pruned[order[: round(amount * weight.numel())]] = 0.0
    return pruned.reshape(weight.shape)


def structured_prune(weight, amount):
    pruned = weight.clone()
    order = weight.abs().sum(dim=1).argsort()
    pruned[order[: round(amount * weight.shape[0])]] = 0.0
    return pruned
