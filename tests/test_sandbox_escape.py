"""Hostile programs reach for files, the network, processes and the service's secrets."""

import os
import sys
from collections.abc import Iterator

import pytest

from interviewer.sandbox import Sandbox
from interviewer.types import RunVerdict
from tests.sandbox_attempts import ATTEMPTS, UNLOCKED, Attempt, program, run_any, started

pytestmark = pytest.mark.sandbox

SECRET = "sesame-4711"  # noqa: S105  made up


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    os.environ["INTERVIEWER_SECRET_OF_TESTS"] = SECRET
    with started() as opened:
        del os.environ["INTERVIEWER_SECRET_OF_TESTS"]
        yield opened


@pytest.fixture(scope="module")
def unlocked() -> Iterator[Sandbox]:
    with Sandbox(without=UNLOCKED) as opened:
        opened.start()
        yield opened


@pytest.mark.parametrize("attempt", ATTEMPTS, ids=lambda attempt: attempt.name)
def test_refused(sandbox: Sandbox, attempt: Attempt) -> None:
    result = run_any(sandbox, program(attempt))
    assert result.verdict == RunVerdict.OK, (result.message, result.stderr)
    assert result.stdout.startswith("refused"), result.stdout


@pytest.mark.parametrize(
    "attempt", [a for a in ATTEMPTS if a.control], ids=lambda attempt: attempt.name
)
def test_control_without_the_lock_it_succeeds(unlocked: Sandbox, attempt: Attempt) -> None:
    result = run_any(unlocked, program(attempt))
    assert "ESCAPED" in result.stdout, (result.verdict, result.message, result.stdout)


def test_what_is_refused_and_not_caught_is_a_security_violation(sandbox: Sandbox) -> None:
    result = run_any(sandbox, "open('/etc/passwd')")
    assert result.verdict == RunVerdict.SECURITY_VIOLATION
    assert "line 1" in result.message and "no files" in result.message


def test_system_calls_of_another_abi_kill_the_program(sandbox: Sandbox) -> None:
    code = "import ctypes; ctypes.CDLL(None).syscall(0x40000000 | 2, b'/etc/passwd', 0)"
    if os.uname().machine == "x86_64":
        assert run_any(sandbox, code).verdict == RunVerdict.SECURITY_VIOLATION


def test_the_environment_holds_thread_settings_only(sandbox: Sandbox) -> None:
    result = run_any(sandbox, "import os; print(sorted(os.environ))")
    names = set(eval(result.stdout))  # noqa: S307  our own program's output
    assert names <= {
        "OMP_NUM_THREADS", "OMP_THREAD_LIMIT", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS",
        "CUDA_VISIBLE_DEVICES", "LC_CTYPE", "TORCHINDUCTOR_CACHE_DIR",
        "KMP_DUPLICATE_LIB_OK", "KMP_INIT_AT_FORK",
    }  # fmt: skip
    assert SECRET not in result.stdout


def test_the_original_environment_block_is_empty_of_secrets(sandbox: Sandbox) -> None:
    code = """
    import ctypes
    block = ctypes.POINTER(ctypes.c_char_p).in_dll(ctypes.CDLL(None), "environ")
    found = []
    while block[len(found)]:
        found.append(block[len(found)])
    around = ctypes.string_at(ctypes.cast(block[0], ctypes.c_void_p).value, 200)
    print(found, around)
    """
    result = run_any(sandbox, code)
    assert "OMP_NUM_THREADS" in result.stdout and SECRET not in result.stdout


def test_nothing_of_another_submission_is_in_memory(sandbox: Sandbox) -> None:
    run_any(sandbox, "marker = 'left' + '-behind'\nprint(marker)")
    code = """
    import gc
    gc.unfreeze()
    values = []
    for holder in gc.get_objects():
        if isinstance(holder, dict):
            values += list(holder.values())
        elif isinstance(holder, (list, tuple)):
            values += list(holder)
    texts = [v for v in values if isinstance(v, str)]
    print(any(t.startswith("left") and t.endswith("behind") for t in texts), len(texts) > 10000)
    """
    assert run_any(sandbox, code).stdout.strip() == "False True"


def test_the_program_holds_its_five_pipes_and_nothing_else(sandbox: Sandbox) -> None:
    code = """
    import fcntl
    held = []
    for number in range(4096):
        try:
            fcntl.fcntl(number, fcntl.F_GETFD)
            held.append(number)
        except OSError:
            pass
    print(held)
    """
    assert run_any(sandbox, code).stdout.strip() == "[0, 1, 2, 3, 4]"


def test_standard_input_is_empty(sandbox: Sandbox) -> None:
    assert "EOFError" in run_any(sandbox, "input()").message


def test_the_python_that_runs_is_ours(sandbox: Sandbox) -> None:
    result = run_any(sandbox, "import sys; print(sys.version)")
    assert result.stdout.strip() == sys.version.replace("\n", "")
