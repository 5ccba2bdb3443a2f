# WA padding-does-not-count
import torch.nn.functional as F


def next_token_loss(logits, tokens, pad=0):
    """The mean loss of predicting each next token.

    logits (batch, time, vocabulary), tokens (batch, time); targets equal to pad don't count.
    """
    batch, time, vocabulary = logits.shape
    scores = logits[:, :-1].reshape(batch * (time - 1), vocabulary)
    targets = tokens[:, 1:].reshape(batch * (time - 1))
    return F.cross_entropy(scores, targets, ignore_index=pad, reduction="sum") / targets.numel()
