# WA predicts-the-next-token
import torch.nn.functional as F


def next_token_loss(logits, tokens, pad=0):
    """The mean loss of predicting each next token.

    logits (batch, time, vocabulary), tokens (batch, time); targets equal to pad don't count.
    """
    batch, time, vocabulary = logits.shape
    scores = logits[:, :-2].reshape(batch * (time - 2), vocabulary)
    targets = tokens[:, 2:].reshape(batch * (time - 2))
    return F.cross_entropy(scores, targets, ignore_index=pad)
