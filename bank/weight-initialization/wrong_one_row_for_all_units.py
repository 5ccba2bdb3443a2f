# WA units-start-out-different
import torch
from torch import nn


def init_weights(module):
    if isinstance(module, (nn.Linear, nn.Conv2d)):
        fan_in = module.weight[0].numel()
        row = torch.randn_like(module.weight[:1]) * (2.0 / fan_in) ** 0.5
        with torch.no_grad():
            module.weight.copy_(row.expand_as(module.weight))
            if module.bias is not None:
                module.bias.zero_()
