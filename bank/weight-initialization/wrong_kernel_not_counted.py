# WA he-normal-on-conv2d
from torch import nn


def init_weights(module):
    if isinstance(module, (nn.Linear, nn.Conv2d)):
        fan_in = module.weight.shape[1]
        nn.init.normal_(module.weight, 0.0, (2.0 / fan_in) ** 0.5)
        if module.bias is not None:
            nn.init.zeros_(module.bias)
