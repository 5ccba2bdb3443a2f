# WA handles-rectangles
import torch.nn.functional as F


def conv2d(x, weight, bias=None, stride=1, padding=0):
    patches = F.unfold(x, weight.shape[2:], stride=stride, padding=padding)
    out = weight.flatten(1) @ patches
    if bias is not None:
        out = out + bias[:, None]
    height = (x.shape[2] + 2 * padding - weight.shape[2]) // stride + 1
    width = (x.shape[3] + 2 * padding - weight.shape[3]) // stride + 1
    return out.view(len(x), len(weight), width, height)


def receptive_field(layers):
    size, step = 1, 1
    for kernel, stride in layers:
        size += (kernel - 1) * step
        step *= stride
    return size
