"""`check [SLUG] [--labels] [--mutants]`: one line per fault, exit 1 when there is any."""

import argparse
import sys
from collections.abc import Sequence

from tqdm import tqdm

from interviewer.check import check_content, item_labels, label_counts
from interviewer.coderoom import CodeRoom
from interviewer.commands.common import say
from interviewer.commands.run import trusted_content
from interviewer.content import Content, open_content
from interviewer.errors import InputError
from interviewer.label_tables import (
    NO_OVERLAP,
    ItemLabels,
    balance_table,
    overlap_table,
    text_table,
)
from interviewer.models.embedder import load_embedder, packaged_folder
from interviewer.mutation import MutationResult, kill_table, run_mutants
from interviewer.sandbox import Sandbox
from interviewer.settings import Settings

MUTANT_FLOOR = 0.85  # of all mutants together, the least share that must be caught


def add(parser: argparse.ArgumentParser) -> None:
    """The command's arguments."""
    parser.add_argument("slug", nargs="?", help="one item; without it, all")
    parser.add_argument(
        "--labels",
        action="store_true",
        help="also weigh the samples' labels and show what they are",
    )
    parser.add_argument(
        "--mutants", action="store_true", help="also run faulty copies of the solutions"
    )


def run(args: argparse.Namespace, settings: Settings) -> int:
    """Checks the bank and the rubrics."""
    content = open_content(settings.bank, settings.data)
    faults = check_content(content, args.slug, labels=args.labels)
    if args.labels:
        _show_labels(item_labels(content, args.slug), settings)
    if args.mutants and not faults:
        results = _mutation(trusted_content(settings), args.slug)
        sys.stdout.write(kill_table(results))
        faults = _mutant_faults(results)
    if faults:
        raise InputError("\n".join(faults))
    return 0


def _show_labels(items: Sequence[ItemLabels], settings: Settings) -> None:
    """Counts on standard error, tables on standard output: docs/authoring.md ends with them."""
    for line in label_counts(items):
        say(line)
    if not items:
        return
    sys.stdout.write(f"{balance_table(items)}\n{text_table(items)}\n")
    if packaged_folder():
        sys.stdout.write(overlap_table(items, load_embedder(settings.threads)))
    else:  # another embedder, from the hub, would give other numbers
        sys.stdout.write(NO_OVERLAP + "\n")


def _mutation(content: Content, slug: str | None) -> list[MutationResult]:
    """The results of one item or of all that have a code task, each told as it is done."""
    found = []
    with Sandbox() as sandbox:
        room = CodeRoom(content, sandbox)
        for each in [slug] if slug else _with_task(content):
            steps = tqdm(run_mutants(room, content, each), desc=each, unit="mutant", leave=False)
            *_, result = steps
            if isinstance(result, MutationResult):
                found.append(result)
                _tell(result)
    return found


def _with_task(content: Content) -> list[str]:
    return [each for each in content.slugs() if content.file("bank", each, "checks.py")]


def _tell(result: MutationResult) -> None:
    rate = f"{result.rate:.1%}, {len(result.equivalents)} more are equivalent"
    say(f"{result.item}: {result.caught} of {result.total} mutants caught, {rate}")
    for name, reason in result.equivalents:
        say(f"  equivalent: {name}. {reason}")
    for mutant in result.survivors:
        say(f"  survives: {mutant.name}")


def _mutant_faults(results: Sequence[MutationResult]) -> list[str]:
    """Faults of the lists of equivalents, and of the checks that catch too few."""
    faults = [fault for each in results for fault in each.faults]
    caught = sum(each.caught for each in results)
    total = sum(each.total for each in results)
    rate = caught / total if total else 1.0
    say(f"all: {caught} of {total} mutants caught ({rate:.1%})")
    if rate < MUTANT_FLOOR:
        expected = f"expected {MUTANT_FLOOR:.0%} or more"
        faults.append(f"bank:1: found {rate:.1%} of the mutants caught, {expected}")
    return faults
