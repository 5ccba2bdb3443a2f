"""Programs that use too much time, memory or output, by accident or on purpose."""

import textwrap
from collections.abc import Iterator

import pytest

from interviewer.sandbox import CodeTask, Sandbox
from interviewer.types import Limits
from tests.sandbox_attempts import TASK, run_any, run_checked, started

pytestmark = pytest.mark.sandbox

SMALL = Limits(wall_seconds=1.0, memory_bytes=256 << 20)
TIME = {
    "endless_loop": "while True: pass",
    "sleep": "import time; time.sleep(60)",
    "loop_that_catches_everything": """
        while True:
            try:
                while True: pass
            except BaseException: pass
        """,
    "signals_ignored": """
        import signal, time
        for number in range(1, 64):
            try: signal.signal(number, signal.SIG_IGN)
            except (OSError, ValueError): pass
        time.sleep(60)
        """,
    "regular_expression_without_end": "import re; re.match(r'(a+)+$', 'a' * 60 + 'b')",
    "huge_power": "x = 9 ** (9 ** 9)",
    "waiting_for_a_lock": "import threading; l = threading.Lock(); l.acquire(); l.acquire()",
}
MEMORY = {
    "one_large_list": "x = [0] * (1 << 28)",
    "one_large_tensor": "import torch; torch.ones(1 << 28)",
    "bytes_without_end": "x = []\nwhile True: x.append(bytearray(1 << 20))",
    "tensors_without_end": "import torch; x = []\nwhile True: x.append(torch.ones(1 << 18))",
    "text_without_end": "x = 'x'\nwhile True: x += x",
    "mapped_memory": "import mmap; x = mmap.mmap(-1, 1 << 30); x.write(b'1' * (1 << 30))",
}
OUTPUT = {
    "print_without_end": "while True: print('x' * 1000)",
    "standard_error_without_end": "import sys\nwhile True: sys.stderr.write('x' * 1000)",
    "write_without_end": "import os\nwhile True: os.write(1, b'x' * 65536)",
    "both_together": "import sys\nprint('x' * 40000)\nsys.stderr.write('x' * 40000)",
}


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with started() as opened:
        yield opened


@pytest.mark.parametrize("name", TIME)
def test_time(sandbox: Sandbox, name: str) -> None:
    result = run_any(sandbox, TIME[name], SMALL)
    assert result.verdict == "TLE", result.message
    assert 0.9 < result.seconds < 4
    assert "1 s" in result.message


@pytest.mark.parametrize("name", MEMORY)
def test_memory(sandbox: Sandbox, name: str) -> None:
    limits = Limits(wall_seconds=10, memory_bytes=256 << 20)
    result = run_any(sandbox, MEMORY[name], limits)
    assert result.verdict == "MLE", result.message
    assert result.peak_bytes < 300 << 20


@pytest.mark.parametrize("name", OUTPUT)
def test_output(sandbox: Sandbox, name: str) -> None:
    result = run_any(sandbox, OUTPUT[name])
    assert result.verdict == "OLE", result.message
    assert len(result.stdout) <= 64 << 10 and len(result.stderr) <= 64 << 10
    assert "65,536" in result.message


def test_output_just_below_the_limit_is_kept(sandbox: Sandbox) -> None:
    result = run_any(sandbox, "print('x' * 65000)")
    assert result.verdict == "OK" and len(result.stdout) == 65001


def test_a_value_of_more_than_a_mebibyte(sandbox: Sandbox) -> None:
    result = run_checked(sandbox, "def scale(x): return list(range(1 << 20))")
    assert result.verdict == "OLE" and "too large" in result.message + result.checks[1].message


def test_a_tensor_of_more_than_64_mebibytes(sandbox: Sandbox) -> None:
    code = "import torch\ndef scale(x): return torch.zeros(17 << 20)"
    assert run_checked(sandbox, code).verdict == "OLE"


def test_a_tensor_of_60_mebibytes_arrives(sandbox: Sandbox) -> None:
    code = "import torch\ndef scale(x): return torch.zeros(15 << 20)"
    result = run_checked(sandbox, code)
    assert result.verdict == "WA" and "shape" in result.checks[1].message


def test_a_value_that_contains_itself(sandbox: Sandbox) -> None:
    code = "def scale(x):\n    a = []\n    a.append(a)\n    return a"
    assert run_checked(sandbox, code).verdict == "OLE"


def test_time_is_one_budget_for_all_questions(sandbox: Sandbox) -> None:
    code = "import time\ndef scale(x):\n    time.sleep(0.7)\n    return 3 * x"
    result = run_checked(sandbox, code, SMALL)
    assert [str(check.verdict) for check in result.checks] == ["AC", "AC", "TLE"]
    assert result.verdict == "TLE"


def test_recursion_is_an_error_with_its_lines(sandbox: Sandbox) -> None:
    result = run_any(sandbox, "def f():\n    return f()\nf()")
    assert result.verdict == "RE" and "RecursionError" in result.message
    assert "line 2, in f" in result.message and len(result.message) < 5000


def test_a_crash_is_the_candidates(sandbox: Sandbox) -> None:
    result = run_any(sandbox, "import ctypes; ctypes.string_at(0)")
    assert result.verdict == "RE" and "SIGSEGV" in result.message


def test_an_abort_is_the_candidates(sandbox: Sandbox) -> None:
    assert run_any(sandbox, "import os; os.abort()").verdict == "RE"


def test_a_source_that_does_not_parse(sandbox: Sandbox) -> None:
    result = run_any(sandbox, "x = 1\ndef f(:\n")
    assert result.verdict == "CE" and "line 2" in result.message


@pytest.mark.parametrize("code", ["(" * 5000, "x\0", "\ud800", "-" * 60000 + "1", "# coding: x\n"])
def test_a_source_that_breaks_parsers(sandbox: Sandbox, code: str) -> None:
    result = sandbox.run(CodeTask("t", TASK), code)
    assert result.verdict in ("CE", "RE", "WA", "MLE"), result.message


def test_a_source_that_is_too_long(sandbox: Sandbox) -> None:
    result = run_any(sandbox, "#" * (65 << 10))
    assert result.verdict == "CE" and "65,536" in result.message


def test_endings_stay_with_their_program(sandbox: Sandbox) -> None:
    run_any(sandbox, MEMORY["one_large_list"], SMALL)
    run_any(sandbox, TIME["endless_loop"], SMALL)
    code = textwrap.dedent("def scale(x): return 3 * x")
    assert run_checked(sandbox, code).verdict == "AC"
