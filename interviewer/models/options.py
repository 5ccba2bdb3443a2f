"""Reads the probability of each option off the first token of a reply (pure)."""

import math
from collections.abc import Iterable, Sequence

import numpy as np
import numpy.typing as npt


def option_probabilities(
    first_tokens: Iterable[tuple[str, float]], options: Sequence[str]
) -> npt.NDArray[np.float64]:
    """`(k,)` float64: the mass of the first tokens that begin each option.

    `first_tokens` are (token, log probability) pairs. Case and leading space don't matter; a
    token that begins two options counts for neither, so options should differ early.
    """
    mass = np.zeros(len(options))
    folded = [option.casefold() for option in options]
    for token, logprob in first_tokens:
        start = token.strip().casefold()
        owners = [i for i, option in enumerate(folded) if start and option.startswith(start)]
        if len(owners) == 1:
            mass[owners[0]] += math.exp(logprob)
    return mass
