# WA dropout-stays-random
from torch.utils.checkpoint import checkpoint


def checkpointed_forward(blocks, x):
    for block in blocks:
        block.eval()
        x = checkpoint(block, x, use_reentrant=False)
    return x
