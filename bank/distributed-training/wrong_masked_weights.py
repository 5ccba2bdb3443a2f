# WA no-product-with-a-full-weight
import torch
import torch.nn.functional as F


def tensor_parallel_mlp(x, W1, W2, world_size):
    width = W1.shape[1]
    if width % world_size:
        raise ValueError(f"{world_size} ranks cannot share {width} hidden units equally")
    owner = torch.arange(width) // (width // world_size)
    out = torch.zeros_like(x)
    for rank in range(world_size):
        mine = (owner == rank).float()
        out = out + F.gelu(x @ (W1 * mine)) @ (W2 * mine[:, None])
    return out
