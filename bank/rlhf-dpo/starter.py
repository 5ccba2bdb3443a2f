import torch


def dpo_loss(
    policy_logprobs_chosen,
    policy_logprobs_rejected,
    ref_logprobs_chosen,
    ref_logprobs_rejected,
    beta=0.1,
):
    """Mean DPO loss of a batch of pairs; each tensor is (B,), log-probabilities of answers."""
    raise NotImplementedError
