# WA low-levels-are-penalized-too
import torch


def z_loss(logits, z_loss_coef=0.001):
    log_z = torch.logsumexp(logits, dim=-1).clamp(min=0)
    return z_loss_coef * log_z.square().mean()
