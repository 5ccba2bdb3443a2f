# WA pairs-are-averaged
import torch
import torch.nn.functional as F


def dpo_loss(
    policy_logprobs_chosen,
    policy_logprobs_rejected,
    ref_logprobs_chosen,
    ref_logprobs_rejected,
    beta=0.1,
):
    policy_margin = policy_logprobs_chosen - policy_logprobs_rejected
    ref_margin = ref_logprobs_chosen - ref_logprobs_rejected
    return -F.logsigmoid(beta * (policy_margin - ref_margin)).sum()
