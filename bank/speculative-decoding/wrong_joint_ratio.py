# WA token-is-kept-while-u-is-below-the-ratio
def speculative_accept(draft_probs, target_probs, draft_tokens, u):
    k = draft_tokens.shape[0]
    ratio = 1.0
    for i in range(k):
        ratio *= float(target_probs[i, draft_tokens[i]] / draft_probs[i, draft_tokens[i]])
        if u[i] >= min(1.0, ratio):
            residual = (target_probs[i] - draft_probs[i]).clamp(min=0)
            return i, residual / residual.sum()
    return k, target_probs[k]
