"""Comparisons teach, contracts resolve names, frames carry plain values: no sandbox needed."""

import json
import math

import pytest
import torch

from interviewer.checks import overall
from interviewer.compare import CheckFailure, expect_close, expect_scalar, expect_tuple
from interviewer.contract import called_names, parse_signature, resolve
from interviewer.probe import Name, Ref
from interviewer.sandbox import wire
from interviewer.types import CheckResult, RunVerdict


def failure(actual: object, expected: object, **options: float) -> str:
    with pytest.raises(CheckFailure) as caught:
        expect_close(actual, expected, "y", **options)  # type: ignore[arg-type]
    return str(caught.value)


def test_a_difference_is_told_in_full() -> None:
    text = failure(torch.tensor([[1.0, 2.0], [3.5, 5.0]]), torch.tensor([[1.0, 2.0], [3.0, 4.0]]))
    assert text == (
        "y: first at index [1, 0] expected 3, got 3.5. 2 of 4 values differ; largest error 1. "
        "Shape (2, 2) and dtype float32 are as expected. Tolerance: rtol 0.0001, atol 1e-05."
    )


@pytest.mark.parametrize("value", [math.nan, math.inf, 10**400, "1", None, True, [1.0], 1j])
def test_what_equals_no_number(value: object) -> None:
    failure(value, 1.0)


def test_nan_equals_nothing_and_infinity_itself() -> None:
    failure(torch.tensor([math.nan]), torch.tensor([math.nan]))
    expect_close(torch.tensor([math.inf, -math.inf]), torch.tensor([math.inf, -math.inf]), "y")
    failure(torch.tensor([math.inf]), torch.tensor([-math.inf]))


def test_shapes_and_kinds() -> None:
    assert "expected shape (2,), got shape (1, 2)" in failure(torch.ones(1, 2), torch.ones(2))
    expect_close(torch.tensor([1, 2]), torch.tensor([1.0, 2.0]), "integers")
    expect_close(1, torch.tensor(1.0), "a number for a 0-d tensor")
    failure(torch.tensor([1 + 1j]), torch.tensor([1.0]))


def test_another_dtype_is_told() -> None:
    want = torch.tensor([0.5, 1.5])
    told = "Shape (2,) is as expected; dtype: expected float32, got int64."
    assert told in failure(torch.tensor([0, 1]), want)
    assert "the dtype is float16" in failure(torch.tensor([0.0, 1.0]).half(), want)
    assert "got shape (3,) of torch.int64" in failure(torch.tensor([0, 1, 2]), want)
    assert "got int64" in failure(torch.tensor(1), 0.5), "a single number as well"


def test_what_is_not_finite_is_counted() -> None:
    inf, nan = math.inf, math.nan
    text = failure(torch.tensor([nan, inf, 1.0]), torch.tensor([0.0, 0.0, 3.0]))
    assert "3 of 3 values differ; largest error 2. 2 of them should be finite and are not." in text
    text = failure(torch.tensor([nan, nan]), torch.tensor([0.0, inf]))
    assert "no error is a number. 1 of them should be finite and is not." in text


def test_the_bounds_of_the_tolerance() -> None:
    expect_close(torch.tensor([1.0 + 1e-4]), torch.tensor([1.0]), "y")
    failure(torch.tensor([1.0 + 2e-4]), torch.tensor([1.0]))


def test_scalars_and_tuples() -> None:
    assert expect_scalar(torch.tensor(2), "n") == 2.0
    assert expect_tuple([1, 2], 2, "pair") == (1, 2)
    for value in (True, torch.ones(1), "2", None):
        with pytest.raises(CheckFailure):
            expect_scalar(value, "n")
    with pytest.raises(CheckFailure, match="a tuple of 2 values, got a tuple of 1"):
        expect_tuple((1,), 2, "pair")


def test_signatures() -> None:
    function = parse_signature("f(x, y, *, eps=1e-5)")
    assert (function.name, function.kind, function.parameters) == ("f", "function", 3)
    assert parse_signature("class Net(dim)").kind == "class"


def test_a_name_is_resolved_only_when_one_object_fits() -> None:
    entries = [parse_signature("f(x)"), parse_signature("class N(d)")]
    g = {"name": "g", "kind": "function", "parameters": 1, "own": True}
    net = {"name": "N", "kind": "class", "parameters": 1, "own": True}
    assert resolve(entries, [g, net])[0] == {"f": "g"}
    assert resolve(entries, [g, {**g, "name": "h"}, net])[2]
    for other in ({"own": False}, {"kind": "class"}, {"parameters": 2}, {"parameters": None}):
        assert resolve(entries, [{**g, **other}, net])[2]


def test_one_object_is_not_used_for_either_of_two_names() -> None:
    entries = [parse_signature("f(x)"), parse_signature("g(y)")]
    h = {"name": "h", "kind": "function", "parameters": 1, "own": True}
    aliases, said, missing = resolve(entries, [h])
    assert (aliases, said) == ({}, [])
    assert missing[0] == "Expected f(x), found nothing of that name; h fits it, and g as well."
    aliases, said, missing = resolve(entries, [h, {**h, "name": "f"}])
    assert (aliases, missing) == ({"g": "h"}, [])
    assert said == ["There is no g; h was used in its place."]


def test_names_in_a_source() -> None:
    source = "import torch.nn.functional as F\nF.scaled_dot_product_attention(q, k, v)"
    assert {"scaled_dot_product_attention", "functional", "q"} <= called_names(source)
    assert called_names("def (") == frozenset()


def test_the_overall_verdict() -> None:
    def of(*verdicts: str) -> str:
        return str(overall([CheckResult("c", RunVerdict(verdict)) for verdict in verdicts]))

    assert of("AC", "AC") == "AC" and of() == "AC"
    assert of("AC", "IE", "RE", "WA") == "RE" and of("AC", "IE") == "IE"


def through(value: object) -> object:
    frame = wire.pack(b"n" * 16, value)
    nonce, tree, blob = wire.unpack_header(frame[: wire.HEADER.size])
    body = frame[wire.HEADER.size :]
    assert nonce == b"n" * 16 and len(body) == tree + blob
    return wire.unpack(body[:tree], body[tree:])


def test_plain_values_survive_the_wire() -> None:
    value = [None, True, 3, -2.5, "é", (1, [2]), {"a": {3: ()}}, 1 + 2j, Ref(4, "Net"), Name("f")]
    assert through(value) == value
    assert through(math.inf) == math.inf and math.isnan(through(math.nan))  # type: ignore[arg-type]


def test_tensors_survive_the_wire() -> None:
    for kind in (torch.float16, torch.bfloat16, torch.int64, torch.bool, torch.complex64):
        sent = torch.ones(2, 3).to(kind).t()
        got = through(sent)
        assert isinstance(got, torch.Tensor) and got.dtype == kind and torch.equal(got, sent)


def test_what_is_not_plain_or_too_large_is_refused() -> None:
    with pytest.raises(TypeError):
        wire.pack(bytes(16), object())
    with pytest.raises(wire.TooLarge):
        wire.pack(bytes(16), "x" * wire.MAX_TREE)
    with pytest.raises(wire.TooLarge):
        wire.unpack_header(wire.HEADER.pack(bytes(16), 1, 1 << 60))


@pytest.mark.parametrize(
    "tree",
    [b"", b"[1]", b"{", b'{"x":1}', b'{"t":"9"}', b'{"l":3}', b'{"d":[[1]]}', b"\xff", b"{}",
     b'{"f":1' + b"0" * 400 + b"}",
     b'{"l":[' * 50000, json.dumps({"d": [[{"l": []}, 1]]}).encode()],
)  # fmt: skip
def test_what_is_not_ours_is_refused(tree: bytes) -> None:
    with pytest.raises(wire.WireError):
        wire.unpack(tree, b"")


def test_a_block_that_is_not_safetensors_is_refused() -> None:
    with pytest.raises(wire.WireError):
        wire.unpack(b"null", b"\x80\x04K\x01.")
