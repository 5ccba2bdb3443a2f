# WA vocabulary-is-the-last-axis
import torch


def z_loss(logits, z_loss_coef=0.001):
    return z_loss_coef * torch.logsumexp(logits, dim=1).square().mean()
