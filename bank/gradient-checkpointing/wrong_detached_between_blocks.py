# WA gradients-of-the-parameters
from torch.utils.checkpoint import checkpoint


def checkpointed_forward(blocks, x):
    for block in blocks:
        x = checkpoint(block, x.detach().requires_grad_(True), use_reentrant=False)
    return x
