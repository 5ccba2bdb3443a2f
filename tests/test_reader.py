"""The trained reader with the real MiniLM: its file, its training, claims that are in no item."""

from pathlib import Path

import numpy as np
import pytest

from interviewer.errors import ModelError
from interviewer.models.reader import TrainedReader, load_reader, new_encoder, save_encoder
from interviewer.models.train_reader import train_reader
from interviewer.types import TrainingPair

pytestmark = pytest.mark.model

CLAIM = "A tokenizer with a larger vocabulary gives shorter sequences."
SAYS = "If you let the vocabulary grow, each text is cut into fewer tokens."
OTHER = "Stop training as soon as the validation loss has not fallen for some epochs."


@pytest.fixture(scope="module")
def reader() -> TrainedReader:
    return load_reader()


def test_the_bundled_reader_tells_a_paraphrase_from_another_topic(reader: TrainedReader) -> None:
    (says, other) = reader.read([CLAIM, CLAIM], [SAYS, OTHER])[:, 0]
    assert says > other + 1
    assert reader.identity.startswith("sha256:")


def test_the_order_of_a_batch_changes_nothing(reader: TrainedReader) -> None:
    claims, passages = [CLAIM] * 3, [SAYS, OTHER, SAYS + " " + OTHER]
    together = reader.read(claims, passages)
    assert together.shape == (3, 2)
    alone = np.vstack([reader.read([CLAIM], [passage]) for passage in passages])
    assert together == pytest.approx(alone, abs=1e-3)
    assert reader.read([], []).shape == (0, 2)


def test_eight_bits_keep_what_a_reader_says(tmp_path: Path) -> None:
    encoder, tokenizer = new_encoder()
    before = TrainedReader(encoder.eval(), tokenizer, "").read([CLAIM], [SAYS])
    save_encoder(encoder, tmp_path / "r.safetensors", {})
    assert (tmp_path / "r.safetensors").stat().st_size < 12_000_000
    after = load_reader(tmp_path / "r.safetensors").read([CLAIM], [SAYS])
    assert after == pytest.approx(before, abs=0.05)


@pytest.mark.parametrize("content", [b"", b"no safetensors", None])
def test_a_damaged_file_is_refused(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "reader.safetensors"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(ModelError, match=r"reader\.safetensors"):
        load_reader(path)


class StoppedHalfway(Exception):
    pass


def test_training_learns_and_goes_on_after_an_interruption(tmp_path: Path) -> None:
    pairs = [
        TrainingPair("i", f"g{n}", f"Claim {n}.", text, states, 0.0)
        for n in range(8)
        for text, states in ((f"Claim {n} is what I say.", 1.0), ("Something else.", 0.0))
    ]
    out, losses = tmp_path / "r.safetensors", list[float]()

    def tick(done: int, total: int, loss: float) -> None:
        losses.append(loss)
        if done == total // 2 + 1 and not out.with_suffix(".seen").exists():
            out.with_suffix(".seen").touch()
            raise StoppedHalfway

    with pytest.raises(StoppedHalfway):
        train_reader(pairs, out, seed=0, epochs=12, tick=tick)
    asked = len(losses)
    train_reader(pairs, out, seed=0, epochs=12, tick=tick)
    assert len(losses) - asked < asked  # the finished half was not done again
    assert losses[-1] < losses[0] / 2
    assert not out.with_suffix(".part").exists()
    says, other = load_reader(out).read(["Claim 3."] * 2, ["Claim 3 is what I say.", "Else."])
    assert says[0] > other[0]
