# WA never-makes-the-whole-matrix
import torch


def blockwise_attention(q, k, v, block_size=64, causal=False):
    out = torch.empty_like(q)
    for b in range(q.shape[0]):
        for h in range(q.shape[1]):
            scores = q[b, h] @ k[b, h].T / q.shape[-1] ** 0.5
            if causal:
                scores = scores.masked_fill(torch.ones_like(scores).triu(1) > 0, float("-inf"))
            out[b, h] = scores.softmax(-1) @ v[b, h]
    return out
