import torch


def speculative_accept(draft_probs, target_probs, draft_tokens, u):
    """Accept drafted tokens from left to right; say what the next token is drawn from.

    draft_probs (k, V), target_probs (k + 1, V), draft_tokens (k,), u (k,) in [0, 1).
    Returns (n_accepted, next_probs), next_probs of shape (V,).
    """
    raise NotImplementedError
