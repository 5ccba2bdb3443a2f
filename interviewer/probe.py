"""What a check asks of a submission, and what comes back: plain values or errors as data.

Checks see candidate code only through this. Nothing passed to a probe is executed here, and
arguments reach the candidate's process as copies.
"""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from interviewer.types import RunVerdict


@dataclass(frozen=True, slots=True)
class Ref:
    """An object that lives in the child: `id` is its handle, `type` what the child calls it."""

    id: int
    type: str = ""


@dataclass(frozen=True, slots=True)
class Name:
    """Something by name: `space` is submission, prelude or operation."""

    name: str
    space: str = "submission"


Target = str | Name | Ref | tuple[Ref, str]


class CandidateError(Exception):
    """An exception of the candidate's code: type names (most derived first), message, lines."""

    def __init__(self, types: list[str], message: str, lines: list[str]) -> None:
        super().__init__(message)
        self.types, self.message, self.lines = types, message, lines

    def describe(self) -> str:
        """The error as a candidate reads it."""
        where = "".join(f"\n  {line}" for line in self.lines)
        return f"{self.types[0] if self.types else 'an exception'}: {self.message}{where}"


class Ended(Exception):
    """The candidate's process is over: no further question can be asked."""

    def __init__(self, verdict: RunVerdict, message: str) -> None:
        super().__init__(message)
        self.verdict, self.message = verdict, message


class Submission(Protocol):
    """A process that holds candidate code."""

    def ask(self, question: Mapping[str, object]) -> Any:
        """One question, one plain value. Raises CandidateError or Ended."""
        ...


@dataclass(frozen=True, slots=True)
class Gradients:
    """A value, and gradients of floating-point arguments in order and of parameters by name.

    None where nothing reached. `seed` made the cotangents: give it to `reference_gradients`.
    """

    value: Any
    inputs: list[Any]
    parameters: dict[str, Any]
    seed: int


@dataclass(frozen=True, slots=True)
class Probe:
    """Asks one submission. `aliases` maps a contract's name to the object used in its place."""

    submission: Submission
    source: str
    aliases: Mapping[str, str] = field(default_factory=dict)

    def call(self, target: Target, *args: object, seed: int | None = None, **kwargs: object) -> Any:
        """The value of `target(*args, **kwargs)`; `seed` reseeds every generator first."""
        answer = self._ask(target, args, kwargs, seed, None)
        return answer["value"]

    def gradients(
        self,
        target: Target,
        *args: object,
        seed: int | None = None,
        wrt: Sequence[int] | None = None,
        of: Sequence[int] | None = None,
        **kwargs: object,
    ) -> Gradients:
        """As `call`, then backward from randomly weighted outputs.

        `wrt` picks arguments by position, `of` picks outputs by order; None means all.
        """
        seed = secrets.randbelow(2**31) if seed is None else seed
        picked = {name: None if p is None else list(p) for name, p in (("wrt", wrt), ("of", of))}
        answer = self._ask(target, args, kwargs, seed, picked)
        return Gradients(answer["value"], answer["inputs"], answer["parameters"], seed)

    def raises(
        self, target: Target, *args: object, seed: int | None = None, **kwargs: object
    ) -> CandidateError | None:
        """The exception that a call ends in, None when it returns."""
        try:
            self._ask(target, args, kwargs, seed, None)
        except CandidateError as error:
            return error
        return None

    def new(self, target: Target, *args: object, seed: int | None = None, **kwargs: object) -> Ref:
        """An object made by calling a class; it stays in the child."""
        made = self.call(target, *args, seed=seed, **kwargs)
        if not isinstance(made, Ref):
            raise CandidateError(["TypeError"], f"{target} gave a plain value, not an object", [])
        return made

    def state(self, module: Ref) -> dict[str, Any]:
        """Parameters and buffers of a module by name."""
        return self._operate("state", module)  # type: ignore[no-any-return]

    def set_state(self, module: Ref, values: Mapping[str, object]) -> None:
        """Overwrite parameters and buffers by name."""
        self._operate("set_state", module, dict(values))

    def parameters(self, module: Ref) -> dict[str, tuple[list[int], bool]]:
        """Shape of each parameter and whether it trains."""
        return self._operate("parameters", module)  # type: ignore[no-any-return]

    def mode(self, module: Ref, training: bool) -> None:
        """Put a module in training or evaluation mode."""
        self._operate("mode", module, training)

    def attribute(self, value: Ref, name: str) -> Any:
        """An attribute of an object in the child."""
        return self._operate("attribute", value, name)

    def prelude(self, source: str) -> None:
        """Run a trusted source beside the submission; its functions are targets `prelude:name`.

        It observes what only the candidate's process can see, and hostile code can forge what it
        says: never let it carry an expected value.
        """
        self.submission.ask({"ask": "load", "source": source, "space": "prelude"})

    def entry(self, name: str) -> Name:
        """The submission's object of that name, as a target or an argument."""
        if name.startswith("prelude:"):
            return Name(name.removeprefix("prelude:"), "prelude")
        return Name(self.aliases.get(name, name))

    def _operate(self, name: str, *args: object) -> Any:
        return self.call(Name(name, "operation"), *args)

    def _ask(
        self,
        target: Target,
        args: tuple[object, ...],
        kwargs: Mapping[str, object],
        seed: int | None,
        gradients: Mapping[str, list[int] | None] | None,
    ) -> Any:
        answer = self.submission.ask(
            {
                "ask": "call",
                "target": self.entry(target) if isinstance(target, str) else target,
                "args": list(args),
                "kwargs": dict(kwargs),
                "seed": seed,
                "gradients": gradients,
            }
        )
        expected = {"value"} if gradients is None else {"value", "inputs", "parameters"}
        if not isinstance(answer, dict) or set(answer) != expected:
            raise Ended(RunVerdict.SECURITY_VIOLATION, "The program forged an answer.")
        return answer
