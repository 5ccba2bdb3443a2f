import torch


def self_attention(x, W_q, W_k, W_v, mask=None):
    """Single-head self-attention: x is (B, T, D), the three weights are (D, d_k).

    mask is (T, T) or (B, T, T), bool, integer or float; 0 hides a key from a query.
    Returns (B, T, d_k).
    """
    raise NotImplementedError
