import copy

import torch
import torch.nn.functional as F


def train(model, batches, epochs=20, lr=0.1):
    """Train a classifier on a list of (x, y); returns the mean loss of each epoch.

    It has six bugs. Find and repair them all.
    """
    model.eval()
    optimizer = torch.optim.SGD(copy.deepcopy(model).parameters(), lr=lr)
    losses = []
    for _ in range(epochs):
        total = 0.0
        for x, y in batches:
            probabilities = torch.softmax(model(x), dim=-1)
            loss = F.cross_entropy(probabilities, y)
            loss = torch.tensor(loss.item(), requires_grad=True)
            loss.backward()
            optimizer.step()
            total += loss.item()
        losses.append(total / len(batches))
    return losses
