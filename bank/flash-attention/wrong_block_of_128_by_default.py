# WA never-makes-the-whole-matrix
import torch


def blockwise_attention(q, k, v, block_size=128, causal=False):
    length, width = q.shape[-2:]
    out = torch.empty_like(q)
    for start in range(0, length, block_size):
        rows = slice(start, min(start + block_size, length))
        out[..., rows, :] = _attend(q[..., rows, :] / width**0.5, k, v, start, block_size, causal)
    return out


def _attend(queries, k, v, first, block_size, causal):
    largest = torch.full_like(queries[..., :1], float("-inf"))
    total = torch.zeros_like(largest)
    out = torch.zeros_like(queries)
    positions = torch.arange(first, first + queries.shape[-2])[:, None]
    end = int(positions[-1]) + 1 if causal else k.shape[-2]
    for start in range(0, end, block_size):
        keys = k[..., start : start + block_size, :]
        scores = queries @ keys.transpose(-1, -2)
        if causal:
            hidden = torch.arange(start, start + keys.shape[-2]) > positions
            scores = scores.masked_fill(hidden, float("-inf"))
        now = torch.maximum(largest, scores.amax(-1, keepdim=True))
        weights, shrink = torch.exp(scores - now), torch.exp(largest - now)
        total = shrink * total + weights.sum(-1, keepdim=True)
        out = shrink * out + weights @ v[..., start : start + block_size, :]
        largest = now
    return out / total
