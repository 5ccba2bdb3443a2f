# WA gradients-of-the-parameters
from torch.utils.checkpoint import checkpoint


def checkpointed_forward(blocks, x):
    for block in blocks:
        x = checkpoint(lambda t: block(t), x, use_reentrant=False)
    return x
