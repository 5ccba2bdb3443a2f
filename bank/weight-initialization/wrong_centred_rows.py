# WA activations-keep-their-scale
import torch
from torch import nn


def init_weights(module):
    if isinstance(module, (nn.Linear, nn.Conv2d)):
        nn.init.kaiming_normal_(module.weight, nonlinearity="relu")
        with torch.no_grad():
            rows = module.weight.flatten(1)
            rows -= rows.mean(dim=1, keepdim=True)
        if module.bias is not None:
            nn.init.zeros_(module.bias)
