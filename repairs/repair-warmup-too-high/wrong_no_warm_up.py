# WA rate-rises-to-lr
import torch
import torch.nn.functional as F


def train(model, batches, epochs=5, lr=0.1, warmup=10):
    """Train a classifier, the rate rising to lr over `warmup` steps; mean loss of each epoch."""
    model.train()
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    losses, step = [], 0
    for _ in range(epochs):
        total = 0.0
        for x, y in batches:
            step += 1
            for group in optimizer.param_groups:
                group["lr"] = lr
            optimizer.zero_grad()
            loss = F.cross_entropy(model(x), y)
            loss.backward()
            optimizer.step()
            total += loss.item()
        losses.append(total / len(batches))
    return losses
