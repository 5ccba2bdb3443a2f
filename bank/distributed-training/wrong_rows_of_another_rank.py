# WA many-ranks-equal-the-dense-mlp
import torch
import torch.nn.functional as F


def tensor_parallel_mlp(x, W1, W2, world_size):
    width = W1.shape[1]
    if width % world_size:
        raise ValueError(f"{world_size} ranks cannot share {width} hidden units equally")
    out = torch.zeros_like(x)
    for rank in range(world_size):
        n = width // world_size
        out += F.gelu(x @ W1[:, rank * n : (rank + 1) * n]) @ W2[rank::world_size]
    return out
