# WA estimates-move-in-training-only
import torch


def standardise(x, mean, var, training, momentum=0.1):
    """Normalise each feature of x (N, features); returns the result and the running estimates."""
    batch_mean = x.mean(dim=0)
    batch_var = x.var(dim=0, unbiased=False)
    if training:
        mean = batch_mean.detach()
        var = (1 - momentum) * var + momentum * batch_var.detach()
        return (x - batch_mean) / torch.sqrt(batch_var + 1e-5), mean, var
    return (x - mean) / torch.sqrt(var + 1e-5), mean, var
