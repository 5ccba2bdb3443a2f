"""Checks of speculative_accept: the rule, the stop, the residual, the last row, the marginal."""

import torch

from interviewer.compare import expect, expect_close, expect_scalar, expect_tensor, expect_tuple

ENTRIES = ("speculative_accept(draft_probs, target_probs, draft_tokens, u)",)
GRID = 16  # values of u per token in the marginal check

# ratios p/q of the drafted tokens, their u, how many are accepted
RULE = (
    ((2.0, 0.7, 0.3), (0.9, 0.1, 0.8), 2),
    ((0.6, 0.6, 0.6, 0.6), (0.4, 0.4, 0.4, 0.4), 4),
    ((0.3,), (0.8,), 0),
    ((1.5,), (0.9,), 1),
    ((0.5, 1.4, 0.8, 0.4, 0.3), (0.3, 0.9, 0.5, 0.7, 0.9), 3),
    ((0.2, 0.3), (0.6, 0.9), 0),
)
STOP = (
    ((0.2, 2.0, 1.8, 1.5), 0),
    ((1.6, 0.2, 2.0), 1),
    ((0.9, 0.8, 0.2, 0.9, 0.2, 1.4), 2),
)
REJECTED = ((0.3,), (0.2, 2.0), (1.7, 0.3), (1.5, 2.0, 0.2, 1.6))

PRELUDE = """
def _arguments_after(function, *args):
    function(*args)
    return args


def _each(function, draft, target, rows):
    return [function(draft.clone(), target.clone(), *row) for row in rows]
"""


def _weights(rng, *shape):
    weights = 0.2 + torch.rand(shape, generator=rng)
    return weights / weights.sum(-1, keepdim=True)


def _row(rng, vocabulary, token, ratio):
    """One position: q and p in which the token has p/q = ratio."""
    rest = torch.arange(vocabulary) != token
    share = 0.2 + 0.15 * float(torch.rand((), generator=rng))
    rows = []
    for mass in (share, ratio * share):
        row = torch.full((vocabulary,), mass)
        row[rest] = (1 - mass) * _weights(rng, vocabulary - 1)
        rows.append(row)
    return rows


def _draft(rng, ratios):
    """q, p (with one row more) and tokens whose p/q are the ratios given."""
    vocabulary = int(torch.randint(4, 9, (), generator=rng))
    tokens = torch.randint(vocabulary, (len(ratios),), generator=rng)
    pairs = [_row(rng, vocabulary, int(t), r) for t, r in zip(tokens, ratios, strict=True)]
    draft, target = (torch.stack(rows) for rows in zip(*pairs, strict=True))
    return draft, torch.cat((target, _weights(rng, 1, vocabulary))), tokens


def _parts(value):
    return expect_tuple(value, 2, "speculative_accept")


def _accepted(probe, inputs, want, what):
    count, _ = _parts(probe.call("speculative_accept", *inputs))
    found = expect_scalar(count, "n_accepted")
    expect(found == want, f"n_accepted {what}: expected {want}, got {found:g}.")


def _next(probe, inputs):
    _, row = _parts(probe.call("speculative_accept", *inputs))
    return expect_tensor(row, tuple(inputs[0].shape[1:]), "next_probs")


def _list(values):
    return ", ".join(f"{float(value):.2f}" for value in values)


def token_is_kept_while_u_is_below_the_ratio(probe, rng):
    """Token i is accepted while u[i] < min(1, p/q), the target's probability over the draft's."""
    for ratios, u, want in RULE:
        u = torch.tensor(u) * (0.95 + 0.1 * torch.rand(len(u), generator=rng))
        what = f"where p/q is {_list(ratios)} and u is {_list(u)}"
        _accepted(probe, (*_draft(rng, ratios), u), want, what)


def first_rejection_ends_it(probe, rng):
    """Nothing after the first rejected token counts, even if it would pass by itself."""
    for ratios, want in STOP:
        u = torch.full((len(ratios),), 0.5)
        what = f"where p/q is {_list(ratios)} and every u is 0.50"
        _accepted(probe, (*_draft(rng, ratios), u), want, what)


def impossible_token_is_rejected(probe, rng):
    """A token to which the target gives probability 0 is rejected, also at u = 0."""
    u = torch.tensor((0.4, 0.0))
    _accepted(probe, (*_draft(rng, (1.5, 0.0)), u), 1, "where p is 0 and u is 0 at token 1")


def rejection_gives_normalised_excess(probe, rng):
    """After a rejection next_probs is the positive part of p - q there, made to sum to 1."""
    for ratios in REJECTED:
        inputs = (*_draft(rng, ratios), torch.full((len(ratios),), 0.9))
        at = next(i for i, ratio in enumerate(ratios) if ratio < 1)
        excess = (inputs[1][at] - inputs[0][at]).double().clamp(min=0)
        what = f"next_probs with k={len(ratios)}, rejected at position {at}"
        expect_close(_next(probe, inputs), excess / excess.sum(), what)


def token_the_draft_never_proposes_gets_its_share(probe, rng):
    """Zeros in q do no harm: what the target gives to such tokens is all in the residual."""
    draft, target, tokens = _draft(rng, (0.3,))
    token = int(tokens[0])
    gap, void = ((token + step) % draft.shape[1] for step in (1, 2))
    draft[0, gap], draft[0, void], target[0, void] = 0.0, 0.0, 0.0
    draft[0, token] += 1 - draft[0].sum()
    target[0, gap] += 1 - target[0].sum()
    row = _next(probe, (draft, target, tokens, torch.tensor((0.9,)))).double()
    excess = (target[0] - draft[0]).double().clamp(min=0)
    what = "next_probs (scaled to sum 1) where two tokens have q = 0 and one of these p = 0"
    expect_close(row / row.sum(), excess / excess.sum(), what)


def all_accepted_gives_last_target_row(probe, rng):
    """If all k tokens are accepted, next_probs is the last row of target_probs."""
    for ratios in ((1.5,), (0.9, 2.0), (2.0, 1.6, 0.8, 1.4)):
        inputs = (*_draft(rng, ratios), torch.full((len(ratios),), 0.5))
        what = f"next_probs with all {len(ratios)} accepted"
        expect_close(_next(probe, inputs), inputs[1][-1], what)


def _exact_row(rng):
    """q, p over four tokens: two have p/q < 1, in whole steps of the grid, and two gain."""
    order = torch.randperm(4, generator=rng)
    q = _weights(rng, 4)
    steps = torch.tensor((0, 4)) + torch.randint(6, 11, (2,), generator=rng)
    p = q.clone()
    p[:2] *= steps / GRID
    p[2:] += (1 - p.sum()) * _weights(rng, 2)
    return q[order], p[order]


def emitted_tokens_follow_the_target(probe, rng):
    """Over all drafted tokens and all u, what comes out at a position is distributed as p."""
    probe.prelude(PRELUDE)
    own = probe.entry("speculative_accept")
    for at in (0, 2):
        q, p = _exact_row(rng)
        before, after = _weights(rng, at, 4), _weights(rng, 1, 4)
        draft, target = torch.cat((before, q[None])), torch.cat((before, p[None], after))
        prefix = torch.randint(4, (at,), generator=rng)
        cases = [(t, (j + 0.5) / GRID) for t in range(4) for j in range(GRID)]
        rows = [
            (torch.cat((prefix, torch.tensor([t]))), torch.full((at + 1,), u)) for t, u in cases
        ]
        answers = probe.call("prelude:_each", own, draft, target, rows)
        found = _marginal(answers, cases, q, at)
        hint = "Each draft was tried at 16 evenly spaced u; p and q agree at earlier positions."
        expect_close(found, p, f"distribution of the token at position {at}", hint=hint)


def _marginal(answers, cases, q, at):
    total = torch.zeros(4, dtype=torch.float64)
    for (token, _), answer in zip(cases, expect_tuple(answers, len(cases), "calls"), strict=True):
        count, row = _parts(answer)
        row = expect_tensor(row, (4,), "next_probs").double()
        kept = expect_scalar(count, "n_accepted") > at
        out = torch.eye(4, dtype=torch.float64)[token] if kept else row / row.sum()
        total += float(q[token]) / GRID * out
    return total


def arguments_are_left_alone(probe, rng):
    """The four arguments have their values after the call."""
    probe.prelude(PRELUDE)
    names = ("draft_probs", "target_probs", "draft_tokens", "u")
    for ratios in ((1.5, 0.3), (1.5, 2.0)):
        inputs = (*_draft(rng, ratios), torch.full((2,), 0.9))
        own = probe.entry("speculative_accept")
        after = probe.call("prelude:_arguments_after", own, *inputs)
        for name, was, now in zip(names, inputs, after, strict=True):
            expect_close(now, was, f"{name} after the call", hint="It was changed in place.")
