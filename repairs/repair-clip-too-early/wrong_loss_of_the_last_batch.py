# WA short-gradients-stay
import torch
import torch.nn.functional as F


def train(model, batches, epochs=5, lr=0.1, max_norm=1.0):
    """Train a classifier with clipped gradients; returns the mean loss of each epoch."""
    model.train()
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    losses = []
    for _ in range(epochs):
        total = 0.0
        for x, y in batches:
            optimizer.zero_grad()
            loss = F.cross_entropy(model(x), y)
            loss.backward()
            torch.nn.utils.clip_grad_norm_(model.parameters(), max_norm)
            optimizer.step()
            total += loss.item()
        losses.append(loss.item())
    return losses
