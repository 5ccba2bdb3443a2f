# WA new-cell-state
import torch

state = {}


def lstm_cell(x, h, c, W_ih, W_hh, b_ih, b_hh):
    c = state.get("c", c)
    gates = x @ W_ih.T + b_ih + h @ W_hh.T + b_hh
    i, f, g, o = gates.chunk(4, dim=1)
    c = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(g)
    state["c"] = c.detach()
    return torch.sigmoid(o) * torch.tanh(c), c
