"""`train [--out FILE] [--epochs N] [--seed S]`: trains the reader on the bank."""

import argparse
from collections.abc import Iterator
from pathlib import Path

from tqdm import tqdm

from interviewer.commands.common import say
from interviewer.content import BUILT_IN, Content, open_content
from interviewer.errors import InputError
from interviewer.evidence import Wordings, compare
from interviewer.models.embedder import load_embedder
from interviewer.models.reader import WEIGHTS
from interviewer.models.train_reader import train_reader
from interviewer.sentences import split_sentences
from interviewer.settings import Settings
from interviewer.training import (
    answer_pairs,
    claim_pairs,
    is_kept_for_calibration,
    wording_pairs,
)
from interviewer.types import Embedder, Rubric, Sample, Span, TrainingPair

CLAIMS = BUILT_IN / "training"


def add(parser: argparse.ArgumentParser) -> None:
    """The command's arguments."""
    parser.add_argument("--out", metavar="FILE", help="default: the bundled weights")
    parser.add_argument("--epochs", type=int, default=3)
    parser.add_argument("--seed", type=int, default=0)


def run(args: argparse.Namespace, settings: Settings) -> int:
    """Trains on the tune samples and wordings of all items but those kept for calibration.

    Claims on topics outside the bank are in training/, beside the package.
    """
    content = open_content(settings.bank)
    embedder = load_embedder(settings.threads)
    slugs = [slug for slug in content.slugs() if not is_kept_for_calibration(slug)]
    pairs = [
        pair
        for slug in tqdm(slugs, desc="reading the bank")
        for pair in _pairs(content, slug, embedder, args.seed)
    ]
    files = sorted(CLAIMS.glob("*.toml"))
    if not files:
        raise InputError(
            f"found no file in {CLAIMS}, expected the training claims of a source tree"
        )
    for path in files:
        pairs += claim_pairs(path.read_text(encoding="utf-8"), str(path))
    say(f"{len(pairs)} pairs from {len(slugs)} items and {len(files)} other topics")
    out = Path(args.out) if args.out else WEIGHTS
    with tqdm(unit="step", desc="training") as bar:

        def tick(done: int, total: int, loss: float) -> None:
            bar.total = total
            bar.set_postfix(loss=f"{loss:.3f}", refresh=False)
            bar.update(done - bar.n)

        train_reader(pairs, out, args.seed, args.epochs, tick)
    say(f"{out}: written, {out.stat().st_size:,} bytes")
    return 0


def _pairs(content: Content, slug: str, embedder: Embedder, seed: int) -> Iterator[TrainingPair]:
    rubric = content.rubric(slug)
    yield from wording_pairs(rubric, seed)
    for sample in content.samples(slug):
        if not sample.held_out and (evidence := _evidence(rubric, sample, embedder)):
            yield from answer_pairs(rubric, sample, evidence)


def _evidence(rubric: Rubric, sample: Sample, embedder: Embedder) -> dict[str, tuple[Span, ...]]:
    """The sentences nearest to each claim's statement; none for an answer without sentences."""
    spans = split_sentences(sample.text)
    if not spans:
        return {}
    found = compare(spans, [Wordings((claim.statement,)) for claim in rubric.claims], embedder)
    return {c.id: each.evidence.spans for c, each in zip(rubric.claims, found, strict=True)}
