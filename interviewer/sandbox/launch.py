"""Starts the zygote's process, with an environment of thread settings only, and ends it."""

import json
import signal
import socket
import subprocess
import sys
from pathlib import Path

from interviewer.errors import SandboxError

START_SECONDS = 120.0
BOOT = (
    "import json, sys; sys.path[:] = json.loads(sys.argv[1]); "
    "from interviewer.sandbox.zygote import main; main(int(sys.argv[2]), json.loads(sys.argv[3]))"
)
# one thread before any fork, and no device: a forked child with a thread pool hangs
ENVIRONMENT = {
    "OMP_NUM_THREADS": "1",
    "OMP_THREAD_LIMIT": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "CUDA_VISIBLE_DEVICES": "",
}


class ZygoteProcess:
    """One zygote at a time, started when its control socket is asked for. Not thread-safe."""

    def __init__(self, without: tuple[str, ...]) -> None:
        self._without = without
        self._process: subprocess.Popen[bytes] | None = None
        self._socket: socket.socket | None = None

    @property
    def pid(self) -> int | None:
        """The process id while it lives."""
        process = self._process
        return process.pid if process and process.poll() is None else None

    def control(self) -> socket.socket:
        """The socket to a zygote that lives, started anew if need be. Raises SandboxError."""
        if self._socket is None or self.pid is None:
            self.stop()
            self._socket = self._launch()
        return self._socket

    def stop(self) -> None:
        """Close the control socket, on which the zygote ends with all that it forked."""
        if self._socket is not None:
            self._socket.close()
            self._socket = None
        if self._process is not None:
            try:
                self._process.wait(5)
            except subprocess.TimeoutExpired:
                self._process.send_signal(signal.SIGKILL)
                self._process.wait()
            self._process = None

    def _launch(self) -> socket.socket:
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        root = str(Path(__file__).resolve().parents[2])
        paths = json.dumps([root, *(p for p in sys.path if p and p != root)])
        with theirs:
            number = theirs.fileno()
            self._process = subprocess.Popen(  # noqa: S603  our own interpreter and code
                [sys.executable, "-I", "-B", "-c", BOOT, paths, str(number),
                 json.dumps(self._without)],
                env=ENVIRONMENT, pass_fds=(number,), cwd="/", start_new_session=True,
                stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            )  # fmt: skip
        ours.settimeout(START_SECONDS)
        try:
            message = ours.recv(4096)
        except OSError:
            message = b""
        told = json.loads(message) if message else {"refused": "the zygote did not start"}
        if "ready" not in told:
            ours.close()
            raise SandboxError(told["refused"])
        return ours
