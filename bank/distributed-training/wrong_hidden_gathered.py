# WA no-product-with-a-full-weight
import torch
import torch.nn.functional as F


def tensor_parallel_mlp(x, W1, W2, world_size):
    width = W1.shape[1]
    if width % world_size:
        raise ValueError(f"{world_size} ranks cannot share {width} hidden units equally")
    hidden = torch.cat([F.gelu(x @ a) for a in W1.chunk(world_size, dim=1)], dim=1)
    return hidden @ W2
