# WA logits-are-left-alone
import torch


def z_loss(logits, z_loss_coef=0.001):
    top = logits.data.amax(dim=-1, keepdim=True)
    logits.data.sub_(top)
    log_z = top.squeeze(-1) + torch.logsumexp(logits, dim=-1)
    return z_loss_coef * log_z.square().mean()
