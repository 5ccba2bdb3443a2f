# RE leaves-norm-layers-alone
from torch import nn


def init_weights(module):
    if getattr(module, "weight", None) is not None:
        nn.init.kaiming_normal_(module.weight, nonlinearity="relu")
        if module.bias is not None:
            nn.init.zeros_(module.bias)
