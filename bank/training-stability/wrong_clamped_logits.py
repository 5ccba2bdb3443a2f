# WA high-levels-stay-exact
import torch


def z_loss(logits, z_loss_coef=0.001):
    log_z = torch.logsumexp(logits.clamp(-80, 80), dim=-1)
    return z_loss_coef * log_z.square().mean()
