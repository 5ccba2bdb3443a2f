# WA every-block-starts-twice
import torch


def checkpointed_forward(blocks, x):
    def pack(tensor):
        return tensor.tolist(), tensor.dtype

    def unpack(packed):
        return torch.tensor(packed[0], dtype=packed[1])

    with torch.autograd.graph.saved_tensors_hooks(pack, unpack):
        for block in blocks:
            x = block(x)
    return x
