# WA arguments-are-left-alone
import torch


def quantize(w):
    scale = w.abs().amax(dim=1, keepdim=True).clamp_min(1e-12) / 127
    return w.div_(scale).round_().clamp_(-127, 127).to(torch.int8), scale


def dequantize(q, scale):
    return q * scale
