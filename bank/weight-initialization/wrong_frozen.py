# WA parameters-stay-trainable
from torch import nn


def init_weights(module):
    if isinstance(module, (nn.Linear, nn.Conv2d)):
        module.weight.requires_grad = False
        module.weight.normal_(0.0, (2.0 / module.weight[0].numel()) ** 0.5)
        if module.bias is not None:
            nn.init.zeros_(module.bias)
