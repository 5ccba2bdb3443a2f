"""Honest programs: what candidates may rely on works in the locked child."""

import textwrap
from collections.abc import Iterator

import pytest

from interviewer.sandbox import CodeTask, Sandbox
from tests.sandbox_attempts import TASK, run_any, run_checked, started

pytestmark = pytest.mark.sandbox

HONEST = {
    "training": """
        import torch
        from torch import nn
        model = nn.Sequential(nn.Linear(3, 8), nn.BatchNorm1d(8), nn.ReLU(), nn.Linear(8, 1))
        optimizer = torch.optim.AdamW(model.parameters(), lr=1e-2)
        schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, 1e-2, total_steps=20)
        for _ in range(20):
            loss = nn.functional.mse_loss(model(torch.randn(16, 3)), torch.zeros(16, 1))
            optimizer.zero_grad(); loss.backward(); optimizer.step(); schedule.step()
        """,
    "recurrence_convolution_attention": """
        import torch
        from torch import nn
        nn.GRU(3, 4)(torch.randn(5, 2, 3))[0].sum().backward()
        nn.Conv2d(3, 4, 3, groups=1)(torch.randn(1, 3, 8, 8)).sum().backward()
        nn.TransformerEncoderLayer(8, 2, batch_first=True)(torch.randn(2, 3, 8)).sum().backward()
        nn.MultiheadAttention(8, 2)(*[torch.randn(3, 1, 8)] * 3)
        """,
    "transforms": """
        import torch
        from torch.func import vmap, grad, jacrev, functional_call
        vmap(grad(lambda x: (x ** 2).sum()))(torch.randn(3, 2))
        jacrev(torch.sin)(torch.randn(3))
        torch.autograd.gradcheck(torch.sin, torch.randn(3, dtype=torch.double, requires_grad=True))
        """,
    "checkpoint_and_hooks": """
        import torch
        from torch.utils.checkpoint import checkpoint
        x = torch.randn(2, 3, requires_grad=True)
        layer = torch.nn.Linear(3, 3)
        layer.register_forward_hook(lambda *a: None)
        for reentrant in (True, False):
            checkpoint(layer, x, use_reentrant=reentrant).sum().backward()
        """,
    "script": """
        import torch
        @torch.jit.script
        def f(x: torch.Tensor) -> torch.Tensor:
            return x * 2
        assert torch.equal(f(torch.ones(2)), torch.full((2,), 2.0))
        """,
    "mixed_precision_and_quantisation": """
        import torch
        with torch.autocast("cpu", dtype=torch.bfloat16):
            torch.nn.Linear(3, 3)(torch.randn(2, 3))
        torch.quantize_per_tensor(torch.randn(4), 0.1, 0, torch.qint8).dequantize()
        """,
    "linear_algebra": """
        import torch, numpy as np
        torch.linalg.svd(torch.randn(4, 4)); torch.linalg.eigh(torch.eye(3))
        torch.fft.rfft(torch.randn(8)); np.linalg.inv(np.eye(3)); np.fft.fft(np.ones(4))
        """,
    "own_autograd_function": """
        import torch
        class Cube(torch.autograd.Function):
            @staticmethod
            def forward(ctx, x):
                ctx.save_for_backward(x)
                return x ** 3
            @staticmethod
            def backward(ctx, g):
                return 3 * ctx.saved_tensors[0] ** 2 * g
        Cube.apply(torch.randn(3, requires_grad=True)).sum().backward()
        """,
    "data_without_workers": """
        import torch
        from torch.utils.data import DataLoader, TensorDataset
        data = DataLoader(TensorDataset(torch.randn(8, 2)), batch_size=4, shuffle=True)
        assert len([x for x, in data]) == 2
        """,
    "standard_library": """
        import collections, contextlib, copy, dataclasses, enum, functools, heapq, io, itertools
        import json, logging, math, random, re, statistics, string, textwrap, time, typing
        import abc, bisect, datetime, decimal, fractions, operator, warnings, weakref, types, uuid
        import argparse, csv, hashlib, inspect, pprint, secrets, unittest, zlib, pathlib, tempfile
        @dataclasses.dataclass
        class Point:
            x: float = 0.0
        logging.basicConfig(); logging.warning("to standard error")
        warnings.warn("a warning")
        print(Point(), random.random(), time.time() > 0, datetime.datetime.now().year > 2000)
        copy.deepcopy(Point()); json.dumps({"a": 1}); secrets.token_hex(4)
        inspect.signature(Point); time.sleep(0.001)
        """,
    "many_threads_asked_for": """
        import torch
        torch.set_num_threads(8)
        (torch.randn(300, 300) @ torch.randn(300, 300)).sum()
        """,
    "random_generators": """
        import random, numpy as np, torch
        torch.manual_seed(0); np.random.seed(0); random.seed(0)
        torch.Generator().manual_seed(1); np.random.default_rng(); torch.seed()
        """,
    "top_level_demo": """
        if __name__ == "__main__":
            print("demo")
        """,
    "printing_what_it_made": """
        import torch
        print(torch.randn(3, 3), torch.nn.Linear(2, 2), {"a": torch.ones(1)})
        """,
}


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with started() as opened:
        yield opened


@pytest.mark.parametrize("name", HONEST)
def test_works(sandbox: Sandbox, name: str) -> None:
    result = run_any(sandbox, HONEST[name])
    assert result.verdict == "OK", (result.message, result.stderr)


def test_output_and_error_are_captured(sandbox: Sandbox) -> None:
    result = run_any(sandbox, "import sys; print('né'); print('x', file=sys.stderr)")
    assert (result.stdout, result.stderr) == ("né\n", "x\n")


def test_generators_differ_from_run_to_run(sandbox: Sandbox) -> None:
    code = (
        "import torch, random, numpy as np; print(torch.rand(1), random.random(), np.random.rand())"
    )
    first, second = (run_any(sandbox, code).stdout.split() for _ in range(2))
    assert all(a != b for a, b in zip(first, second, strict=True))


def test_another_name_of_the_entry_is_used_and_said(sandbox: Sandbox) -> None:
    result = run_checked(sandbox, "import math\ndef triple(x): return 3 * x")
    assert result.verdict == "AC" and "triple was used in its place" in result.checks[0].message


@pytest.mark.parametrize(
    "code",
    [
        "def a(x): return 3 * x\ndef b(x): return 3 * x",
        "def a(x, y): return 3 * x",
        "class A:\n    def __init__(self, x): pass",
        "from math import sin",
        "",
    ],
)
def test_no_entry_or_too_many(sandbox: Sandbox, code: str) -> None:
    result = run_checked(sandbox, code)
    assert result.verdict == "WA"
    assert [(c.name, str(c.verdict)) for c in result.checks] == [("entry", "WA")]
    assert "scale(x)" in result.checks[0].message


@pytest.mark.parametrize(
    "value",
    [
        "3 * x",
        "(3 * x).double()",
        "(3 * x).numpy()",
        "torch.nn.Parameter(3 * x)",
        "(3 * x).to_sparse()",
    ],
)
def test_any_kind_of_right_tensor_is_accepted(sandbox: Sandbox, value: str) -> None:
    result = run_checked(sandbox, f"import torch\ndef scale(x): return {value}")
    assert result.verdict == "AC", result.checks


def test_a_wrong_value_is_explained(sandbox: Sandbox) -> None:
    code = "def scale(x):\n    y = 3 * x\n    y[2] += 1\n    return y"
    message = run_checked(sandbox, code).checks[1].message
    assert "first at index [2]" in message and "1 of 4 values differ" in message
    assert "largest error 1" in message and "rtol 0.0001" in message


def test_an_exception_is_explained(sandbox: Sandbox) -> None:
    result = run_checked(sandbox, "def scale(x):\n    return x @ x.view(2, 2)")
    assert result.verdict == "RE"
    assert "line 2, in scale: return x @ x.view(2, 2)" in result.checks[1].message


def test_a_module_that_is_not_there(sandbox: Sandbox) -> None:
    result = run_any(sandbox, "import not_a_module")
    assert result.verdict == "RE" and "ModuleNotFoundError" in result.message


def test_every_operation_of_the_probe(sandbox: Sandbox) -> None:
    code = """
    import torch
    class Net(torch.nn.Module):
        def __init__(self, dim):
            super().__init__()
            self.layer = torch.nn.Linear(dim, dim)
        def forward(self, x):
            return self.layer(x)
    """
    task = CodeTask("module", TASK.with_name("module_checks.py"))
    result = sandbox.run(task, textwrap.dedent(code))
    assert result.verdict == "AC", (result.message, result.checks)
    assert len(result.checks) == 6
    wrong = textwrap.dedent(code).replace("return self.layer(x)", "return -self.layer(x)")
    verdicts = {c.name: str(c.verdict) for c in sandbox.run(task, wrong).checks}
    assert verdicts["weights-can-be-chosen"] == "WA" and verdicts["a-prelude-observes"] == "AC"
