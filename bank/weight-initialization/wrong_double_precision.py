# WA parameters-stay-trainable
import numpy as np
import torch
from torch import nn


def init_weights(module):
    if isinstance(module, (nn.Linear, nn.Conv2d)):
        std = (2.0 / module.weight[0].numel()) ** 0.5
        values = np.random.normal(0.0, std, tuple(module.weight.shape))
        module.weight = nn.Parameter(torch.from_numpy(values))
        if module.bias is not None:
            nn.init.zeros_(module.bias)
