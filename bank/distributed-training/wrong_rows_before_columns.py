# WA no-product-with-a-full-weight
import torch
import torch.nn.functional as F


def tensor_parallel_mlp(x, W1, W2, world_size):
    width = W1.shape[1]
    if width % world_size:
        raise ValueError(f"{world_size} ranks cannot share {width} hidden units equally")
    hidden = sum(a @ b for a, b in zip(x.tensor_split(world_size, 1), W1.tensor_split(world_size)))
    hidden = F.gelu(hidden)
    return torch.cat([hidden @ b for b in W2.tensor_split(world_size, 1)], dim=1)
