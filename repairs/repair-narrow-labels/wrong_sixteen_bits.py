# RE large-classes-keep-their-number
import torch
import torch.nn.functional as F


def train(model, x, labels, epochs=5, lr=0.1):
    """Train a classifier on all of x at once; labels is a list of class numbers from 0.

    Returns the loss of each epoch.
    """
    y = torch.tensor(labels).to(torch.int16)
    model.train()
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    losses = []
    for _ in range(epochs):
        optimizer.zero_grad()
        loss = F.cross_entropy(model(x), y.long())
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses
