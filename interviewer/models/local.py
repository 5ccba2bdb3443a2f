"""Starts llama.cpp for a weights file and speaks to it as to any other endpoint."""

import os
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from interviewer.errors import ModelError
from interviewer.models.endpoint import EndpointModel
from interviewer.types import Message

CONTEXT = 16384  # tokens, each of the judge and of the conversation
_START_SECONDS = 120.0
# the judge and the conversation keep a slot of their own, and with it their prefix
_JUDGE: Mapping[str, Any] = {"id_slot": 0}
_CONVERSATION: Mapping[str, Any] = {"id_slot": 1}
_UNADAPTED: Mapping[str, Any] = {"lora": [{"id": 0, "scale": 0.0}]}


class LocalModel:
    """A GGUF file served by a child process; restarted by the next call when it has died.

    An adapter, trained for decisions, takes part in `choose` alone: `stream` is the model as it is.
    """

    def __init__(
        self, weights: Path, name: str, identity: str, threads: int, adapter: Path | None = None
    ) -> None:
        self._weights = weights
        self._name = name
        self._identity = identity
        self._threads = threads
        self._adapter = adapter
        self._lock = threading.Lock()
        self._process: subprocess.Popen[str] | None = None
        self._endpoints: tuple[EndpointModel, EndpointModel] | None = None
        self._url = ""

    @property
    def name(self) -> str:
        """The weights' name."""
        return self._name

    @property
    def identity(self) -> str:
        """The hash of the weights, and of the adapter where there is one."""
        return self._identity

    def start(self) -> tuple[EndpointModel, EndpointModel]:
        """The running server, for decisions and for conversation; started if need be.

        Raises ModelError.
        """
        with self._lock:
            if self._process is None or self._process.poll() is not None or not self._endpoints:
                self._end()
                self._process = self._spawn()
                self._url = _address(self._process, self._weights)
                talking = {**_CONVERSATION, **(_UNADAPTED if self._adapter else {})}
                self._endpoints = (self._endpoint(_JUDGE), self._endpoint(talking))
            return self._endpoints

    def choose(
        self, prefix: Sequence[Message], continuations: Sequence[str], options: Sequence[str]
    ) -> npt.NDArray[np.float64]:
        """As `LanguageModel.choose`."""
        return self.start()[0].choose(prefix, continuations, options)

    def stream(self, messages: Sequence[Message], max_tokens: int = 256) -> Iterator[str]:
        """As `LanguageModel.stream`."""
        return self.start()[1].stream(messages, max_tokens)

    def uncached(self) -> EndpointModel:
        """The same server asked to evaluate every prompt whole: what a benchmark compares with."""
        self.start()
        return self._endpoint({**_JUDGE, "cache_prompt": False})

    def close(self) -> None:
        """Ends the server."""
        with self._lock:
            self._end()

    def _endpoint(self, extra: Mapping[str, Any]) -> EndpointModel:
        return EndpointModel(self._url, self._name, self._identity, extra=extra)

    def _end(self) -> None:
        for endpoint in self._endpoints or ():
            endpoint.close()
        if self._process:
            self._process.kill()
            self._process.wait()
            for pipe in (self._process.stdin, self._process.stdout):
                if pipe:
                    pipe.close()
        self._process = self._endpoints = None

    def _spawn(self) -> subprocess.Popen[str]:
        command = [sys.executable, "-m", "interviewer.models.llama_server"]
        arguments = [str(self._weights), str(self._threads), str(CONTEXT)]
        arguments += [str(self._adapter)] if self._adapter else []
        package_root = str(Path(__file__).parents[2])
        path = os.pathsep.join(filter(None, (package_root, os.environ.get("PYTHONPATH"))))
        return subprocess.Popen(  # noqa: S603 - our own interpreter and module
            [*command, *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            env={**os.environ, "PYTHONPATH": path},
        )


def _address(process: subprocess.Popen[str], weights: Path) -> str:
    """The address that the server prints once its weights are loaded."""
    killer = threading.Timer(_START_SECONDS, process.kill)
    killer.start()
    try:
        for line in process.stdout or ():
            if line.startswith("address "):
                return line.removeprefix("address ").strip()
    finally:
        killer.cancel()
    raise ModelError(
        f"{weights}: llama.cpp ended with status {process.wait()} before it served; expected a "
        "readable GGUF file and memory to load it"
    )
