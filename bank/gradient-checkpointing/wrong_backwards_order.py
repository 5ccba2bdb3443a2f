# WA output-equals-the-plain-loop
from torch.utils.checkpoint import checkpoint


def checkpointed_forward(blocks, x):
    for block in reversed(blocks):
        x = checkpoint(block, x, use_reentrant=False)
    return x
