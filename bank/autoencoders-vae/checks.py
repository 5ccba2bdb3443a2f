"""Checks of VAE and vae_loss: shapes, the encoder's outputs, the draw, its gradient, both terms.

The draw is seen from outside: the reconstruction's gradient at the input is a sum of mu's and
logvar's, and their factors tell what noise each coordinate was given.
"""

import torch
from torch.nn import functional as F

from interviewer.compare import (
    expect,
    expect_close,
    expect_scalar,
    expect_tensor,
    expect_tuple,
    reference_gradients,
)

ENTRIES = (
    "class VAE(input_dim=784, hidden_dim=400, latent_dim=20)",
    "vae_loss(recon_x, x, mu, logvar, beta=1.0)",
)
PARTS = ("recon", "mu", "logvar")
SIZES = (24, 32, 3)  # input, hidden and latent width
ROWS, CALLS = 64, 24
FAINT = 1e-3
TELLING = 1e-4  # where mu and logvar have gradients that can be told apart
LEAK = 0.05  # share of the gradient that neither mu nor logvar accounts for
STEP = 0.01
SHAPES = ((4, 9, 3), (1, 5, 2), (7, 2, 5))  # examples, inputs, latent coordinates

PRELUDE = """
import torch

CALM = (torch.nn.modules.batchnorm._BatchNorm, torch.nn.modules.dropout._DropoutNd)


def _calm(model):
    # training mode, with no randomness but the latent's and no example in another's statistics
    model.train()
    for module in model.modules():
        if isinstance(module, CALM):
            module.eval()


def _slope(value, x):
    if not value.requires_grad:
        return torch.zeros_like(x)
    (found,) = torch.autograd.grad(value.sum(), x, retain_graph=True, allow_unused=True)
    return torch.zeros_like(x) if found is None else found


def _slopes(model, x, weights):
    _calm(model)
    x = x.clone().requires_grad_(True)
    recon, mu, logvar = model(x)
    outer = _slope(recon * weights, x)
    inner = [_slope(part[:, i], x) for part in (mu, logvar) for i in range(part.shape[1])]
    return logvar, outer, torch.stack(inner, -1)


def _calm_output(model, x):
    _calm(model)
    return model(x)
"""


def _said(sizes):
    return f"VAE(input_dim={sizes[0]}, hidden_dim={sizes[1]}, latent_dim={sizes[2]})"


def _model(probe, sizes=SIZES, training=False):
    """A model that has run once, as lazy layers take their shapes by running."""
    names = dict(zip(("input_dim", "hidden_dim", "latent_dim"), sizes, strict=True))
    model = probe.new("VAE", **names)
    probe.mode(model, False)
    probe.call(model, torch.zeros(2, sizes[0]))
    probe.mode(model, training)
    return model


def _fill(probe, rng, model, scale=1.0):
    """Random values for every parameter, so that no head starts at 0."""
    drawn = {}
    for name, (shape, _) in probe.parameters(model).items():
        if name.endswith(("weight_v", "original1")):  # a direction under weight norm: 0 has none
            continue
        value = torch.randn(shape, generator=rng) * scale / max([1, *shape]) ** 0.5
        drawn[name] = (
            value if sum(n > 1 for n in shape) > 1 else value / 4 + 0.1 * scale * value.sign()
        )
    probe.set_state(model, drawn)
    return model


def _inputs(rng, rows, width):
    """Values in [0, 1], some of them at the ends."""
    return (1.4 * torch.rand(rows, width, generator=rng) - 0.2).clamp(0, 1)


def _parts(value, rows, sizes, what):
    shapes = ((rows, sizes[0]), (rows, sizes[2]), (rows, sizes[2]))
    found = expect_tuple(value, 3, what)
    parts = []
    for part, shape, name in zip(found, shapes, PARTS, strict=True):
        tensor = expect_tensor(part, shape, f"{name} of {what}").detach()
        finite = tensor.is_floating_point() and bool(torch.isfinite(tensor).all())
        expect(finite, f"{name} of {what}: expected finite real numbers.")
        parts.append(tensor.double())
    return parts


def _output(probe, model, x, sizes=SIZES):
    return _parts(probe.call(model, x), x.shape[0], sizes, _said(sizes))


def _calm_output(probe, model, x):
    probe.prelude(PRELUDE)
    value = probe.call("prelude:_calm_output", model, x)
    return _parts(value, x.shape[0], SIZES, _said(SIZES))


def gives_recon_mu_and_logvar(probe, rng):
    """(B, input_dim) gives recon of that shape, mu and logvar of (B, latent_dim), at any sizes."""
    for sizes in (SIZES, (5, 16, 2), (100, 8, 12), (784, 400, 20)):
        for training, batches in ((True, (2, 5)), (False, (1, 3))):
            model = _model(probe, sizes, training)
            for rows in batches:
                _output(probe, model, _inputs(rng, rows, sizes[0]), sizes)
    model = probe.new("VAE")
    x = _inputs(rng, 3, 784)
    _parts(probe.call(model, x), 3, (784, 400, 20), "VAE() with its defaults")


def hidden_width_is_400_by_default(probe, rng):
    """Without a hidden_dim given, the model is as large as with hidden_dim=400."""
    plain, named = (_size(probe, **width) for width in ({}, {"hidden_dim": 400}))
    expect(
        plain == named,
        f"VAE() has {plain} numbers in its parameters, VAE(hidden_dim=400) {named}: "
        "hidden_dim is 400 unless it is given.",
    )


def _size(probe, **options):
    """How many numbers the parameters of a model hold; it has run once, for lazy layers."""
    model = probe.new("VAE", **options)
    probe.mode(model, False)
    probe.call(model, torch.zeros(2, 784))
    return sum(torch.Size(shape).numel() for shape, _ in probe.parameters(model).values())


def reconstructs_between_zero_and_one(probe, rng):
    """Every value of recon lies strictly between 0 and 1, each feature on its own."""
    for filled in (False, True):
        for training in (True, False):
            model = _model(probe, SIZES, training)
            if filled:
                _fill(probe, rng, model, scale=0.5)  # larger ones saturate float32
            recon, _, _ = _output(probe, model, _inputs(rng, ROWS, SIZES[0]))
            low, high = float(recon.min()), float(recon.max())
            expect(
                low > 0 and high < 1,
                f"recon: expected every value between 0 and 1, got {low:.4g} to {high:.4g}. "
                "Which function at the end of the decoder gives a probability per feature?",
            )
            sums = recon.sum(1)
            expect(
                float((sums - 1).abs().max()) > 1e-3,
                f"recon: every example's {SIZES[0]} values add up to 1. "
                "Each feature is a probability of its own (a sigmoid, not a softmax).",
            )


def encodes_each_example(probe, rng):
    """Mu and logvar are computed from x, each example's from itself; mu may have either sign."""
    x, other = _inputs(rng, ROWS, SIZES[0]), _inputs(rng, ROWS, SIZES[0])
    signs = set()
    for _ in range(6):
        model = _fill(probe, rng, _model(probe))
        found = _output(probe, model, x)[1:]
        again = _output(probe, model, torch.cat([x[:1], other[1:]]))[1:]
        for name, first, second in zip(PARTS[1:], found, again, strict=True):
            hint = "It must not depend on chance or on the other examples in evaluation mode."
            expect_close(second[0], first[0].float(), f"{name} of one example, twice", hint=hint)
            moved = (first[1:] - second[1:]).abs().amax(1) > 1e-6
            expect(
                float(moved.double().mean()) > 0.5,
                f"{name} is the same for different inputs. The encoder computes it from x.",
            )
        signs |= set(found[0].sign().flatten().tolist())
    expect(
        {-1.0, 1.0} <= signs,
        "mu has one sign only, whatever the weights. The prior has its mean at 0: "
        "is there an activation on the layer that gives mu?",
    )


def registers_its_weights(probe, rng):
    """Every weight is a registered parameter: with all of them at 0, nothing depends on x or z."""
    x = _inputs(rng, ROWS, SIZES[0])
    model = _model(probe)
    names = probe.parameters(model).items()
    expect(bool(names), "The model has no parameters that an optimizer would find.")
    skip = ("weight_v", "original1")
    zeros = {name: torch.zeros(shape) for name, (shape, _) in names if not name.endswith(skip)}
    probe.set_state(model, zeros)
    for part, name in zip(_calm_output(probe, model, x), PARTS, strict=True):
        spread = float((part - part[0]).abs().max())
        expect(
            spread < 1e-6,
            f"{name} still differs between examples by {spread:.3g} with every parameter at 0: "
            "some weights are not registered (layers in a plain list?), or x is passed around "
            "the network.",
        )


def draws_a_new_latent(probe, rng):
    """In training mode each call, example and coordinate of z has noise of its own."""
    model = _fill(probe, rng, _model(probe))
    x = _inputs(rng, 1, SIZES[0]).expand(ROWS, -1).clone()
    first, second = (_calm_output(probe, model, x)[0] for _ in range(2))
    expect(
        float((first - second).abs().amax(1).median()) > 1e-6,
        "Two calls in training mode gave the same reconstructions. Each call draws a new latent.",
    )
    same = (first[1:] - first[:-1]).abs().amax(1) < 1e-7
    expect(
        float(same.double().mean()) < 0.5,
        "One input, repeated in a batch, has the same reconstruction in each row: every example "
        "needs noise of its own.",
    )
    found = _noise(probe, rng)
    if found is None:
        return
    noise, _ = found
    apart = float((noise[..., 1:] - noise[..., :-1]).square().nanmean())
    expect(
        apart > 0.01 * float(noise.square().nanmean()),
        "The latent coordinates of an example all get the same noise. "
        "Draw as many numbers as mu has entries.",
    )


def _factors(probe, rng, model):
    """Factors of mu and logvar in recon's gradient, sigma, and the share that they leave over."""
    x = _inputs(rng, ROWS, SIZES[0])
    weights = torch.randn(ROWS, SIZES[0], generator=rng)
    found = expect_tuple(probe.call("prelude:_slopes", model, x, weights), 3, "slopes")
    latent = SIZES[2]
    logvar = expect_tensor(found[0], (ROWS, latent), "logvar").detach().double()
    outer = expect_tensor(found[1], (ROWS, SIZES[0]), "gradient").double()
    inner = expect_tensor(found[2], (ROWS, SIZES[0], 2 * latent), "gradients").double()
    finite = all(bool(torch.isfinite(part).all()) for part in (logvar, outer, inner))
    expect(finite, "recon, mu or logvar has a gradient at x that is not finite.")
    sizes = torch.linalg.svdvals(inner)
    good = sizes[:, -1] > TELLING * sizes[:, 0]
    inner, some = inner[good], outer[good]
    factors = torch.linalg.pinv(inner) @ some.unsqueeze(-1)
    left = (some - (inner @ factors).squeeze(-1)).norm(dim=1) / some.norm(dim=1).clamp(min=1e-30)
    return factors.squeeze(-1), (logvar[good] / 2).exp(), left, outer


def _noise(probe, rng):
    """Noise and sigma of (call * example, coordinate), NaN where the noise does not show.

    None where a gradient or the way round the latent is at fault, which other checks report.
    """
    probe.prelude(PRELUDE)
    model = _fill(probe, rng, _model(probe), scale=2.0)
    latent, drawn, widths = SIZES[2], [], []
    for _ in range(CALLS):
        factors, sigma, left, _ = _factors(probe, rng, model)
        if len(left) < ROWS // 4 or float(left.median()) > LEAK:
            return None
        mean, spread = factors[:, :latent], factors[:, latent:]
        if not _alike(mean, spread):
            return None
        seen = mean.abs() > FAINT * mean.abs().amax()
        drawn.append(torch.where(seen, 2 * spread / (mean * sigma), torch.nan))
        widths.append(sigma)
    return torch.cat(drawn), torch.cat(widths)


def _alike(mean, spread):
    """Whether both have a gradient that is more than rounding."""
    sizes = sorted((float(mean.norm()), float(spread.norm())))
    return sizes[0] > FAINT * sizes[1]


def decodes_the_latent_alone(probe, rng):
    """Recon depends on x through mu and logvar only: nothing is passed round the latent."""
    probe.prelude(PRELUDE)
    for _ in range(2):
        model = _fill(probe, rng, _model(probe))
        _, _, left, outer = _factors(probe, rng, model)
        some = len(left) >= ROWS // 4 and float(outer.abs().max()) > 0
        expect(
            not some or float(left.median()) < LEAK,
            "recon's gradient at x is not made up of mu's and logvar's: the decoder gets more than "
            "z (a skip connection?), and could not generate from noise.",
        )


def gradients_reach_mu_and_logvar(probe, rng):
    """In training mode recon's gradient goes through z to mu and to logvar."""
    probe.prelude(PRELUDE)
    latent = SIZES[2]
    model = _fill(probe, rng, _model(probe))
    factors, _, left, outer = _factors(probe, rng, model)
    expect(
        float(outer.abs().max()) > 0,
        "No gradient of recon reaches the encoder. A plain draw stops it: put the noise in as an "
        "input of its own.",
    )
    if len(left) < ROWS // 4:  # mu or logvar does not follow x, which another check reports
        return
    mean, spread = float(factors[:, :latent].norm()), float(factors[:, latent:].norm())
    for name, one, two in (("mu", mean, spread), ("logvar", spread, mean)):
        expect(
            one > FAINT * two,
            f"recon's gradient does not reach {name} through z. How does z depend on it?",
        )


def draws_from_the_encoders_gaussian(probe, rng):
    """Z is mu plus a standard normal times the standard deviation, which is exp(logvar / 2)."""
    found = _noise(probe, rng)
    if found is None:
        return
    noise, widths = (part[~found[0].isnan()] for part in found)
    wide = widths > widths.median()
    fourth = float(((noise - noise.mean()) / noise.std()).pow(4).mean())
    hint = "Check what logvar is multiplied by and which noise you draw."
    for value, wanted, within, name in (
        (noise.mean(), 0.0, 0.1, "mean"),
        (noise[~wide].std(), 1.0, 0.1, "where logvar is small, standard deviation"),
        (noise[wide].std(), 1.0, 0.1, "where logvar is large, standard deviation"),
        (fourth, 3.0, 0.75, "fourth moment (about 1.8 if it were uniform)"),
    ):
        expect(
            abs(float(value) - wanted) < within,
            f"(z - mu) / exp(logvar / 2), as recon's gradients show it, has {name} "
            f"{float(value):.3g}, expected {wanted:g}. {hint}",
        )


def _case(rng, shape):
    rows, width, latent = shape
    recon = 0.02 + 0.96 * torch.rand(rows, width, generator=rng)
    mu, logvar = (1.2 * torch.randn(rows, latent, generator=rng) for _ in range(2))
    return recon, _inputs(rng, rows, width), mu, logvar


def _kl(mu, logvar):
    return 0.5 * (mu.square() + logvar.exp() - 1 - logvar).sum()


def _reference(recon, x, mu, logvar, beta=1.0):
    return F.binary_cross_entropy(recon, x, reduction="sum") + beta * _kl(mu, logvar)


def _loss(probe, inputs, what, **kwargs):
    return expect_scalar(probe.call("vae_loss", *inputs, **kwargs), what)


def sums_the_cross_entropy(probe, rng):
    """With mu = 0 and logvar = 0 the loss is the binary cross-entropy, summed over everything."""
    for shape in SHAPES:
        recon, x, mu, _ = _case(rng, shape)
        inputs = (recon, x, torch.zeros_like(mu), torch.zeros_like(mu))
        hint = "The KL is 0 here. Sum over examples and features, with x between 0 and 1."
        what = f"loss of {shape[0]} examples with {shape[1]} features"
        expect_close(_loss(probe, inputs, what), _reference(*inputs), what, hint=hint)


def sums_the_divergence(probe, rng):
    """Mu and logvar add the KL divergence from N(0, I), summed over everything."""
    for shape in SHAPES:
        recon, x, mu, logvar = _case(rng, shape)
        none = torch.zeros_like(mu)
        for name, one, two in (("mu", mu, none), ("logvar", none, logvar), ("both", mu, logvar)):
            what = f"loss added by {name}, {shape[0]} examples with {shape[2]} coordinates"
            with_it = _loss(probe, (recon, x, one, two), what, beta=1.0)
            without = _loss(probe, (recon, x, none, none), what, beta=1.0)
            hint = "The KL of N(mu, exp(logvar)) from N(0, 1) is never negative, and 0 at (0, 0)."
            expect_close(with_it - without, _kl(one, two), what, atol=1e-4, hint=hint)


def beta_weighs_the_divergence(probe, rng):
    """Beta multiplies the KL and nothing else; left out, it is 1."""
    inputs = _case(rng, SHAPES[0])
    none = torch.zeros_like(inputs[2])
    without = (*inputs[:2], none, none)
    once = _loss(probe, inputs, "loss", beta=1.0) - _loss(probe, without, "loss", beta=1.0)
    for beta in (0.0, 0.25, 4.0, None):
        given = {} if beta is None else {"beta": beta}
        what = "loss added by the KL, " + ("no beta given" if beta is None else f"beta={beta:g}")
        added = _loss(probe, inputs, what, **given) - _loss(probe, without, what, **given)
        hint = f"At beta=1 it was {once:.6g}."
        expect_close(added, (1.0 if beta is None else beta) * once, what, atol=1e-3, hint=hint)


def loss_has_its_gradients(probe, rng):
    """The loss's gradients reach recon_x, mu and logvar, and tell how the loss changes."""
    recon, *others = _case(rng, SHAPES[0])
    inputs = (0.2 + 0.6 * recon, *others)
    seed, upstream = 0, 0.0
    while abs(upstream) < 0.3:
        seed = int(torch.randint(2**31, (1,), generator=rng))
        _, (weight,) = reference_gradients(torch.clone, torch.tensor(0.0), seed=seed)
        upstream = float(weight)
    found = probe.gradients("vae_loss", *inputs, seed=seed, wrt=(0, 2, 3), beta=0.7)
    for place, got, name in zip((0, 2, 3), found.inputs, ("recon_x", "mu", "logvar"), strict=True):
        expect(got is not None, f"No gradient of the loss reaches {name}. Is something detached?")
        want = expect_tensor(got, tuple(inputs[place].shape), f"gradient at {name}") / upstream
        one = torch.ones(inputs[place].shape)  # along it no two terms of one sign cancel
        for way in (one, torch.randn(one.shape, generator=rng).sign()):
            change = _change(probe, inputs, place, way)
            what = f"change of the loss along a direction of {name}, from its gradient"
            hint = "Is a part of the loss detached?"
            slope = float((want * way).sum())
            expect_close(slope, change, what, rtol=0.02, atol=0.1, hint=hint)


def _change(probe, inputs, place, way):
    """How fast the loss changes when one input moves along `way`, from two calls."""
    ends = []
    for step in (STEP, -STEP):
        moved = [*inputs]
        moved[place] = inputs[place] + step * way
        ends.append(_loss(probe, moved, "loss", beta=0.7))
    return (ends[0] - ends[1]) / (2 * STEP)
