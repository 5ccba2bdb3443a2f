# WA gradient-of-the-input
import torch


def checkpointed_forward(blocks, x):
    with torch.no_grad():
        for block in blocks:
            x = block(x)
    return x
