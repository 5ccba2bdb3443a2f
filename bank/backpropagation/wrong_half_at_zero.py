# WA units-that-are-off-pass-nothing
import torch


def manual_backward(x, W1, b1, W2, y):
    z = W1 @ x + b1
    h = torch.relu(z)
    error = W2 @ h - y
    loss = (error**2).sum()

    d_y_hat = 2 * error
    dW2 = torch.outer(d_y_hat, h)
    d_h = W2.T @ d_y_hat
    d_z = d_h * ((torch.sign(z) + 1) / 2)
    return loss, torch.outer(d_z, x), d_z, dW2
