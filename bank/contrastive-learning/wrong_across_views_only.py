# WA matches-nt-xent
import torch
import torch.nn.functional as F


def nt_xent_loss(z1, z2, temperature=0.5):
    logits = F.normalize(z1, dim=1) @ F.normalize(z2, dim=1).T / temperature
    labels = torch.arange(z1.shape[0], device=z1.device)
    return (F.cross_entropy(logits, labels) + F.cross_entropy(logits.T, labels)) / 2
