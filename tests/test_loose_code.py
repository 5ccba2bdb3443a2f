"""Code without a fence is found in a message; words are never taken for code."""

import tomllib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from interviewer.loose_code import split_loose_code

ROOT = Path(__file__).resolve().parents[1]

CODE = {
    "function": "def f(x):\n    return x ** 0.5",
    "imports_in_use": "import torch\n\nx = torch.randn(3)\nx.sum()",
    "class": "class Net(nn.Module):\n    def forward(self, x):\n        return x",
    "decorated": "@torch.no_grad()\ndef f(x):\n    return x",
    "with_comments": "# mine\n\nimport math\n\n# the root\n\ndef f(x):\n    return math.sqrt(x)",
    "text_at_the_left_edge": 'def f(x):\n    """Root.\n\nOf x.\n"""\n    return x',
    "bracket_at_the_left_edge": "def f(\n    x,\n):\n    return x\n\ny = f(\n    2\n)",
    "branches": "if True:\n    print(1)\nelse:\n    print(2)\n\ndef f(): return 1",
    "loop": "seen = []\nfor n in range(3):\n    seen.append(n)\n    seen.sort()",
    "printing": "x = torch.randn(3)\nprint(x.sum())",
    "a_missing_name": "def f(x):\n    return F.relu(x)\n\nprint(f(torch.ones(2)))",
}
WORDS = (
    "Dropout zeroes units.\nIt scales the rest.",
    "class imbalance: weights",
    "if overfitting: regularize",
    "if overfitting:\n    regularize",
    "for x in y: z",
    "import data",
    "y = x / (1 - p)\ny = gamma * xhat + beta",
    "- dropout\n- weight decay",
    "# Answer\n\nDropout(p) is for training.",
    "True",
    "with dropout less, from experience, for example when training.",
    "def",
    "softmax(q k^T / sqrt(d)) v",
    "relu(x)\nmax(0, x)",
    "def f(x): the root",
    "for each batch:\n    update(weights)",
    "print(x)",
    "for x, y in batches:\n    loss = model(x).sum()\n    loss.backward()",
    "total = a + b\nprint(total)",
)


@pytest.mark.parametrize("name", CODE)
def test_a_message_of_code_is_all_code(name: str) -> None:
    assert split_loose_code(CODE[name] + "\n") == ("", CODE[name])


@pytest.mark.parametrize("name", CODE)
def test_code_between_words_is_parted_from_them(name: str) -> None:
    before, after = "The variance grows with the width, so:", "That is all, I think."
    for gap in ("\n", "\n\n"):
        words, code = split_loose_code(gap.join((before, CODE[name], after)))
        assert code == CODE[name]
        assert words.split("\n")[0] == before and words.split("\n")[-1] == after


@pytest.mark.parametrize("text", WORDS)
def test_words_are_never_code(text: str) -> None:
    assert split_loose_code(text) == (text.strip(), "")


def test_a_formula_beside_code_stays_in_the_words() -> None:
    text = "y = (x - mu) / sigma\n\ndef f(x):\n    return x - x.mean()\n\nnorm(x)"
    assert split_loose_code(text) == (
        "y = (x - mu) / sigma\n\nnorm(x)",
        "def f(x):\n    return x - x.mean()",
    )


def test_only_graded_samples_that_are_written_in_code_have_any() -> None:
    found = []
    for path in (ROOT / "rubrics").glob("*/samples.toml"):
        for sample in tomllib.loads(path.read_text("utf-8"))["samples"]:
            found += [sample["id"]] if split_loose_code(sample["text"])[1] else []
    assert found and all("code" in name or "sketch" in name for name in found)


def test_every_program_of_the_bank_is_code() -> None:
    for path in (ROOT / "bank").glob("*/solution.py"):
        source = path.read_text("utf-8").strip()
        assert split_loose_code(f"My code is below.\n\n{source}")[1] == source, path


@given(st.text(alphabet="ab =():.+#@\n\"'\\", max_size=120))
@settings(max_examples=150, deadline=None)
def test_nothing_is_lost(text: str) -> None:
    words, code = split_loose_code(f"import a\na.b()\n{text}")
    assert sorted("".join((words + code).split())) == sorted("".join(f"importaa.b(){text}".split()))


def test_a_long_message_is_parted_soon() -> None:
    for line in ("if this then that\n", "def f(x\n", "x = (\n", '"""\n', "@a\n", "[" * 99 + "\n"):
        text = (line * 20_000)[:20_000]
        assert split_loose_code(text)[0] == text.strip()
