import torch


def z_loss(logits, z_loss_coef=0.001):
    """z_loss_coef times the mean, over positions, of the squared log of the softmax's normalizer.

    logits is (N, V) or (B, T, V); the vocabulary is the last axis.
    """
    raise NotImplementedError
