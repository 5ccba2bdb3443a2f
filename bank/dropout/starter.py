import torch


def dropout(x, p=0.5, training=True):
    """x with elements zeroed with probability p in training, unchanged otherwise.

    What survives is scaled so that the expected value stays that of x.
    """
    raise NotImplementedError
