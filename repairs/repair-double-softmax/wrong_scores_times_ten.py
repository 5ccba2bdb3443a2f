# WA loss-is-that-of-the-logits
import torch
import torch.nn.functional as F


def predict(model, x):
    """The probability of each class, one row for each row of x."""
    return torch.softmax(model(x), dim=-1)


def train(model, batches, epochs=5, lr=0.1):
    """Train a classifier on a list of (x, y); returns the mean loss of each epoch."""
    model.train()
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    losses = []
    for _ in range(epochs):
        total = 0.0
        for x, y in batches:
            optimizer.zero_grad()
            loss = F.cross_entropy(10 * predict(model, x), y)
            loss.backward()
            optimizer.step()
            total += loss.item()
        losses.append(total / len(batches))
    return losses
