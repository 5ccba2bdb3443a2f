# WA units-start-out-different
import torch
from torch import nn


def init_weights(module):
    if isinstance(module, (nn.Linear, nn.Conv2d)):
        nn.init.kaiming_normal_(module.weight, nonlinearity="relu")
        half = module.weight.shape[0] // 2
        with torch.no_grad():
            module.weight[half : 2 * half] = module.weight[:half].clone()
        if module.bias is not None:
            nn.init.zeros_(module.bias)
