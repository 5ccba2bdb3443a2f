"""What cannot work in the sandbox is explained before the exception; honest faults are not."""

from collections.abc import Iterator

import pytest

from interviewer import explained
from interviewer.explained import explain, explain_syntax
from interviewer.sandbox import Sandbox
from tests.sandbox_attempts import run_any, run_checked, started

DATA = "DataLoader(TensorDataset(torch.randn(8, 2)), num_workers=2)"
CANNOT = {
    "workers": (
        f"import torch\nfrom torch.utils.data import *\ndl = {DATA}\nfor batch in dl: pass",
        explained.WORKERS,
    ),
    "compile": ("import torch\ntorch.compile(lambda x: x)(torch.ones(2))", explained.COMPILE),
    "url": ("import urllib.request as u\nu.urlopen('http://a.example')", explained.NETWORK),
    "socket": ("import socket\nsocket.create_connection(('1.1.1.1', 80))", explained.NETWORK),
    "asyncio": ("import asyncio\nasync def f(): ...\nasyncio.run(f())", explained.ASYNCIO),
    "file": ("open('data.txt')", explained.FILES),
    "saving": ("import torch\ntorch.save({}, 'model.pt')", explained.FILES),
    "table": ("import numpy as np\nnp.loadtxt('a.csv')", explained.FILES),
    "subprocess": ("import subprocess\nsubprocess.run(['ls'])", explained.PROCESSES),
    "process": ("import multiprocessing as m\nm.Process().start()", explained.PROCESSES),
    "thread": ("import threading as t\nt.Thread(target=print).start()", explained.THREADS),
    "input": ("n = input()", explained.NO_INPUT),
    "module": ("import pandas as pd", explained.NO_MODULE.format(name="pandas")),
    "numpy_in_a_graph": (
        "import torch\ntorch.ones(2, requires_grad=True).numpy()",
        explained.NO_GRADIENTS,
    ),
    "notebook": ("!pip install x", explained.NOTEBOOK),
}


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with started() as opened:
        yield opened


@pytest.mark.sandbox
@pytest.mark.parametrize("name", CANNOT)
def test_what_cannot_work_is_explained_first(sandbox: Sandbox, name: str) -> None:
    code, said = CANNOT[name]
    result = run_any(sandbox, code)
    first, _, rest = result.message.partition("\n")
    assert first == said, result.message
    assert "line " in rest, "the exception and the candidate's own line follow"


@pytest.mark.sandbox
def test_it_is_explained_in_a_check_too(sandbox: Sandbox) -> None:
    result = run_checked(sandbox, "def scale(x):\n    return open('weights.pt')")
    assert result.verdict == "SV"
    assert result.checks[1].message.startswith(explained.FILES + "\nPermissionError: ")


@pytest.mark.sandbox
def test_names_that_do_not_exist_are_told(sandbox: Sandbox) -> None:
    alone = run_any(sandbox, "scores = q @ k.T")
    assert alone.verdict == "RE"
    assert alone.message.startswith("Nothing in this code defines q or k.\nNameError: ")
    unused = run_any(sandbox, "def f(x):\n    return F.relu(x)")
    assert unused.verdict == "OK" and "defines F. Usual here: import" in unused.message
    checked = run_checked(sandbox, "def triple(a, b): return b * factor")
    assert checked.verdict == "WA" and checked.message == "Nothing in this code defines factor."
    right = run_checked(sandbox, "def scale(x): return 3 * x\ndef demo(): return nothing")
    assert right.verdict == "AC" and right.message == ""


@pytest.mark.parametrize(
    ("types", "message", "line"),
    [
        (["ValueError"], "a bad value", "x = f(open)"),
        (["RuntimeError"], "mat1 and mat2 shapes cannot be multiplied", "line 1: load(x)"),
        (["ImportError"], "cannot import name 'x' from 'torch'", "from torch import x"),
        (["FileNotFoundError"], "no such thing", "raise FileNotFoundError"),
    ],
)
def test_an_honest_fault_is_not_the_sandboxs(types: list[str], message: str, line: str) -> None:
    assert explain(types, message, [line]) == ""


def test_what_is_asked_of_the_machine() -> None:
    error = "Torch not compiled with CUDA enabled"
    assert explain(["AssertionError"], error, ["x.cuda()"]) == explained.NO_GPU
    refused = "[Errno 1] Operation not permitted"
    assert explain(["PermissionError"], refused, ["thing()"]) == explained.NO_SYSTEM
    assert explain(["PermissionError"], refused, []) == explained.NO_SYSTEM
    kinds = ["ModuleNotFoundError", "ImportError"]
    flex = "No module named 'torch.nn.attention.flex_attention'"
    assert explain(kinds, flex, []).startswith("torch.nn.attention.flex_attention is not at hand")
    assert explain_syntax("  %matplotlib inline") and not explain_syntax("x = ")
