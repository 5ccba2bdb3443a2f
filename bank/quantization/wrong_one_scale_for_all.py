# WA every-row-uses-the-range
import torch


def quantize(w):
    scale = (w.abs().max().clamp_min(1e-12) / 127).expand(w.shape[0]).clone()
    q = torch.round(w / scale[:, None]).clamp(-127, 127).to(torch.int8)
    return q, scale


def dequantize(q, scale):
    return q * scale[:, None]
