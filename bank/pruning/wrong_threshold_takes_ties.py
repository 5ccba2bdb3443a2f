# WA ties-do-not-change-the-number
import torch


def magnitude_prune(weight, amount):
    pruned = weight.clone().flatten()
    number = round(amount * weight.numel())
    if number:
        threshold = weight.abs().flatten().kthvalue(number).values
        pruned[pruned.abs() <= threshold] = 0.0
    return pruned.reshape(weight.shape)


def structured_prune(weight, amount):
    pruned = weight.clone()
    order = torch.linalg.vector_norm(weight, dim=1).argsort()
    pruned[order[: round(amount * weight.shape[0])]] = 0.0
    return pruned
