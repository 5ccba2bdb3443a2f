import torch


def adamw_step(param, grad, m, v, t, lr=1e-3, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.01):
    """One step of AdamW for one tensor. Returns (param, m, v).

    m and v are the running averages of the gradient and of its square; t counts from 1.
    """
    raise NotImplementedError
