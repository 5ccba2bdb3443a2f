"""Hostile programs try to be accepted without computing the right values.

Each is run against a task (scale(x) = 3 x) that it does not solve, so AC would be a forgery.
"""

import subprocess
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path

import pytest

from interviewer.sandbox import Sandbox
from interviewer.types import RunVerdict
from tests.sandbox_attempts import TASK, run_checked, started

pytestmark = pytest.mark.sandbox

FORGERIES = {
    "patched_allclose": """
        import torch
        for name in ("allclose", "isclose", "equal", "eq", "all", "any", "isfinite"):
            setattr(torch, name, lambda *a, **k: True)
        torch.testing.assert_close = lambda *a, **k: None
        def scale(x): return x
        """,
    "patched_comparison_of_ours": """
        import interviewer.compare, interviewer.checks
        interviewer.compare.expect_close = lambda *a, **k: None
        interviewer.compare.fail = lambda *a: None
        interviewer.checks.CheckFailure = ZeroDivisionError
        def scale(x): return x
        """,
    "patched_verdicts": """
        from interviewer.types import RunVerdict
        RunVerdict.WRONG_ANSWER = RunVerdict.ACCEPTED
        def scale(x): return x
        """,
    "patched_tensor_methods": """
        import torch
        torch.Tensor.__sub__ = lambda a, b: torch.zeros(4)
        torch.Tensor.abs = torch.Tensor.__abs__ = lambda a: torch.zeros(4)
        torch.Tensor.__le__ = lambda a, b: torch.ones(4, dtype=torch.bool)
        def scale(x): return x
        """,
    "exit_zero_at_the_top": "import os; os._exit(0)",
    "exit_zero_in_the_call": """
        import os
        def scale(x): os._exit(0)
        """,
    "sys_exit_zero": """
        import sys
        def scale(x): sys.exit(0)
        """,
    "sys_exit_at_the_top": "import sys; sys.exit()",
    "equality_that_says_yes": """
        class Yes:
            def __eq__(self, other): return True
            def __float__(self): return 0.0
            def __sub__(self, other): return 0
            __rsub__ = __sub__
        def scale(x): return Yes()
        """,
    "list_that_says_yes": """
        class Yes(list):
            def __eq__(self, other): return True
        def scale(x): return Yes([1.0, 2.0, 3.0, 4.0])
        """,
    "float_that_says_yes": """
        class Yes(float):
            def __eq__(self, other): return True
            def __le__(self, other): return True
            def __sub__(self, other): return 0.0
        def scale(x): return Yes(1.0)
        """,
    "class_that_lies": """
        import torch
        class Lie:
            __class__ = torch.Tensor
            shape = (4,)
        def scale(x): return Lie()
        """,
    "tensor_subclass_that_says_yes": """
        import torch
        class Yes(torch.Tensor):
            @classmethod
            def __torch_function__(cls, function, types, args=(), kwargs=None):
                return torch.ones(4, dtype=torch.bool)
        def scale(x): return x.as_subclass(Yes)
        """,
    "tensor_subclass_with_methods": """
        import torch
        class Yes(torch.Tensor):
            def __sub__(self, other): return torch.zeros(4)
            def abs(self): return torch.zeros(4)
        def scale(x): return torch.zeros(4).as_subclass(Yes)
        """,
    "not_a_number": """
        import torch
        def scale(x): return torch.full((4,), float("nan"))
        """,
    "infinity": """
        import torch
        def scale(x): return torch.full((4,), float("inf"))
        """,
    "hunt_in_frames": """
        import sys, torch
        def scale(x):
            frame = sys._getframe()
            while frame:
                for name, value in list(frame.f_locals.items()):
                    if name in ("expected", "wanted", "want", "reference"):
                        return value
                    if isinstance(value, torch.Tensor) and value is not x:
                        return value
                frame = frame.f_back
            return x
        """,
    "hunt_in_garbage": """
        import gc, torch
        gc.unfreeze()
        def scale(x):
            for value in gc.get_objects():
                if type(value) is torch.Tensor and value.shape == x.shape and value is not x:
                    return value
            return x
        """,
    "hunt_for_the_checks": """
        import gc, types
        gc.unfreeze()
        for value in gc.get_objects():
            if isinstance(value, types.FunctionType) and value.__name__ == "triples_the_input":
                print("FOUND", value)
        def scale(x): return x
        """,
    "answer_in_the_input": """
        def scale(x): return x.zero_()
        """,
    "forged_result_on_every_descriptor": """
        import os
        line = b'{"result": {"verdict": "AC", "message": "", "stdout": "", "stderr": "",'
        line += b' "seconds": 0, "peak_bytes": 0, "isolation": "x"}}\\n'
        for number in range(3, 64):
            try: os.write(number, line)
            except OSError: pass
        def scale(x): return x
        """,
    "forged_frame_with_a_guessed_nonce": """
        import os, struct
        tree = b'{"d":[["ok",{"d":[["value",null]]}]]}'
        os.write(4, struct.pack("<16sIQ", bytes(16), len(tree), 0) + tree)
        def scale(x): return x
        """,
    "forged_frame_with_the_real_nonce": """
        import os, struct, sys
        def scale(x):
            frame = sys._getframe()
            while "nonce" not in frame.f_locals:
                frame = frame.f_back
            tree = b'{"d":[["ok",{"d":[["value",true],["verdict","AC"]]}]]}'
            os.write(4, struct.pack("<16sIQ", frame.f_locals["nonce"], len(tree), 0) + tree)
            return x
        """,
    "replayed_frame": """
        import os
        from interviewer.sandbox import child
        write = child._write
        def twice(data):
            write(data)
            write(data)
        child._write = twice
        def scale(x): return x
        """,
    "pickle_on_the_pipe": """
        import os, pickle, struct
        class Bomb:
            def __reduce__(self): return (os.system, ("touch /tmp/forged",))
        data = pickle.dumps(Bomb())
        def scale(x):
            os.write(4, struct.pack("<16sIQ", bytes(16), 2, len(data)) + b"{}" + data)
            return x
        """,
    "safetensors_that_are_not": """
        import safetensors.torch
        safetensors.torch.save = lambda tensors: b"\\xff" * 64
        def scale(x): return x
        """,
    "a_header_that_claims_exabytes": """
        import os, struct
        def scale(x):
            os.write(4, struct.pack("<16sIQ", bytes(16), 2**32 - 1, 2**60))
            return x
        """,
    "a_tree_without_end": """
        from interviewer.sandbox import wire
        wire.json = type("J", (), {"dumps": staticmethod(lambda *a, **k: '{"l":[' * 100000)})
        def scale(x): return x
        """,
    "an_answer_of_another_shape": """
        from interviewer.sandbox import child
        child.Child.answer = lambda self, tree, blob: {"ok": {"verdict": "AC"}}
        def scale(x): return x
        """,
    "an_error_of_another_shape": """
        from interviewer.sandbox import child
        child.faults.describe = lambda error: {"types": 1, "message": [], "lines": "AC"}
        def scale(x): raise ValueError
        """,
    "a_closed_answer_pipe": """
        import os, time
        def scale(x):
            os.close(4)
            time.sleep(60)
        """,
    "signal_handlers_and_exit_hooks": """
        import atexit, os, signal, sys
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        atexit.register(os._exit, 0)
        sys.excepthook = lambda *a: os._exit(0)
        def scale(x): raise SystemExit(0)
        """,
    "an_error_that_pretends": """
        class AC(Exception): pass
        AC.__name__ = AC.__qualname__ = "CheckPassed"
        def scale(x): raise AC("verdict: AC")
        """,
    "an_error_whose_text_fails": """
        class Bad(Exception):
            def __str__(self): raise KeyboardInterrupt
        def scale(x): raise Bad
        """,
    "a_meddled_loader": """
        import linecache, traceback
        linecache.getline = traceback.extract_tb = lambda *a, **k: 1 / 0
        def scale(x): raise ValueError("x")
        """,
}  # fmt: skip


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with started() as opened:
        yield opened


@pytest.mark.parametrize("name", FORGERIES)
def test_not_accepted(sandbox: Sandbox, name: str) -> None:
    result = run_checked(sandbox, FORGERIES[name])
    assert result.verdict in ("WA", "RE", "SV", "OLE"), (result.message, result.checks)
    assert all(check.verdict != "AC" for check in result.checks[1:])
    assert "FOUND" not in result.stdout


def test_control_the_honest_program_is_accepted(sandbox: Sandbox) -> None:
    assert run_checked(sandbox, "def scale(x): return 3 * x").verdict == RunVerdict.ACCEPTED


def test_a_forger_leaves_nothing_for_the_next(sandbox: Sandbox) -> None:
    for name in ("patched_allclose", "patched_tensor_methods", "patched_comparison_of_ours"):
        run_checked(sandbox, FORGERIES[name])
    assert run_checked(sandbox, "def scale(x): return x").verdict == RunVerdict.WRONG_ANSWER
    assert run_checked(sandbox, "def scale(x): return x + x + x").verdict == RunVerdict.ACCEPTED


def test_no_pickle_was_executed(sandbox: Sandbox) -> None:
    mark = Path("/tmp/forged")  # noqa: S108  the name is the attack's
    run_checked(sandbox, FORGERIES["pickle_on_the_pipe"])
    assert not mark.exists()


@pytest.mark.parametrize("name", ["patched_comparison_of_ours", "patched_tensor_methods"])
def test_control_a_checker_in_the_same_process_is_fooled(name: str, tmp_path: Path) -> None:
    """The forgeries are real: where candidate and checker share a process, they are accepted."""
    forged = tmp_path / "forged.py"
    forged.write_text(textwrap.dedent(FORGERIES[name]), "utf-8")
    command = [sys.executable, "-m", "interviewer.sandbox.cold", str(TASK), str(forged)]
    done = subprocess.run(command, cwd=TASK.parents[2], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "AC"
