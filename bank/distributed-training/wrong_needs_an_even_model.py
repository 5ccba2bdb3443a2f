# RE many-ranks-equal-the-dense-mlp
import torch
import torch.nn.functional as F


def tensor_parallel_mlp(x, W1, W2, world_size):
    width = W1.shape[1]
    if width % world_size:
        raise ValueError(f"{world_size} ranks cannot share {width} hidden units equally")
    if x.shape[1] % world_size:
        raise ValueError("world_size must divide D")
    columns = W1.chunk(world_size, dim=1)
    rows = W2.chunk(world_size, dim=0)
    return sum(F.gelu(x @ a) @ b for a, b in zip(columns, rows))
