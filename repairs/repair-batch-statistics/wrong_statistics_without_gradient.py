# WA training-uses-the-batch
import torch


def standardise(x, mean, var, training, momentum=0.1):
    """Normalise each feature of x (N, features); returns the result and the running estimates."""
    batch_mean = x.mean(dim=0)
    batch_var = x.var(dim=0, unbiased=False)
    if training:
        mean = (1 - momentum) * mean + momentum * batch_mean.detach()
        var = (1 - momentum) * var + momentum * batch_var.detach()
        return (x - batch_mean.detach()) / torch.sqrt(batch_var.detach() + 1e-5), mean, var
    return (x - mean) / torch.sqrt(var + 1e-5), mean, var
