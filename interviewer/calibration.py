"""Raw signals -> probabilities, per model: multinomial logistic regression on tune samples.

Applying is pure and needs numpy alone; fitting uses scikit-learn. A calibration belongs to one
model identity, one prompt and one trained reader; `uncalibrated` reads the model's own
probabilities as they come.
"""

import hashlib
import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from interviewer.errors import InputError

Signals = Mapping[str, float]
SIGNAL_GROUPS = ("llm", "similarity", "trained")


@dataclass(frozen=True, slots=True)
class Logistic:
    """softmax(weights @ (signals - mean) / scale + bias) over `classes`."""

    classes: tuple[str, ...]
    features: tuple[str, ...]
    mean: tuple[float, ...]
    scale: tuple[float, ...]
    weights: tuple[tuple[float, ...], ...]
    bias: tuple[float, ...]

    def probabilities(
        self, signals: Signals, without: frozenset[str] = frozenset()
    ) -> dict[str, float]:
        """Probability of each class; a signal that is absent or in `without` counts as average."""
        x = np.array(
            [
                0.0
                if signal_group(name) in without or name not in signals
                else (signals[name] - mean) / scale
                for name, mean, scale in zip(self.features, self.mean, self.scale, strict=True)
            ]
        )
        logits = np.array(self.weights) @ x + np.array(self.bias)
        exps = np.exp(logits - logits.max())
        return dict(zip(self.classes, (exps / exps.sum()).tolist(), strict=True))


@dataclass(frozen=True, slots=True)
class Calibration:
    """How one model's signals are read: 4 verdicts for criteria, 2 for misconceptions.

    `criteria` reads criteria with paraphrases and near misses, `statements` those without.
    """

    model: str
    prompt: str
    criteria: Logistic
    statements: Logistic
    misconceptions: Logistic
    note: str = ""
    reader: str = ""  # identity of the trained reader; none took part when it is empty

    @property
    def hash(self) -> str:
        """Identity of this calibration, stored with every judgement."""
        return hashlib.sha256(to_json(self).encode()).hexdigest()[:12]


def fit_logistic(
    rows: Sequence[Signals],
    labels: Sequence[str],
    features: Sequence[str],
    classes: Sequence[str],
    strength: float = 1.0,
) -> Logistic:
    """Fits on standardised signals, L2-regularised (scikit-learn's C = `strength`).

    Features that no row has are left out. A class that no label shows keeps zero weights and a
    bias that makes it improbable.
    """
    from sklearn.linear_model import LogisticRegression

    features = [name for name in features if any(name in row for row in rows)]
    x = np.array([[row[name] for name in features] for row in rows], dtype=np.float64)
    mean, scale = x.mean(axis=0), x.std(axis=0) + 1e-6
    model = LogisticRegression(C=strength, max_iter=5000).fit((x - mean) / scale, list(labels))
    weights, bias = _per_class(model.coef_, model.intercept_, list(model.classes_), classes)
    return Logistic(
        classes=tuple(classes),
        features=tuple(features),
        mean=_floats(mean),
        scale=_floats(scale),
        weights=tuple(_floats(row) for row in weights),
        bias=_floats(bias),
    )


def to_json(calibration: Calibration) -> str:
    """The calibration as JSON text."""
    return json.dumps(
        {
            "model": calibration.model,
            "prompt": calibration.prompt,
            "criteria": _as_dict(calibration.criteria),
            "statements": _as_dict(calibration.statements),
            "misconceptions": _as_dict(calibration.misconceptions),
            "note": calibration.note,
            "reader": calibration.reader,
        },
        indent=1,
    )


def from_json(text: str, where: str) -> Calibration:
    """The reverse of `to_json`. Raises InputError naming `where`."""
    try:
        data = json.loads(text)
        return Calibration(
            model=data["model"],
            prompt=data["prompt"],
            criteria=_logistic(data["criteria"]),
            statements=_logistic(data["statements"]),
            misconceptions=_logistic(data["misconceptions"]),
            note=data.get("note", ""),
            reader=data.get("reader", ""),
        )
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise InputError(f"{where}: not a calibration: {error!r}") from error


def signal_group(feature: str) -> str:
    """The one of SIGNAL_GROUPS that a signal belongs to."""
    return feature.split("_")[0]


def _per_class(
    coef: npt.NDArray[np.float64],
    intercept: npt.NDArray[np.float64],
    seen: list[str],
    classes: Sequence[str],
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    if len(seen) == 2:  # scikit-learn keeps one row for two classes
        coef = np.vstack([np.zeros_like(coef), coef])
        intercept = np.concatenate([[0.0], intercept])
    weights = np.zeros((len(classes), coef.shape[1]))
    bias = np.full(len(classes), intercept.min() - 6.0)
    for row, name in enumerate(seen):
        weights[list(classes).index(name)] = coef[row]
        bias[list(classes).index(name)] = intercept[row]
    return weights, bias


def _floats(row: npt.NDArray[np.float64]) -> tuple[float, ...]:
    return tuple(round(float(value), 6) for value in row)


def _as_dict(part: Logistic) -> dict[str, object]:
    return {name: getattr(part, name) for name in Logistic.__dataclass_fields__}


def _logistic(data: dict[str, list[Any]]) -> Logistic:
    part = Logistic(**{k: _tuples(v) for k, v in data.items()})
    part.probabilities({})  # raises where the lengths do not fit together
    return part


def _tuples(value: Any) -> Any:
    return tuple(_tuples(v) for v in value) if isinstance(value, list) else value


def uncalibrated(signals: Signals) -> dict[str, float]:
    """Verdict probabilities as the model's own decision gives them; never partial."""
    covered, contradicted = _sigmoid(signals["llm_states"]), _sigmoid(signals["llm_opposes"])
    missing = max(0.0, 1 - covered - contradicted)
    whole = covered + missing + contradicted
    return {
        "covered": covered / whole,
        "partial": 0.0,
        "missing": missing / whole,
        "contradicted": contradicted / whole,
    }


def uncalibrated_assertion(signals: Signals) -> dict[str, float]:
    """The same for a misconception: asserted or not."""
    states = _sigmoid(signals["llm_states"])
    return {"no": 1 - states, "yes": states}


def _sigmoid(x: float) -> float:
    return 1 / (1 + math.exp(-x))
