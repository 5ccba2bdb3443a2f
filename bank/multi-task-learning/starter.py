import torch
from torch import nn


class MultiTaskModel(nn.Module):
    """One shared backbone over 100 features, and a head for each of two classification tasks."""

    def __init__(self, d_model=512, n_classes_task1=3, n_classes_task2=5):
        super().__init__()
        raise NotImplementedError

    def forward(self, x: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """(B, 100) to raw logits (B, n_classes_task1) and (B, n_classes_task2)."""
        raise NotImplementedError


def mtl_loss(logits1, logits2, y1, y2, lambda1=1.0, lambda2=0.5):
    """lambda1 times the first task's cross-entropy plus lambda2 times the second's."""
    raise NotImplementedError
