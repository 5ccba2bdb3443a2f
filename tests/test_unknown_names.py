"""What a program reads and nothing defines; never a name that something does define."""

from pathlib import Path

import pytest

from interviewer.unknown_names import say_unknown, unknown_names

BANK = Path(__file__).resolve().parents[1] / "bank"


@pytest.mark.parametrize(
    ("source", "names"),
    [
        ("weights = F.softmax(q @ k.T, -1)", ("F", "q", "k")),
        ("def f(x):\n    return nn.Linear(2, 2)(x)", ("nn",)),
        ("class A(Base):\n    y = x", ("Base", "x")),
        ("print(later)\nimport math", ("later",)),
        ("[i * j for i in range(3)]", ("j",)),
        ("def f(x=default): pass", ("default",)),
        ("x += 1", ()),  # assigned, if too late: the exception says so
        ("b + a + b", ("b", "a")),
    ],
)
def test_a_name_that_nothing_defines_is_found(source: str, names: tuple[str, ...]) -> None:
    assert unknown_names(source) == names


@pytest.mark.parametrize(
    "source",
    [
        "from math import *\nsin(1)",
        "exec('x = 1')\nprint(x)",
        "globals()['x'] = 1\nprint(x)",
        "def f():\n    global x\n    x = 1\nf()\nprint(x)",
        "def f():\n    y = 1\n    def g():\n        return y\n    return g",
        "class A:\n    b = 1\n    c = b\n    def f(self):\n        return __class__",
        "def f():\n    return g()\ndef g(): pass",
        "try:\n    import a\nexcept ImportError as error:\n    print(error)",
        "for i in range(3): pass\nprint(i)",
        "if (n := 3) > 2: print(n)",
        "with open('f') as f: print(f)",
        "match 3:\n    case [a, *b]: print(a, b)\n    case {'k': v, **w}: print(v, w)",
        "print(__name__, __file__, __doc__)",
        "lambda a, *b, c=1, **d: (a, b, c, d)",
        "from __future__ import annotations\nimport torch\ndef f(x: torch.Tensor) -> int: ...",
        "import os.path as p\np.z = 3",
        "async def f(a):\n    async for b in a: yield b",
        "def (",
        "",
        "x = \x00",
        "-" * 60_000 + "1",
        "(" * 30_000,
    ],
)
def test_nothing_is_said_of_what_may_be_defined(source: str) -> None:
    assert unknown_names(source) == ()


def test_the_programs_of_the_bank_know_all_their_names() -> None:
    for path in BANK.glob("*/*.py"):
        assert unknown_names(path.read_text("utf-8")) == (), path


def test_the_names_are_told_in_a_sentence() -> None:
    assert say_unknown(()) == ""
    assert say_unknown(["q"]) == "Nothing in this code defines q."
    assert say_unknown(["F", "q", "k"]) == (
        "Nothing in this code defines F, q or k. Usual here: import torch.nn.functional as F."
    )
    assert say_unknown(list("abcdefgh")).endswith("a, b, c, d, e, f or 2 more names.")
