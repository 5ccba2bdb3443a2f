# RE steps-at-any-shape
import math

import torch


def adamw_step(param, grad, m, v, t, lr=1e-3, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.01):
    beta1, beta2 = betas
    weights, firsts, seconds = [], [], []
    for w, g, first, second in zip(param, grad, m, v):
        first = beta1 * float(first) + (1 - beta1) * float(g)
        second = beta2 * float(second) + (1 - beta2) * float(g) ** 2
        m_hat = first / (1 - beta1**t)
        v_hat = second / (1 - beta2**t)
        w = float(w) * (1 - lr * weight_decay)
        weights.append(w - lr * m_hat / (math.sqrt(v_hat) + eps))
        firsts.append(first)
        seconds.append(second)
    return torch.tensor(weights), torch.tensor(firsts), torch.tensor(seconds)
