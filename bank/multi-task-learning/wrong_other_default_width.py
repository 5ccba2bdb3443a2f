# WA backbone-grows-with-d-model
from torch import nn
from torch.nn import functional as F


class MultiTaskModel(nn.Module):
    def __init__(self, d_model=256, n_classes_task1=3, n_classes_task2=5):
        super().__init__()
        self.backbone = nn.Sequential(nn.Linear(100, d_model), nn.ReLU())
        self.head1 = nn.Linear(d_model, n_classes_task1)
        self.head2 = nn.Linear(d_model, n_classes_task2)

    def forward(self, x):
        features = self.backbone(x)
        return self.head1(features), self.head2(features)


def mtl_loss(logits1, logits2, y1, y2, lambda1=1.0, lambda2=0.5):
    return lambda1 * F.cross_entropy(logits1, y1) + lambda2 * F.cross_entropy(logits2, y2)
