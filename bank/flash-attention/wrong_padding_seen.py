# WA length-need-not-be-a-multiple
import torch
import torch.nn.functional as F


def blockwise_attention(q, k, v, block_size=64, causal=False):
    length, width = q.shape[-2:]
    k, v = (F.pad(t, (0, 0, 0, -length % block_size if length > block_size else 0)) for t in (k, v))
    positions = torch.arange(length)[:, None]
    largest = torch.full_like(q[..., :1], float("-inf"))
    total, out = torch.zeros_like(largest), torch.zeros_like(q)
    for start in range(0, k.shape[-2], block_size):
        keys, values = (t[..., start : start + block_size, :] for t in (k, v))
        scores = q @ keys.transpose(-1, -2) / width**0.5
        if causal:
            hidden = torch.arange(start, start + keys.shape[-2]) > positions
            scores = scores.masked_fill(hidden, float("-inf"))
        now = torch.maximum(largest, scores.amax(-1, keepdim=True))
        weights, shrink = torch.exp(scores - now), torch.exp(largest - now)
        total = shrink * total + weights.sum(-1, keepdim=True)
        out = shrink * out + weights @ values
        largest = now
    return out / total
