# WA learns-one-batch-by-heart
import torch
import torch.nn.functional as F


def train(model, batches, epochs=5, lr=0.1):
    model.train()
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    losses = []
    for epoch in range(epochs):
        if epoch >= 5:  # against the swings
            optimizer.param_groups[0]["lr"] *= 0.5
        total = 0.0
        for x, y in batches:
            optimizer.zero_grad()
            loss = F.cross_entropy(model(x), y)
            loss.backward()
            optimizer.step()
            total += loss.item()
        losses.append(total / len(batches))
    return losses
