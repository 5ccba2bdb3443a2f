# WA first-rejection-ends-it
import torch


def speculative_accept(draft_probs, target_probs, draft_tokens, u):
    k = draft_tokens.shape[0]
    rows = torch.arange(k)
    passed = u < target_probs[rows, draft_tokens] / draft_probs[rows, draft_tokens]
    if passed.all():
        return k, target_probs[k]
    first = int((~passed).nonzero()[0])
    residual = torch.relu(target_probs[first] - draft_probs[first])
    return int(passed.sum()), residual / residual.sum()
