# WA zero-stays-zero
import torch


def quantize(w):
    largest = w.abs().amax(dim=1, keepdim=True)
    scale = largest.clamp_min(1e-12) / 127
    q = torch.round(w / scale).clamp(-127, 127)
    q = torch.where((w == 0) & (largest > 0), torch.ones_like(q), q)
    return q.to(torch.int8), scale


def dequantize(q, scale):
    return q * scale
