# WA arguments-are-left-alone
import torch
import torch.nn.functional as F


def tensor_parallel_mlp(x, W1, W2, world_size):
    width = W1.shape[1]
    if width % world_size:
        raise ValueError(f"{world_size} ranks cannot share {width} hidden units equally")
    columns = W1.chunk(world_size, dim=1)
    rows = W2.chunk(world_size, dim=0)
    out = sum(F.gelu(x @ a) @ b for a, b in zip(columns, rows))
    return x.copy_(out)
