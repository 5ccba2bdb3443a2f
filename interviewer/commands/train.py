"""`train [reader|adapter] [--out FILE] [--seed S]`: trains what the judge has of its own."""

import argparse
import random
from collections.abc import Iterator
from pathlib import Path
from typing import NoReturn

from tqdm import tqdm

from interviewer.attacks import filled
from interviewer.commands.attack_suite import read_attacks
from interviewer.commands.common import ProgressBar, say
from interviewer.content import BUILT_IN, Content, open_content
from interviewer.errors import InputError
from interviewer.evidence import Wordings, compare
from interviewer.lessons import (
    ANSWERS,
    attacked_lessons,
    composed_lessons,
    graded_lessons,
    outside_claims,
    put,
)
from interviewer.models.adapter import Tick, load_trainable, train_adapter
from interviewer.models.embedder import load_embedder
from interviewer.models.reader import WEIGHTS
from interviewer.models.train_reader import train_reader
from interviewer.models.weights import QWEN_CODER_1_5B, assembled
from interviewer.parts import ADAPTER
from interviewer.prompts import OPTIONS
from interviewer.sentences import split_sentences
from interviewer.settings import Settings
from interviewer.training import (
    answer_pairs,
    claim_pairs,
    is_kept_for_calibration,
    wording_pairs,
)
from interviewer.types import Embedder, Lesson, Rubric, Sample, Span, TrainingPair

CLAIMS = BUILT_IN / "training"


def add(parser: argparse.ArgumentParser) -> None:
    """The command's arguments."""
    parser.add_argument("part", nargs="?", choices=("reader", "adapter"), help="default: both")
    parser.add_argument("--out", metavar="FILE", help="of one part; default: the bundled weights")
    parser.add_argument("--epochs", type=int, default=2, help="of the reader")
    parser.add_argument("--seed", type=int, default=0)


def run(args: argparse.Namespace, settings: Settings) -> int:
    """Trains on the items that are not kept for calibration and on claims outside the bank."""
    if args.out and not args.part:
        raise InputError("--out names one file: found no part, expected reader or adapter")
    content = open_content(settings.bank)
    slugs = [slug for slug in content.slugs() if not is_kept_for_calibration(slug)]
    if args.part != "adapter":
        _train_reader(content, slugs, args, settings)
    if args.part != "reader":
        _train_adapter(content, slugs, args, settings)
    return 0


def _train_adapter(
    content: Content, slugs: list[str], args: argparse.Namespace, settings: Settings
) -> None:
    lessons = [*_bank_lessons(content, slugs, args.seed)]
    for topic, text in _outside():
        lessons += composed_lessons(topic, outside_claims(text, topic), args.seed)
    random.Random(f"{args.seed}").shuffle(lessons)  # noqa: S311 - mixes examples, no secret
    decisions = sum(len(answer.asked) for lesson in lessons for answer in lesson.answers)
    say(f"adapter: {decisions} decisions in {len(lessons)} lessons")
    out = Path(args.out) if args.out else ADAPTER
    weights = assembled(QWEN_CODER_1_5B, settings.cache, ProgressBar())
    with tqdm(unit="lesson", desc="training the adapter") as bar:
        loaded = load_trainable(weights)
        train_adapter(lessons, put, OPTIONS, loaded, out, args.seed, _showing(bar))
    _written(out)


def _bank_lessons(content: Content, slugs: list[str], seed: int) -> Iterator[Lesson]:
    attacks = [attack for attack in read_attacks() if not attack.measures]
    random.Random(f"{seed}").shuffle(attacks)  # noqa: S311 - mixes examples, no secret
    for number, slug in enumerate(slugs):
        item, rubric, samples = content.item(slug), content.rubric(slug), content.samples(slug)
        yield from graded_lessons(item.stem, item.reference, rubric, samples, seed)
        texts = [filled(attack, item, rubric) for attack in attacks[number :: len(slugs)]]
        yield from attacked_lessons(item.stem, rubric, samples, texts[:ANSWERS], seed)


def _train_reader(
    content: Content, slugs: list[str], args: argparse.Namespace, settings: Settings
) -> None:
    embedder = load_embedder(settings.threads)
    pairs = [
        pair
        for slug in tqdm(slugs, desc="reading the bank")
        for pair in _pairs(content, slug, embedder, args.seed)
    ]
    for topic, text in _outside():
        pairs += claim_pairs(text, topic)
    say(f"reader: {len(pairs)} pairs")
    out = Path(args.out) if args.out else WEIGHTS
    with tqdm(unit="step", desc="training the reader") as bar:
        train_reader(pairs, out, args.seed, args.epochs, _showing(bar))
    _written(out)


def _outside() -> list[tuple[str, str]]:
    """Topic and text of each file of claims outside the bank; those in kept/ are never trained."""
    files = sorted(CLAIMS.glob("*.toml"))
    if not files:
        raise InputError(
            f"found no file in {CLAIMS}, expected the training claims of a source tree"
        )
    return [(path.stem, path.read_text(encoding="utf-8")) for path in files]


def _showing(bar: "tqdm[NoReturn]") -> Tick:
    def tick(done: int, total: int, loss: float) -> None:
        bar.total = total
        bar.set_postfix(loss=f"{loss:.3f}", refresh=False)
        bar.update(done - bar.n)

    return tick


def _written(out: Path) -> None:
    say(f"{out}: written, {out.stat().st_size:,} bytes")


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
