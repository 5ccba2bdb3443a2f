# WA rows-of-zeros-are-safe
import torch


def quantize(w):
    largest = w.abs().amax(dim=1, keepdim=True)
    scale = torch.where(largest > 0, largest / 127, torch.inf)
    return torch.round(w / scale).clamp(-127, 127).to(torch.int8), scale


def dequantize(q, scale):
    return q * scale
