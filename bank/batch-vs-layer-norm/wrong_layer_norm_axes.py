# WA normalises-each-channel
import torch


def batch_norm(x, gamma, beta, running_mean, running_var, training, momentum=0.1, eps=1e-5):
    axes = [0] if x.dim() == 2 else [0]
    shape = [1, -1] + [1] * (x.dim() - 2)
    if training:
        mean = x.mean(dim=axes)
        if x.dim() == 4:
            mean = mean.mean(dim=(1, 2))
        var = x.var(dim=axes, unbiased=False)
        if x.dim() == 4:
            var = var.mean(dim=(1, 2))
        count = x.numel() / x.shape[1]
        with torch.no_grad():
            running_mean = (1 - momentum) * running_mean + momentum * mean
            unbiased = var * count / (count - 1)
            running_var = (1 - momentum) * running_var + momentum * unbiased
    else:
        mean, var = running_mean, running_var
    out = (x - mean.view(shape)) / torch.sqrt(var.view(shape) + eps)
    return out * gamma.view(shape) + beta.view(shape), running_mean, running_var
