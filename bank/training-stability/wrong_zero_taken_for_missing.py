# WA coefficient-scales-the-loss
import torch


def z_loss(logits, z_loss_coef=0.001):
    coefficient = z_loss_coef or 0.001
    return coefficient * torch.logsumexp(logits, dim=-1).square().mean()
