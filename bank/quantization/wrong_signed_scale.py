# WA scale-is-a-step-per-row
import torch


def quantize(w):
    largest = w.gather(1, w.abs().argmax(dim=1, keepdim=True))
    scale = torch.where(largest == 0, torch.ones_like(largest), largest / 127)
    return torch.round(w / scale).clamp(-127, 127).to(torch.int8), scale


def dequantize(q, scale):
    return q * scale
