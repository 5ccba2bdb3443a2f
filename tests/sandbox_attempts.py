"""What hostile programs try, as data, and how to run one: shared by the sandbox tests.

An attempt is a few lines that raise when refused. It is run locked, where it must be refused, and
again with the lock taken off, where it must succeed: an attempt that fails there proves nothing.
"""

import textwrap
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from interviewer.errors import SandboxError
from interviewer.sandbox import CodeTask, Sandbox
from interviewer.types import Limits, RunResult
from tests.conftest import missing_part

TASK = Path(__file__).parent / "sandbox_task" / "checks.py"
UNLOCKED = ("seccomp", "landlock", "rlimits", "trial")

HEAD = """
import ctypes, errno, os, socket, subprocess, sys, threading, resource, signal
libc = ctypes.CDLL(None, use_errno=True)

def must(value):
    if value == -1 and ctypes.get_errno() == errno.EPERM:
        raise PermissionError("refused")

def syscall(*arguments):
    must(libc.syscall(*arguments))

"""


@dataclass(frozen=True, slots=True)
class Attempt:
    """One forbidden thing; `control` is False where even the unlocked control is refused."""

    name: str
    code: str
    control: bool = True


def program(attempt: Attempt) -> str:
    """The attempt as a submission that prints how it went."""
    body = textwrap.indent(attempt.code, "    ")
    return (
        f"{HEAD}try:\n{body}\nexcept (OSError, ImportError, RuntimeError, ValueError) as error:\n"
        "    print('refused', type(error).__name__)\nelse:\n    print('ESCAPED')\n"
    )


@contextmanager
def started() -> Iterator[Sandbox]:
    """A sandbox that runs; skips, or fails in CI, where the machine gives none."""
    with Sandbox() as sandbox:
        try:
            sandbox.start()
        except SandboxError as error:
            missing_part(f"the sandbox ({error})", "apt-get install libseccomp2")
        yield sandbox


def run_any(sandbox: Sandbox, code: str, limits: Limits | None = None) -> RunResult:
    """Run code with no checks."""
    return sandbox.run(CodeTask(limits=limits or Limits(wall_seconds=5)), textwrap.dedent(code))


def run_checked(sandbox: Sandbox, code: str, limits: Limits | None = None) -> RunResult:
    """Run code against the task of the attacks."""
    task = CodeTask("attack", TASK, limits or Limits(wall_seconds=5))
    return sandbox.run(task, textwrap.dedent(code))


FILES = (
    Attempt("read_a_file", "open('/etc/passwd').read()"),
    Attempt("read_the_environment_of_the_process", "open('/proc/self/environ').read()"),
    Attempt("read_the_memory_of_the_parent", "open(f'/proc/{os.getppid()}/mem', 'rb')"),
    Attempt("read_the_service_sources", "open(sys.modules['interviewer.checks'].__file__)"),
    Attempt("list_a_folder", "os.listdir('/')"),
    Attempt("stat_a_path", "os.stat('/etc')"),
    Attempt("follow_a_link", "os.readlink('/proc/self/exe')"),
    Attempt("write_a_file", "open('/dev/null', 'w').write('x')"),
    Attempt("make_a_folder", "import uuid; p = f'/tmp/{uuid.uuid4()}'; os.mkdir(p); os.rmdir(p)"),
    Attempt("make_a_symlink",
            "import uuid; p = f'/tmp/{uuid.uuid4()}'; os.symlink('/etc', p); os.unlink(p)"),
    Attempt("change_folder", "os.chdir('/tmp')"),
    Attempt("ask_for_the_folder", "os.getcwd()"),
    Attempt("open_by_libc", "must(libc.open(b'/etc/passwd', 0))"),
    Attempt("open_by_raw_system_call", "syscall(257, -100, b'/etc/passwd', 0, 0)"),
    Attempt("open_by_openat2", "syscall(437, -100, b'/etc', (ctypes.c_uint64 * 3)(0, 0, 0), 24)"),
    Attempt("open_by_io_uring", "syscall(425, 4, (ctypes.c_char * 120)())"),
    Attempt("memory_file", "os.memfd_create('x')"),
    Attempt("duplicate_a_descriptor", "os.dup(1)"),
    Attempt("make_a_pipe", "os.pipe()"),
    Attempt("import_from_disk", "import turtledemo"),
)  # fmt: skip

NETWORK = (
    Attempt("tcp_socket", "socket.socket()"),
    Attempt("udp_socket", "socket.socket(socket.AF_INET, socket.SOCK_DGRAM)"),
    Attempt("unix_socket", "socket.socket(socket.AF_UNIX)"),
    Attempt("netlink_socket", "socket.socket(socket.AF_NETLINK, socket.SOCK_RAW)"),
    Attempt("socket_pair", "socket.socketpair()"),
    Attempt("socket_by_raw_system_call", "syscall(41, 2, 1, 0)"),
)

PROCESSES = (
    Attempt("fork", "if os.fork() == 0:\n    os._exit(0)"),
    Attempt("subprocess", "subprocess.run([sys.executable, '--version'], capture_output=True)"),
    Attempt("posix_spawn", "os.posix_spawn('/bin/true', ['true'], {})"),
    Attempt("shell", "if libc.system(b'true') != 0:\n    raise OSError('refused')"),
    Attempt("thread", "threading.Thread(target=int).start()"),
    Attempt("clone_by_raw_system_call",
            "pid = libc.syscall(56, 17, 0, 0, 0, 0)\nif pid == 0:\n    os._exit(0)\nmust(pid)"),
    Attempt("signal_to_the_parent", "os.kill(os.getppid(), 0)"),
    Attempt("signal_to_everything", "os.kill(-1, 0)"),
    Attempt("signal_to_itself_by_tgkill", "syscall(234, os.getpid(), os.getpid(), 0)"),
    Attempt("pidfd_of_the_parent", "os.pidfd_open(os.getppid())"),
    Attempt("be_traced", "must(libc.ptrace(0, 0, 0, 0))"),
    Attempt("read_memory_of_the_parent_by_system_call",
            "syscall(310, os.getppid(), None, 0, None, 0, 0)"),
    Attempt("raise_its_own_limits",
            "resource.setrlimit(resource.RLIMIT_CORE, (0, 0))"),
    Attempt("change_priority", "os.setpriority(os.PRIO_PROCESS, 0, 5)"),
    Attempt("change_affinity", "os.sched_setaffinity(0, os.sched_getaffinity(0))"),
    Attempt("change_user", "os.setuid(os.getuid())"),
    Attempt("new_user_namespace", "must(libc.unshare(0x10000000))"),
    Attempt("shared_memory", "must(libc.shmget(0, 4096, 0o600 | 0o1000))"),
    Attempt("message_queue", "must(libc.msgget(0, 0o600 | 0o1000))"),
    Attempt("keyring", "syscall(250, 0, -3, 0)"),
    Attempt("personality", "must(libc.personality(0xFFFFFFFF))"),
    Attempt("process_control", "must(libc.prctl(3, 0, 0, 0, 0))"),
    Attempt("another_filter", "syscall(317, 2, 0, (ctypes.c_uint32 * 1)(0x7FFF0000))"),
    Attempt("mount", "syscall(165, None, None, None, 0, None)", control=False),
    Attempt("bpf", "syscall(321, 0, None, 0)", control=False),
    Attempt("performance_events", "syscall(298, None, 0, -1, -1, 0)", control=False),
    Attempt("timer_signals", "signal.setitimer(signal.ITIMER_REAL, 1000)"),
)  # fmt: skip

ATTEMPTS = (*FILES, *NETWORK, *PROCESSES)
