# WA every-parameter-takes-its-step
import torch
import torch.nn.functional as F


def train(model, batches, epochs=5, lr=0.1):
    """Train a classifier with a step written by hand; returns the mean loss of each epoch."""
    model.train()
    losses = []
    for _ in range(epochs):
        total = 0.0
        for x, y in batches:
            model.zero_grad()
            loss = F.cross_entropy(model(x), y)
            loss.backward()
            with torch.no_grad():
                for p in model.parameters():
                    p = p - lr * p.grad
            total += loss.item()
        losses.append(total / len(batches))
    return losses
