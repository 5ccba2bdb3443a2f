# WA dequantize-multiplies-by-the-step
import torch


def quantize(w):
    scale = w.abs().amax(dim=1).clamp_min(1e-12) / 127
    return torch.round(w / scale[:, None]).clamp(-127, 127).to(torch.int8), scale


def dequantize(q, scale):
    return q * scale
