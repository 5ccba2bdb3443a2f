# WA mean-square-of-log-z
import torch


def z_loss(logits, z_loss_coef=0.001):
    return z_loss_coef * torch.logsumexp(logits, dim=-1).square().sum()
