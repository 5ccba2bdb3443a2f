"""A language model behind an OpenAI-compatible HTTP server: ours (local.py) or anybody's."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import httpx
import numpy as np
import numpy.typing as npt

from interviewer.errors import ModelError
from interviewer.models.options import option_probabilities
from interviewer.types import Message

TOP_LOGPROBS = 20  # the most that the OpenAI API allows
_TIMEOUT = httpx.Timeout(connect=5.0, read=180.0, write=30.0, pool=180.0)


class EndpointModel:
    """`LanguageModel` over `/v1/chat/completions` with `logprobs`.

    The server's prefix cache does the sharing: every request of a `choose` begins with the same
    tokens. `identity` defaults to what the server says it serves; `extra`
    goes into every request's body.
    """

    def __init__(
        self,
        url: str,
        name: str = "",
        identity: str = "",
        api_key: str = "",
        extra: Mapping[str, Any] | None = None,
    ) -> None:
        self._url = url.rstrip("/").removesuffix("/v1")
        self._extra = dict(extra or {})
        headers = {"Authorization": f"Bearer {api_key}"} if api_key else {}
        self._client = httpx.Client(base_url=self._url, timeout=_TIMEOUT, headers=headers)
        self._name = name
        self._identity = identity

    @property
    def name(self) -> str:
        """The model's name at the server; asks once. Raises ModelError."""
        if not self._name:
            models = self._json("GET", "/v1/models").get("data")
            try:
                self._name = str(models[0]["id"])  # type: ignore[index]  # told below
            except (KeyError, IndexError, TypeError) as error:
                raise ModelError(
                    f"{self._url}/v1/models lists no model; expected at least one"
                ) from error
        return self._name

    @property
    def identity(self) -> str:
        """The weights' hash where it is known, else server and model name."""
        return self._identity or f"endpoint:{self.name}"

    def choose(
        self, prefix: Sequence[Message], continuations: Sequence[str], options: Sequence[str]
    ) -> npt.NDArray[np.float64]:
        """As `LanguageModel.choose`; one request a continuation, no token beyond the first."""
        rows = [
            option_probabilities(self._first_tokens(continued(prefix, text)), options)
            for text in continuations
        ]
        return np.array(rows, dtype=np.float64).reshape(len(rows), len(options))

    def stream(self, messages: Sequence[Message], max_tokens: int = 256) -> Iterator[str]:
        """As `LanguageModel.stream`."""
        body = self._body(messages, max_tokens) | {"stream": True, "temperature": 0.2}
        try:
            with self._client.stream("POST", "/v1/chat/completions", json=body) as reply:
                if reply.status_code != httpx.codes.OK:
                    raise ModelError(_refusal(self._url, reply.status_code, reply.read()))
                for line in reply.iter_lines():
                    data = line.removeprefix("data:").strip()
                    if not line.startswith("data:") or data == "[DONE]":
                        continue
                    if piece := _piece(json.loads(data)):
                        yield piece
        except (httpx.HTTPError, ValueError) as error:
            raise ModelError(f"{self._url}: the stream broke off: {error}") from error

    def close(self) -> None:
        """Drops the connections."""
        self._client.close()

    def _first_tokens(self, messages: Sequence[Message]) -> list[tuple[str, float]]:
        body = self._body(messages, 1) | {"logprobs": True, "top_logprobs": TOP_LOGPROBS}
        reply = self._json("POST", "/v1/chat/completions", body)
        try:
            first = reply["choices"][0]["logprobs"]["content"][0]
            top = first.get("top_logprobs") or [first]
            return [(str(t["token"]), float(t["logprob"])) for t in top]
        except (KeyError, IndexError, TypeError, ValueError) as error:
            raise ModelError(
                f"{self._url}: the reply has no log probabilities; expected a server that "
                "supports `logprobs` in chat completions"
            ) from error

    def _body(self, messages: Sequence[Message], max_tokens: int) -> dict[str, Any]:
        return {
            "model": self.name,
            "messages": [{"role": m.role, "content": m.content} for m in messages],
            "max_tokens": max_tokens,
            "temperature": 0,
            **self._extra,
        }

    def _json(self, method: str, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        try:
            reply = self._client.request(method, path, json=body)
        except httpx.HTTPError as error:
            raise ModelError(f"{self._url}{path}: {type(error).__name__}: {error}") from error
        if reply.status_code != httpx.codes.OK:
            raise ModelError(_refusal(self._url + path, reply.status_code, reply.content))
        try:
            value = reply.json()
        except ValueError as error:
            raise ModelError(f"{self._url}{path}: the reply is not JSON") from error
        if not isinstance(value, dict):
            raise ModelError(f"{self._url}{path}: found {type(value).__name__}, expected an object")
        return value


def continued(prefix: Sequence[Message], text: str) -> tuple[Message, ...]:
    """The prefix with `text` added to its last message."""
    *first, last = prefix
    return (*first, Message(last.role, last.content + text))


def _piece(event: Any) -> str | None:
    """The text of one streamed event. Raises ValueError when it is none."""
    try:
        choices = event.get("choices") or [{}]
        piece: str | None = (choices[0].get("delta") or {}).get("content")
    except (AttributeError, KeyError) as error:
        raise ValueError(f"found {event!r:.80}, expected a chat completion chunk") from error
    return piece


def _refusal(where: str, status: int, body: bytes) -> str:
    return f"{where}: status {status}: {body[:200].decode(errors='replace')}"
