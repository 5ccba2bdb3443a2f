# WA uneven-split-is-a-value-error
import torch
import torch.nn.functional as F


def tensor_parallel_mlp(x, W1, W2, world_size):
    assert W1.shape[1] % world_size == 0, "world_size must divide F"
    columns = W1.chunk(world_size, dim=1)
    rows = W2.chunk(world_size, dim=0)
    return sum(F.gelu(x @ a) @ b for a, b in zip(columns, rows))
