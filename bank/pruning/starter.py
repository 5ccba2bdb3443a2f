import torch


def magnitude_prune(weight, amount):
    """A copy of weight with its round(amount * weight.numel()) smallest entries set to zero."""
    raise NotImplementedError


def structured_prune(weight, amount):
    """A copy of weight with its round(amount * rows) rows of least L2 norm set to zero."""
    raise NotImplementedError
