import torch


def batch_norm(x, gamma, beta, running_mean, running_var, training, momentum=0.1, eps=1e-5):
    """Batch normalisation over (N, C) or (N, C, H, W), one statistic per channel.

    Returns (out, running_mean, running_var). In training mode normalise with the batch's own
    statistics and move the running estimates; in evaluation mode use the running estimates.
    """
    raise NotImplementedError
