# WA learns-a-batch-by-heart
import torch


def train(model, x, y, epochs=5, lr=0.1):
    """Fit a regression on all of x (N, inputs) and y (N,); returns the loss of each epoch."""
    model.train()
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    losses = []
    for _ in range(epochs):
        optimizer.zero_grad()
        predicted = model(x).mean()
        loss = ((predicted - y) ** 2).mean()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses
