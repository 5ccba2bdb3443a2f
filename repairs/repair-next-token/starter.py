import torch.nn.functional as F


def next_token_loss(logits, tokens, pad=0):
    """The mean loss of predicting each next token.

    logits (batch, time, vocabulary), tokens (batch, time); targets equal to pad don't count.
    """
    batch, time, vocabulary = logits.shape
    scores = logits.reshape(batch * time, vocabulary)
    targets = tokens.reshape(batch * time)
    return F.cross_entropy(scores, targets, ignore_index=pad)
