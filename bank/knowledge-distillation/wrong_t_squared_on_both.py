# WA hard-part-is-plain-cross-entropy
from torch.nn import functional as F


def distillation_loss(student_logits, teacher_logits, true_labels, T=4.0, alpha=0.7):
    log_q = F.log_softmax(student_logits / T, dim=-1)
    p = F.softmax(teacher_logits / T, dim=-1)
    soft = F.kl_div(log_q, p, reduction="batchmean")
    hard = F.cross_entropy(student_logits, true_labels)
    return (alpha * soft + (1 - alpha) * hard) * T**2
