# WA less-is-held-for-backward
import torch


def checkpointed_forward(blocks, x):
    for block in blocks:
        random = torch.get_rng_state()
        with torch.no_grad():
            block(x)
        torch.set_rng_state(random)
        x = block(x)
    return x
