# WA never-makes-the-whole-matrix
import torch
import torch.nn.functional as F


def blockwise_attention(q, k, v, block_size=64, causal=False):
    batch, heads, length, width = q.shape
    block = min(block_size, length)
    count = -(-length // block)
    blocks = [F.pad(t, (0, 0, 0, count * block - length)) for t in (q, k, v)]
    q, k, v = (t.reshape(batch, heads, count, block, width) for t in blocks)
    scores = torch.einsum("bhiqd,bhjkd->bhiqjk", q, k) / width**0.5
    place = torch.arange(count * block).reshape(count, block)
    rows, columns = place[:, :, None, None], place[None, None]
    scores = scores.masked_fill(columns >= length, float("-inf"))
    if causal:
        scores = scores.masked_fill(columns > rows, float("-inf"))
    largest = scores.amax((-1, -2), keepdim=True)
    weights = torch.exp(scores - largest)
    out = torch.einsum("bhiqjk,bhjkd->bhiqd", weights, v) / weights.sum((-1, -2))[..., None]
    return out.reshape(batch, heads, -1, width)[:, :, :length]
