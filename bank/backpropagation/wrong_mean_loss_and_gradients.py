# WA loss-is-a-sum-of-squares
import torch


def manual_backward(x, W1, b1, W2, y):
    z = W1 @ x + b1
    h = torch.relu(z)
    error = W2 @ h - y
    loss = (error**2).mean()

    d_y_hat = 2 * error / error.numel()
    dW2 = torch.outer(d_y_hat, h)
    d_h = W2.T @ d_y_hat
    d_z = d_h * (z > 0)
    return loss, torch.outer(d_z, x), d_z, dW2
