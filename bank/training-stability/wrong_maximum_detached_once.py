# WA gradient-is-right
import torch


def z_loss(logits, z_loss_coef=0.001):
    top = logits.amax(dim=-1, keepdim=True)
    log_z = top.detach().squeeze(-1) + (logits - top).exp().sum(dim=-1).log()
    return z_loss_coef * log_z.square().mean()
