"""The supervisor and its failures: death, concurrency, layers missing, leftovers, other users."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from interviewer.errors import SandboxError
from interviewer.sandbox import CodeTask, Sandbox, bench_run, lockdown, run_code, sandbox_report
from interviewer.types import Limits
from tests.sandbox_attempts import TASK, run_any, run_checked, started

pytestmark = pytest.mark.sandbox
ROOT = Path(__file__).resolve().parents[1]
RIGHT = "def scale(x): return 3 * x"


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with started() as opened:
        yield opened


def descendants(pid: int) -> list[int]:
    children = Path(f"/proc/{pid}/task/{pid}/children")
    found = [int(n) for n in children.read_text().split()] if children.exists() else []
    return found + [n for child in found for n in descendants(child)]


def wait_until(condition: object, seconds: float = 5.0) -> bool:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if condition():  # type: ignore[operator]
            return True
        time.sleep(0.02)
    return False


def test_a_dead_zygote_is_replaced_and_the_call_in_flight_is_ours(sandbox: Sandbox) -> None:
    with ThreadPoolExecutor() as pool:
        running = pool.submit(run_any, sandbox, "import time; time.sleep(4)")
        time.sleep(0.7)
        first = sandbox.zygote
        assert first is not None
        forked = descendants(first)
        os.kill(first, signal.SIGKILL)
        result = running.result()
    assert result.verdict == "IE" and result.seconds < 3
    assert wait_until(lambda: not any(Path(f"/proc/{pid}").exists() for pid in forked))
    assert run_checked(sandbox, RIGHT).verdict == "AC"
    assert sandbox.zygote != first


def test_a_dead_grader_is_ours_and_takes_the_child_along(sandbox: Sandbox) -> None:
    with ThreadPoolExecutor() as pool:
        running = pool.submit(run_any, sandbox, "import time; time.sleep(4)")
        time.sleep(0.7)
        zygote = sandbox.zygote
        assert zygote is not None
        locked, grader = sorted(descendants(zygote))[:2]
        os.kill(grader, signal.SIGKILL)
        assert running.result().verdict == "IE"
    assert wait_until(lambda: not Path(f"/proc/{locked}").exists())
    assert run_checked(sandbox, RIGHT).verdict == "AC"


def test_a_child_killed_from_outside_is_reported_as_memory(sandbox: Sandbox) -> None:
    with ThreadPoolExecutor() as pool:
        running = pool.submit(run_any, sandbox, "import time; time.sleep(4)")
        time.sleep(0.7)
        zygote = sandbox.zygote
        assert zygote is not None
        os.kill(min(descendants(zygote)), signal.SIGKILL)
        assert running.result().verdict == "MLE"


def test_many_threads_call_and_two_run_at_a_time(sandbox: Sandbox) -> None:
    most = 0

    def watch(done: threading.Event) -> None:
        nonlocal most
        while not done.is_set():
            zygote = sandbox.zygote
            most = max(most, len(descendants(zygote)) if zygote else 0)
            time.sleep(0.002)

    done = threading.Event()
    watcher = threading.Thread(target=watch, args=(done,))
    watcher.start()
    programs = [RIGHT, "def scale(x): return x", "def scale(x): return 1 / 0"] * 5
    with ThreadPoolExecutor(15) as pool:
        results = list(pool.map(lambda code: str(run_checked(sandbox, code).verdict), programs))
    done.set()
    watcher.join()
    assert results == ["AC", "WA", "RE"] * 5
    assert 2 <= most <= 6  # two pairs, and a pair that is ending or forked ahead


def test_nothing_is_left_after_many_runs(sandbox: Sandbox) -> None:
    run_any(sandbox, "")
    zygote = sandbox.zygote
    ours, theirs = (Path(f"/proc/{pid}/fd") for pid in (os.getpid(), zygote))
    assert wait_until(lambda: len(descendants(zygote or 0)) == 2)
    time.sleep(0.3)  # the zygote may be between forking and closing its ends
    before = len(list(ours.iterdir())), len(list(theirs.iterdir()))
    for code in ("", "1/0", "import os; os._exit(3)", "print('x' * 99999)") * 3:
        run_any(sandbox, code)

    def settled() -> bool:
        return (len(list(ours.iterdir())), len(list(theirs.iterdir()))) == before

    assert wait_until(lambda: len(descendants(zygote or 0)) == 2)  # the pair forked ahead
    assert wait_until(settled)


def test_closing_ends_every_process() -> None:
    sandbox = Sandbox()
    run_any(sandbox, "")
    zygote = sandbox.zygote
    assert zygote is not None
    time.sleep(0.1)
    forked = [zygote, *descendants(zygote)]
    sandbox.close()
    assert wait_until(lambda: not any(Path(f"/proc/{pid}").exists() for pid in forked))
    assert run_any(sandbox, "").verdict == "IE"


def test_a_check_that_fails_by_itself_is_ours(sandbox: Sandbox, tmp_path: Path) -> None:
    path = tmp_path / "checks.py"
    path.write_text(TASK.read_text("utf-8").replace("torch.randn(4", "torch.absent(4"), "utf-8")
    result = sandbox.run(CodeTask("t", path), RIGHT)
    assert result.verdict == "IE" and "absent" in result.checks[1].message


def test_checks_that_do_not_load_are_ours(sandbox: Sandbox, tmp_path: Path) -> None:
    path = tmp_path / "checks.py"
    path.write_text("import nothing_like_it", "utf-8")
    result = sandbox.run(CodeTask("t", path), RIGHT)
    assert result.verdict == "IE" and "nothing_like_it" in result.message
    assert sandbox.run(CodeTask("t", tmp_path / "absent.py"), RIGHT).verdict == "IE"


def test_every_layer_is_in_force_here(sandbox: Sandbox) -> None:
    report = sandbox_report()
    assert report["runs_code"] is True and report["seccomp"] is True
    assert run_any(sandbox, "").isolation == report["isolation"]


def test_without_libseccomp_no_code_runs_and_it_is_named() -> None:
    with Sandbox(without=("libseccomp",)) as opened:
        result = run_any(opened, "print('ran')")
    assert result.verdict == "IE" and "libseccomp2" in result.message and not result.stdout


def test_a_filter_that_cannot_be_built_names_libseccomp(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyseccomp", None)
    with pytest.raises(SandboxError, match="libseccomp2"):
        lockdown.build_filter()


@pytest.mark.parametrize("without", [("seccomp",), ("seccomp", "landlock")])
def test_a_lock_that_leaks_is_found_before_any_code_runs(without: tuple[str, ...]) -> None:
    with Sandbox(without=without) as opened:
        result = run_any(opened, "print('ran')")
    assert result.verdict == "IE" and "no code was run" in result.message and not result.stdout
    assert "socket" in result.message and "fork" in result.message


def test_seccomp_alone_holds_and_the_level_is_said() -> None:
    with Sandbox(without=("landlock",)) as opened:
        assert run_any(opened, "open('/etc/passwd')").verdict == "SV"
        assert run_checked(opened, RIGHT).isolation == "seccomp"


def test_control_landlock_alone_is_not_enough() -> None:
    code = "import os, socket; os.stat('/etc'); socket.socket(2, 2); print('ESCAPED')"
    with Sandbox(without=("seccomp", "trial")) as opened:
        result = run_any(opened, code)
        assert result.stdout == "ESCAPED\n" and result.isolation == "landlock"
        assert run_any(opened, "open('/etc/passwd')").verdict == "SV"


def test_control_without_limits_memory_is_not_bounded() -> None:
    code = "x = bytearray(512 << 20); print('ESCAPED')"
    small = Limits(wall_seconds=5, memory_bytes=128 << 20)
    with Sandbox(without=("rlimits",)) as opened:
        assert run_any(opened, code, small).stdout == "ESCAPED\n"


def test_a_single_run_opens_and_closes_its_own_sandbox() -> None:
    assert run_code(CodeTask("attack", TASK), RIGHT).verdict == "AC"


def test_the_bench_measures_a_warm_run_that_is_faster() -> None:
    measured = bench_run(ROOT / "bank", warm=5, cold=1)
    assert set(measured) == {"run.warm_ms", "run.cold_ms", "run.ratio"}
    assert measured["run.ratio"] > 5


AS_ANOTHER_USER = """
import ctypes, json, os, sys
libc = ctypes.CDLL(None, use_errno=True)
libc.prctl(8, 1, 0, 0, 0)  # keep capabilities: the interpreter may be where only root can read
os.setgroups([]); os.setresgid(1000, 1000, 1000); os.setresuid(1000, 1000, 1000)
header = (ctypes.c_uint32 * 2)(0x20080522, 0)
assert libc.capset(header, (ctypes.c_uint32 * 6)(4, 4, 4, 0, 0, 0)) == 0  # CAP_DAC_READ_SEARCH only
libc.prctl(47, 2, 2, 0, 0)  # for the zygote too
from interviewer.sandbox import Sandbox
from tests.sandbox_attempts import ATTEMPTS, program, run_any, run_checked
with Sandbox() as sandbox:
    told = {a.name: run_any(sandbox, program(a)).stdout for a in ATTEMPTS}
    right = run_checked(sandbox, "def scale(x): return 3 * x")
    wrong = run_checked(sandbox, "import os\\ndef scale(x): os._exit(0)")
    user = run_any(sandbox, "import os; print(os.getuid())").stdout
print(json.dumps([user, told, right.verdict, right.isolation, wrong.verdict, right.message]))
"""


@pytest.mark.skipif(os.getuid() != 0, reason="the other tests ran as an ordinary user already")
def test_as_an_ordinary_user_every_attempt_is_refused_too() -> None:
    command = [sys.executable, "-B", "-c", AS_ANOTHER_USER]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT)
    assert done.returncode == 0, done.stderr
    user, told, right, isolation, wrong, message = json.loads(done.stdout)
    assert user == "1000\n" and right == "AC" and wrong == "RE", message
    assert "seccomp" in isolation
    assert all(text.startswith("refused") for text in told.values()), told
