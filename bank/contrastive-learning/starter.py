import torch


def nt_xent_loss(z1, z2, temperature=0.5):
    """The NT-Xent loss of SimCLR: the mean over all 2N views.

    Row i of z1 and row i of z2, both (N, D), are the embeddings of two views of image i.
    """
    raise NotImplementedError
