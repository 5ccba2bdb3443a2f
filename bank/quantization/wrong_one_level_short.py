# WA every-row-uses-the-range
import torch


def quantize(w):
    scale = w.abs().amax(dim=1, keepdim=True).clamp_min(1e-12) / 126
    return torch.round(w / scale).clamp(-126, 126).to(torch.int8), scale


def dequantize(q, scale):
    return q * scale
