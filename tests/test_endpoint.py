"""A real HTTP server on loopback that speaks chat completions by a script."""

import json
import math
import socket
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from interviewer.errors import ModelError
from interviewer.models.endpoint import EndpointModel, continued
from interviewer.types import Message

PREFIX = (Message("system", "One word."), Message("user", "The sky is blue. "))
TOP = [("Yes", 0.6), (" yes", 0.1), ("Y", 0.05), ("No", 0.2), ("Perhaps", 0.04)]


class ChatServer(ThreadingHTTPServer):
    """Gives each POST the same reply, and keeps what it was asked."""

    def __init__(self, reply: bytes, status: int = 200, content_type: str = "") -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.reply = reply
        self.status = status
        self.models: Any = {"data": [{"id": "tiny"}]}
        self.bodies: list[dict[str, Any]] = []
        self.keys: list[str | None] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class _Handler(BaseHTTPRequestHandler):
    server: ChatServer

    def do_GET(self) -> None:
        self._send(200, json.dumps(self.server.models).encode())

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        assert self.path == "/v1/chat/completions"
        self.server.bodies.append(json.loads(body))
        self.server.keys.append(self.headers.get("Authorization"))
        self._send(self.server.status, self.server.reply)

    def _send(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        return None


@contextmanager
def serving(reply: bytes, status: int = 200) -> Iterator[ChatServer]:
    with ChatServer(reply, status) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()


def first_token(top: list[tuple[str, float]]) -> bytes:
    listed = [{"token": token, "logprob": math.log(p)} for token, p in top]
    content = [{**listed[0], "top_logprobs": listed}]
    return json.dumps({"choices": [{"logprobs": {"content": content}}]}).encode()


def events(*pieces: str | None) -> bytes:
    lines = [": a comment", ""]
    for piece in pieces:
        lines += ["data: " + json.dumps({"choices": [{"delta": {"content": piece}}]}), ""]
    lines += ['data: {"choices": [], "usage": {}}', "", "data: [DONE]", "", ""]
    return "\n".join(lines).encode()


def test_options_get_the_mass_of_the_tokens_that_begin_them() -> None:
    with serving(first_token(TOP)) as server, closing(EndpointModel(server.url)) as model:
        found = model.choose(PREFIX, ["Is it?", "Is it not?"], ("Yes", "No"))
    assert found.shape == (2, 2)
    assert found.tolist() == [pytest.approx([0.75, 0.2])] * 2


def test_the_last_message_is_continued_and_nothing_else_changes() -> None:
    with serving(first_token(TOP)) as server, closing(EndpointModel(server.url)) as model:
        model.choose(PREFIX, ["Is it?", "Is it not?"], ("Yes", "No"))
    assert [body["messages"] for body in server.bodies] == [
        [{"role": m.role, "content": m.content} for m in continued(PREFIX, text)]
        for text in ("Is it?", "Is it not?")
    ]
    body = server.bodies[0]
    assert body["messages"][-1]["content"] == "The sky is blue. Is it?"
    assert (body["model"], body["max_tokens"], body["temperature"]) == ("tiny", 1, 0)
    assert body["logprobs"] is True
    assert body["top_logprobs"] == 20


def test_no_continuation_is_no_request() -> None:
    with serving(first_token(TOP)) as server, closing(EndpointModel(server.url)) as model:
        assert model.choose(PREFIX, [], ("Yes", "No")).shape == (0, 2)
    assert server.bodies == []


def test_name_and_identity_come_from_the_server_unless_given() -> None:
    with serving(b"") as server, closing(EndpointModel(server.url + "/v1/")) as model:
        assert (model.name, model.identity) == ("tiny", "endpoint:tiny")
    with closing(EndpointModel("http://127.0.0.1:1", "mine", "sha256:abc")) as known:
        assert (known.name, known.identity) == ("mine", "sha256:abc")


def test_a_key_is_sent_as_a_bearer() -> None:
    with (
        serving(first_token(TOP)) as server,
        closing(EndpointModel(server.url, api_key="k-1")) as model,
    ):
        model.choose(PREFIX, [""], ("Yes", "No"))
    assert server.keys == ["Bearer k-1"]


def test_a_reply_is_streamed_in_pieces() -> None:
    with (
        serving(events(None, "Thank ", "", "you – naïve", "\n.")) as server,
        closing(EndpointModel(server.url)) as model,
    ):
        assert list(model.stream(PREFIX, max_tokens=7)) == ["Thank ", "you – naïve", "\n."]
    assert server.bodies[0]["stream"] is True
    assert server.bodies[0]["max_tokens"] == 7


@pytest.mark.parametrize("status", [500, 401, 404])
def test_a_refusal_is_a_model_error_with_status_and_words(status: int) -> None:
    with serving(b"out of memory", status) as server, closing(EndpointModel(server.url)) as model:
        with pytest.raises(ModelError, match=f"status {status}: out of memory"):
            model.choose(PREFIX, [""], ("Yes", "No"))
        with pytest.raises(ModelError, match=f"status {status}: out of memory"):
            list(model.stream(PREFIX))


@pytest.mark.parametrize(
    "reply",
    [
        b'{"choices": [{"message": {"content": "Yes"}}]}',
        b'{"choices": [{"logprobs": null}]}',
        b'{"choices": [{"logprobs": {"content": []}}]}',
        b'{"choices": []}',
        b"{}",
    ],
)
def test_a_server_without_log_probabilities_is_said_so(reply: bytes) -> None:
    with (
        serving(reply) as server,
        closing(EndpointModel(server.url)) as model,
        pytest.raises(ModelError, match="no log probabilities"),
    ):
        model.choose(PREFIX, [""], ("Yes", "No"))


@pytest.mark.parametrize(
    ("reply", "words"), [(b"<html>", "not JSON"), (b"[]", "found list, expected an object")]
)
def test_a_reply_that_is_no_object_is_a_model_error(reply: bytes, words: str) -> None:
    with (
        serving(reply) as server,
        closing(EndpointModel(server.url)) as model,
        pytest.raises(ModelError, match=words),
    ):
        model.choose(PREFIX, [""], ("Yes", "No"))


@pytest.mark.parametrize(
    "reply",
    [b'data: {"choices": [{"delta"\n\n', b"data: 7\n\n", b'data: {"choices": [null]}\n\n'],
)
def test_a_stream_that_breaks_off_is_a_model_error(reply: bytes) -> None:
    with (
        serving(reply) as server,
        closing(EndpointModel(server.url)) as model,
        pytest.raises(ModelError),
    ):
        list(model.stream(PREFIX))


@pytest.mark.parametrize("models", [{"data": []}, {}, {"data": [{}]}, {"data": {"id": "tiny"}}])
def test_a_server_that_lists_no_model_is_a_model_error(models: dict[str, Any]) -> None:
    with serving(b"") as server, closing(EndpointModel(server.url)) as model:
        server.models = models
        with pytest.raises(ModelError, match="/v1/models"):
            _ = model.name


def test_no_connection_is_a_model_error() -> None:
    with closing(socket.socket()) as unused:
        unused.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{unused.getsockname()[1]}"
        with closing(EndpointModel(url, "tiny")) as model:
            with pytest.raises(ModelError, match=url):
                model.choose(PREFIX, [""], ("Yes", "No"))
            with pytest.raises(ModelError, match=url):
                list(model.stream(PREFIX))
            with pytest.raises(ModelError, match=url):
                _ = EndpointModel(url).name
