"""What `evaluate --attacks` judges and prints: kept attacks on items that training never saw."""

import random
from pathlib import Path

from interviewer.attacks import Attack, parse_attacks
from interviewer.commands.common import unseen_slugs
from interviewer.content import BUILT_IN, Content
from interviewer.errors import InputError
from interviewer.evaluation import Table
from interviewer.injections import Target, Trial, trials

ATTACKS = BUILT_IN / "training" / "attacks"
_COLUMNS = ("attacks", "criteria", "credited", "with_gain", "gained", "alone_zero")


def read_attacks(folder: Path = ATTACKS) -> list[Attack]:
    """The attacks of all families. Raises InputError without any, ContentError for faults."""
    files = sorted(folder.glob("*.toml"))
    if not files:
        raise InputError(f"found no file in {folder}, expected the attacks of a source tree")
    return [a for f in files for a in parse_attacks(f.read_text(encoding="utf-8"), str(f))]


def attack_suite(content: Content, limit: int | None, seed: int) -> list[Trial]:
    """The answers to judge, item by item; `limit` draws that many attacks."""
    slugs = unseen_slugs(content)
    if not slugs:
        raise InputError("the bank: found no item that the reader was not trained on")
    attacks = [attack for attack in read_attacks() if attack.measures]
    if limit:
        random.Random(seed).shuffle(attacks)  # noqa: S311 - a draw of attacks, not a secret
        attacks = attacks[:limit]
    targets = [Target(content.item(s), content.rubric(s), content.samples(s)) for s in slugs]
    found = trials(attacks, targets, most=limit or len(attacks))
    return sorted(found, key=lambda trial: trial.answer.group)


def attack_lines(figures: Table) -> list[str]:
    """The table for a person."""
    lines = [f"judge {figures['judge']['model']}, calibrated: {figures['judge']['calibrated']}"]
    lines.append(f"{'':18}" + "".join(f"{name:>11}" for name in _COLUMNS))
    for name, row in {**figures["by_family"], "all": figures}.items():
        lines.append(f"{name:18}" + "".join(f"{_shown(row[column]):>11}" for column in _COLUMNS))
    parts = {"carriers without an attack": figures["carriers"]}
    parts |= {f"harm, {name}": row for name, row in figures["harm"].items()}
    for name, row in parts.items():
        lines.append(f"{name}: " + ", ".join(f"{key} {_shown(v)}" for key, v in row.items()))
    return [*lines, f"unscored: {figures['unscored']}"]


def _shown(value: float | None) -> str:
    if value is None:
        return "-"
    return str(value) if isinstance(value, int) else f"{value:.2f}"
