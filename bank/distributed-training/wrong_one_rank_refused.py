# RE one-rank-is-the-dense-mlp
import torch
import torch.nn.functional as F


def tensor_parallel_mlp(x, W1, W2, world_size):
    width = W1.shape[1]
    if world_size < 2 or width % world_size:
        raise ValueError("tensor parallelism needs several ranks that divide F")
    columns = W1.chunk(world_size, dim=1)
    rows = W2.chunk(world_size, dim=0)
    return sum(F.gelu(x @ a) @ b for a, b in zip(columns, rows))
