"""Checks of distillation_loss: soft part, T, hard part, alpha, defaults, gradient, arguments."""

import torch
from torch.nn import functional as F

from interviewer.compare import (
    expect,
    expect_close,
    expect_scalar,
    expect_tensor,
    reference_gradients,
)

ENTRIES = ("distillation_loss(student_logits, teacher_logits, true_labels, T=4.0, alpha=0.7)",)
SHAPES = ((5, 7), (1, 3), (6, 2), (4, 4))  # batch, classes

PRELUDE = """
def _arguments_after(function, *args):
    function(*args)
    return args
"""


def _inputs(rng, shape):
    student, teacher = (2 * torch.randn(shape, generator=rng) for _ in range(2))
    labels = torch.randint(shape[1], shape[:1], generator=rng)
    return student, teacher, labels


def _loss(probe, inputs, what, **settings):
    return expect_scalar(probe.call("distillation_loss", *inputs, **settings), what)


def _soft(student, teacher, labels):
    log_p, log_q = teacher.log_softmax(-1), student.log_softmax(-1)
    return (log_p.exp() * (log_p - log_q)).sum(-1).mean()


def _hard(student, teacher, labels):
    return F.cross_entropy(student, labels)


def soft_part_is_the_divergence(probe, rng):
    """At alpha = 1, T = 1 the loss is KL(teacher || student): class sum, then batch mean."""
    for shape in SHAPES:
        inputs = _inputs(rng, shape)
        hint = "Is it a KL divergence (0 where both agree), in this direction, over the class axis?"
        what = f"loss at T=1, alpha=1, logits of shape {shape}"
        found = _loss(probe, inputs, what, T=1.0, alpha=1.0)
        expect_close(found, float(_soft(*inputs)), what, hint=hint)


def temperature_softens_both_and_is_squared(probe, rng):
    """At alpha = 1, T divides both logits, and the result is multiplied by T^2."""
    for T in (2.0, 5.0):
        student, teacher, labels = _inputs(rng, SHAPES[0])
        plain = _loss(probe, (student, teacher, labels), "loss at T=1", T=1.0, alpha=1.0)
        what = f"loss at T={T:g}, alpha=1, both logits times {T:g}"
        scaled = (T * student, T * teacher, labels)
        hint = "Expected here is T^2 times what your function gave at T=1 for the logits as drawn."
        found = _loss(probe, scaled, what, T=T, alpha=1.0)
        expect_close(found, T * T * plain, what, hint=hint)


def hard_part_is_plain_cross_entropy(probe, rng):
    """At alpha = 0 the loss is the mean cross-entropy of the raw student logits, whatever T is."""
    for shape, T in zip(SHAPES, (4.0, 1.0, 2.0, 7.0), strict=True):
        inputs = _inputs(rng, shape)
        what = f"loss at T={T:g}, alpha=0, logits of shape {shape}"
        hint = "Neither T nor the teacher has a part in it."
        found = _loss(probe, inputs, what, T=T, alpha=0.0)
        expect_close(found, float(_hard(*inputs)), what, hint=hint)


def alpha_weighs_the_two_parts(probe, rng):
    """Between 0 and 1 the loss is alpha times its value at 1 plus (1 - alpha) times that at 0."""
    inputs = _inputs(rng, SHAPES[0])
    hard, soft = (_loss(probe, inputs, f"loss at alpha={a}", T=3.0, alpha=a) for a in (0.0, 1.0))
    for alpha in (0.25, 0.9):
        what = f"loss at T=3, alpha={alpha}"
        found = _loss(probe, inputs, what, T=3.0, alpha=alpha)
        hint = f"At alpha=1 you gave {soft:.6g}, at alpha=0 {hard:.6g}."
        expect_close(found, alpha * soft + (1 - alpha) * hard, what, hint=hint)


def defaults_are_four_and_seven_tenths(probe, rng):
    """Without T and alpha the loss is the one at T = 4 and alpha = 0.7."""
    inputs = _inputs(rng, SHAPES[0])
    named = _loss(probe, inputs, "loss at T=4, alpha=0.7", T=4.0, alpha=0.7)
    expect_close(_loss(probe, inputs, "loss"), named, "loss without T and alpha")


def student_receives_both_gradients(probe, rng):
    """Backward brings the student's logits the gradient of the soft part and of the hard part."""
    for alpha, part, name in ((1.0, _soft, "soft"), (0.0, _hard, "hard")):
        inputs = _inputs(rng, SHAPES[0])
        found = probe.gradients("distillation_loss", *inputs, wrt=(0,), T=1.0, alpha=alpha)
        expect_tensor(found.value, (), "loss")
        expect(found.inputs[0] is not None, f"No gradient of the {name} part reached the student.")
        _, wanted = reference_gradients(part, *inputs, seed=found.seed, wrt=(0,))
        what = f"gradient of student_logits at T=1, alpha={alpha:g}, randomly weighted"
        expect_close(found.inputs[0], wanted[0], what)


def arguments_are_left_alone(probe, rng):
    """The logits and the labels have their values after the call."""
    probe.prelude(PRELUDE)
    inputs = _inputs(rng, SHAPES[0])
    after = probe.call("prelude:_arguments_after", probe.entry("distillation_loss"), *inputs)
    names = ("student_logits", "teacher_logits", "true_labels")
    for name, before, now in zip(names, inputs, after, strict=True):
        expect_close(now, before, f"{name} after the call", hint="It was changed in place.")
