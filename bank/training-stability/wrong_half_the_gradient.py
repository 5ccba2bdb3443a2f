# WA gradient-is-right
import torch


def z_loss(logits, z_loss_coef=0.001):
    log_z = torch.logsumexp(logits, dim=-1)
    return z_loss_coef * (log_z.detach() * log_z).mean()
