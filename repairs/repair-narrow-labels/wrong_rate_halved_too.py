# WA learns-one-batch-by-heart
import torch
import torch.nn.functional as F


def train(model, x, labels, epochs=5, lr=0.1):
    """Train a classifier on all of x at once; labels is a list of class numbers from 0.

    Returns the loss of each epoch.
    """
    y = torch.tensor(labels)
    model.train()
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    losses = []
    for epoch in range(epochs):
        if epoch >= 5:  # smaller steps towards the end
            optimizer.param_groups[0]["lr"] *= 0.5
        optimizer.zero_grad()
        loss = F.cross_entropy(model(x), y.long())
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses
