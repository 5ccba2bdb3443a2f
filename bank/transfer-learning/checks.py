"""Checks of prepare_for_fine_tuning: what trains afterwards, and what the groups hold."""

import torch

from interviewer.compare import describe, expect, expect_close, expect_scalar, fail

ENTRIES = ("prepare_for_fine_tuning(model, head, unfreeze, backbone_lr, head_lr)",)
HEADS = ("fc", "classifier", "head", "out", "score")

PRELUDE = """
from collections.abc import Iterable

import torch
from torch import nn


def _model(spec, head, frozen):
    model = nn.Module()
    for path, kind in spec + [[head, "head"]]:
        *parents, last = path.split(".")
        owner = model
        for name in parents:
            if name not in owner._modules:
                owner.add_module(name, nn.Module())
            owner = owner._modules[name]
        if kind == "parameter":
            owner.register_parameter(last, nn.Parameter(torch.randn(1, 3)))
        else:
            owner.add_module(last, KINDS[kind]())
    for name, parameter in model.named_parameters():
        parameter.requires_grad_(not name.startswith(tuple(frozen)))
    return model


KINDS = {
    "linear": lambda: nn.Linear(3, 3),
    "norm": lambda: nn.BatchNorm1d(3),
    "head": lambda: nn.Sequential(nn.LayerNorm(3), nn.Linear(3, 2)),
}


def _parameters(value):
    if isinstance(value, torch.Tensor):
        return [value]
    return [pair[1] if isinstance(pair, tuple) and len(pair) == 2 else pair for pair in value]


def _groups(groups, names):
    if not isinstance(groups, list):
        return groups
    found = []
    for group in groups:
        if not isinstance(group, dict):
            return "a sequence of " + type(group).__name__
        if "params" not in group:
            return "a group without 'params'"
        held = [names.get(id(p), "") for p in _parameters(group["params"])]
        found.append({"names": held, "lr": group.get("lr")})
    return found


def _prepared(function, spec, head, frozen, unfreeze, rates):
    model = _model(spec, head, frozen)
    before = {name: p.detach().clone() for name, p in model.named_parameters()}
    groups = function(model, head, list(unfreeze), *rates)
    return model, before, groups


def _listed(groups):
    if isinstance(groups, dict):
        return "a dict"
    return list(groups) if isinstance(groups, Iterable) else "a " + type(groups).__name__


def _look(function, *given):
    model, before, groups = _prepared(function, *given)
    groups = _listed(groups)
    after = dict(model.named_parameters())
    return {
        "trains": {name: p.requires_grad for name, p in after.items()},
        "groups": _groups(groups, {id(p): name for name, p in after.items()}),
        "before": before,
        "after": {name: p.detach() for name, p in after.items()},
    }


def _step(function, optimizer, *given):
    model, _, groups = _prepared(function, *given)
    try:
        made = getattr(torch.optim, optimizer)(groups, lr=0.5)
    except (TypeError, ValueError, KeyError, AttributeError) as error:
        return f"{type(error).__name__}: {error}"
    for parameter in model.parameters():
        if parameter.requires_grad:
            parameter.grad = torch.ones_like(parameter)
    made.step()
    return ""
"""

PLAIN = [
    ["stem", "linear"],
    ["norm", "norm"],
    ["position", "parameter"],
    ["layers.0", "linear"],
    ["layers.1.conv", "linear"],
    ["layers.1.norm", "norm"],
    ["layers.2.conv", "linear"],
    ["layers.2.norm", "norm"],
    ["layers.2.scale", "parameter"],
]


def _pick(rng, values):
    return values[int(torch.randint(len(values), (), generator=rng))]


def _rates(rng, head_is_larger=True):
    """Two learning rates, at least a factor of 2 apart."""
    small = 10 ** float(-4 + 2 * torch.rand((), generator=rng))
    large = small * float(2 + 18 * torch.rand((), generator=rng))
    return (small, large) if head_is_larger else (large, small)


def _look(probe, rng, unfreeze, *, spec=PLAIN, frozen=(), rates=None, head=None):
    probe.prelude(PRELUDE)
    head, rates = head or _pick(rng, HEADS), rates or _rates(rng)
    own = probe.entry("prepare_for_fine_tuning")
    found = probe.call("prelude:_look", own, spec, head, list(frozen), list(unfreeze), list(rates))
    return found, head, rates


def _wanted(found, head, unfreeze):
    """Whether each parameter should train, by name."""
    prefixes = (f"{head}.", *unfreeze)
    return {name: name.startswith(prefixes) for name in found["trains"]}


def _expect_flags(found, head, unfreeze, *, only=(True, False)):
    where = f"head {head!r}, unfreeze {list(unfreeze)}"
    for name, want in _wanted(found, head, unfreeze).items():
        if want in only:
            got = found["trains"][name]
            expect(got is want, f"{name}: expected requires_grad {want}, got {got}, with {where}.")


def _groups(found):
    groups = found["groups"]
    if not isinstance(groups, (list, tuple)):
        told = groups if isinstance(groups, str) else describe(groups)
        fail(f"Expected a list of dicts with 'params' and 'lr', got {told}.")
    return groups


def _held(found):
    return [name for group in _groups(found) for name in group["names"]]


def _expect_rate(found, names, rate, what):
    for group in _groups(found):
        for name in group["names"]:
            if name in names:
                expect(group["lr"] is not None, f"The group with {name} has no 'lr'.")
                got = expect_scalar(group["lr"], f"the learning rate of {name}")
                expect_close(got, rate, f"the learning rate of {name}, {what}", atol=0.0)


def the_rest_is_frozen(probe, rng):
    """All outside the head and the prefixes is frozen: norms and the model's own parameters too."""
    for unfreeze in (["layers.2"], ["layers.1.norm", "layers.2"]):
        found, head, _ = _look(probe, rng, unfreeze)
        _expect_flags(found, head, unfreeze, only=(False,))


def head_and_prefixes_train(probe, rng):
    """The head and what the prefixes name train: a block, a layer or a single parameter."""
    for unfreeze in (["layers.2"], ["layers.1.norm", "position"], ["layers.0.bias"]):
        found, head, _ = _look(probe, rng, unfreeze)
        _expect_flags(found, head, unfreeze, only=(True,))


def without_prefixes_only_the_head_trains(probe, rng):
    """With an empty list of prefixes only the head trains."""
    spec = [[path, "linear"] for path in ("stem", "layers.0", "layers.1.conv")]
    found, head, _ = _look(probe, rng, [], spec=spec)
    _expect_flags(found, head, [])


def prefixes_are_the_start_of_a_name(probe, rng):
    """A prefix is compared as str.startswith does: from the start, as text, also mid-word."""
    paths = ("b.1", "b.10", "b.2", "b_1", "aux.b.1", "bob.x", "stem.b")
    spec = [[path, "linear"] for path in paths]
    for unfreeze in (["b.1"], ["b.2", "au"], ["bo"], ["b.10", "ste"]):
        found, head, _ = _look(probe, rng, unfreeze, spec=spec)
        _expect_flags(found, head, unfreeze)


def head_is_one_attribute(probe, rng):
    """The head is the attribute of that name alone, not whatever has a name like it."""
    head = _pick(rng, HEADS)
    paths = (f"{head}_old", f"{head}2", f"aux.{head}", f"pre{head}", "stem", "body.0")
    spec = [[path, "linear"] for path in paths]
    for unfreeze in (["body"], ["stem"]):
        found, _, _ = _look(probe, rng, unfreeze, spec=spec, head=head)
        _expect_flags(found, head, unfreeze)


def what_came_frozen_can_train(probe, rng):
    """Head and prefixes train also where the model came frozen, wholly or in part."""
    unfreeze = ["layers.2"]
    for frozen in ([""], ["layers", "stem"]):
        found, head, _ = _look(probe, rng, unfreeze, frozen=frozen)
        _expect_flags(found, head, unfreeze, only=(True,))


def trained_parameters_are_in_a_group(probe, rng):
    """Every parameter with requires_grad is in a group."""
    for unfreeze in (["layers.2"], ["position", "layers.0"], []):
        found, _, _ = _look(probe, rng, unfreeze)
        held = _held(found)
        for name, trains in found["trains"].items():
            expect(not trains or name in held, f"{name} has requires_grad but is in no group.")
        expect(bool(held), "Expected the head's parameters in the groups, found none in them.")


def frozen_parameters_are_in_no_group(probe, rng):
    """No parameter without requires_grad is in a group, nor one that isn't the model's."""
    for unfreeze in (["layers.2"], ["norm", "position"], []):
        found, _, _ = _look(probe, rng, unfreeze)
        for name in _held(found):
            expect(bool(name), "A group holds something that is no parameter of the model.")
            expect(found["trains"].get(name) is True, f"{name} is frozen but is in a group.")


def no_parameter_is_there_twice(probe, rng):
    """No parameter is in the groups twice, even if prefixes overlap or cover the head."""
    head = _pick(rng, HEADS)
    for unfreeze in (
        ["layers", "layers.2"],
        ["layers.2.norm", "layers.2", "layers.2"],
        [head, "stem"],
        ["", "layers.1"],
    ):
        found, _, _ = _look(probe, rng, unfreeze, head=head)
        held = _held(found)
        for name in found["trains"]:
            count = held.count(name)
            expect(count < 2, f"{name} is in the groups {count} times with unfreeze {unfreeze}.")


def head_always_has_its_rate(probe, rng):
    """The head has head_lr: also if a prefix covers it, or if head_lr is the smaller rate."""
    head = _pick(rng, HEADS)
    for unfreeze in (["layers.2"], [], [head], ["layers", ""]):
        for head_is_larger in (True, False):
            rates = _rates(rng, head_is_larger)
            found, _, _ = _look(probe, rng, unfreeze, rates=rates, head=head)
            names = [name for name in found["trains"] if name.startswith(f"{head}.")]
            _expect_rate(found, names, rates[1], f"unfreeze {unfreeze}")


def unfrozen_backbone_has_its_rate(probe, rng):
    """What is unfrozen in the backbone has backbone_lr, all of it the same."""
    for unfreeze in (["layers.2"], ["layers", "stem"], [""]):
        for head_is_larger in (True, False):
            rates = _rates(rng, head_is_larger)
            found, head, _ = _look(probe, rng, unfreeze, rates=rates)
            wanted = _wanted(found, head, unfreeze)
            names = [n for n, trains in wanted.items() if trains and not n.startswith(f"{head}.")]
            _expect_rate(found, names, rates[0], f"unfreeze {unfreeze}")


def values_stay(probe, rng):
    """No parameter changes its value, the head's neither."""
    for unfreeze in (["layers.2"], [""]):
        found, _, _ = _look(probe, rng, unfreeze)
        for name, value in found["before"].items():
            expect(name in found["after"], f"{name} is no longer a parameter of the model.")
            expect_close(found["after"][name], value, f"{name} after the call")


def optimizers_take_the_groups(probe, rng):
    """torch.optim's SGD and AdamW take the groups as they are and make a step."""
    probe.prelude(PRELUDE)
    own = probe.entry("prepare_for_fine_tuning")
    for optimizer in ("SGD", "AdamW"):
        for unfreeze in (["layers.2"], []):
            given = (PLAIN, _pick(rng, HEADS), [], unfreeze, list(_rates(rng)))
            refused = probe.call("prelude:_step", own, optimizer, *given)
            expect(refused == "", f"{optimizer} refused the groups: {refused}")
