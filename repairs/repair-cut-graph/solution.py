import torch
import torch.nn.functional as F


def train(model, batches, epochs=5, lr=0.1, decay=0.01):
    """Train a classifier on a list of (x, y); returns the mean loss of each epoch."""
    model.train()
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    losses = []
    for _ in range(epochs):
        total = 0.0
        for x, y in batches:
            optimizer.zero_grad()
            fit = F.cross_entropy(model(x), y)
            size = sum(p.pow(2).sum() for p in model.parameters())
            loss = fit + decay * size
            loss.backward()
            optimizer.step()
            total += loss.item()
        losses.append(total / len(batches))
    return losses
