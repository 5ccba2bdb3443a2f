import torch


def clip_grad_norm(parameters, max_norm):
    """Clip the gradients of all parameters by their global L2 norm.

    Returns the total norm before clipping; each p.grad holds the clipped gradient afterwards.
    """
    raise NotImplementedError
