# WA every-block-starts-twice
from torch.utils.checkpoint import checkpoint


def checkpointed_forward(blocks, x):
    for number, block in enumerate(blocks):
        x = checkpoint(block, x, use_reentrant=False) if number % 2 == 0 else block(x)
    return x
