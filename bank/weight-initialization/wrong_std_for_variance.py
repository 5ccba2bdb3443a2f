# WA he-normal-on-linear
from torch import nn


def init_weights(module):
    if isinstance(module, (nn.Linear, nn.Conv2d)):
        fan_in = module.weight[0].numel()
        nn.init.normal_(module.weight, 0.0, 2.0 / fan_in)
        if module.bias is not None:
            nn.init.zeros_(module.bias)
