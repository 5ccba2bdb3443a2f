"""Nouns to rows of the database and back (pure)."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import Any

from interviewer.turns import Said, Session, Turn
from interviewer.types import (
    CheckResult,
    Grade,
    Item,
    JudgeInfo,
    Judgement,
    MisconceptionJudgement,
    Rubric,
    RunResult,
    RunVerdict,
    Score,
    Span,
    Verdict,
)

Row = Mapping[str, Any]


def session_row(session: Session) -> dict[str, Any]:
    """A session as its row."""
    return {**asdict(session), "items": json.dumps(session.items)}


def to_session(row: Row) -> Session:
    """A row as its session."""
    return Session(**{**row, "items": tuple(json.loads(row["items"]))})


def to_turn(row: Row) -> Turn:
    """A row as its turn; a submission is about its verdict."""
    about = row["verdict"] or row["about"]
    return Turn(Said(row["kind"]), row["item"], row["text"], row["at"], about, row["id"])


def rubric_row(item: Item, rubric: Rubric) -> dict[str, Any]:
    """A rubric as it was graded by, so that a report can be made without the files."""
    body = {
        "criteria": {c.id: c.statement for c in rubric.criteria},
        "misconceptions": {m.id: m.correction or m.statement for m in rubric.misconceptions},
        "claims": {m.id: m.statement for m in rubric.misconceptions},
    }
    return {
        "version": rubric.version,
        "item": item.slug,
        "title": item.title,
        "reference": item.reference,
        "body": json.dumps(body),
    }


def grade_row(turn: int, answer: str, grade: Grade, at: float) -> dict[str, Any]:
    """A grade as its row, without its judgements."""
    return {
        "turn": turn,
        "item": grade.item,
        "answer": answer,
        "rubric_version": grade.rubric_version,
        "score": grade.score.value,
        "coverage": grade.score.coverage,
        "feedback": grade.feedback,
        "follow_up": grade.follow_up,
        "model": grade.judge.model,
        "identity": grade.judge.identity,
        "calibrated": int(grade.judge.calibrated),
        "prompt": grade.judge.prompt,
        "calibration": grade.judge.calibration,
        "reader": grade.judge.reader,
        "seconds": json.dumps(dict(grade.seconds)),
        "at": at,
    }


def judgement_rows(key: int, grade: Grade) -> list[dict[str, Any]]:
    """All decisions of a grade, criteria first."""
    return [_criterion_row(key, j) for j in grade.criteria] + [
        _misconception_row(key, m) for m in grade.misconceptions
    ]


def to_grade(row: Row, rows: Iterable[Row]) -> Grade:
    """A grade from its row and the rows of its judgements."""
    listed = list(rows)
    answer = row["answer"]
    return Grade(
        item=row["item"],
        rubric_version=row["rubric_version"],
        score=Score(row["score"], row["coverage"]),
        criteria=tuple(_to_judgement(r, answer) for r in listed if r["kind"] == "criterion"),
        misconceptions=tuple(
            _to_misconception(r, answer) for r in listed if r["kind"] == "misconception"
        ),
        feedback=row["feedback"],
        follow_up=row["follow_up"],
        judge=JudgeInfo(
            row["model"],
            row["identity"],
            bool(row["calibrated"]),
            row["prompt"],
            row["calibration"],
            row["reader"],
        ),
        seconds=tuple(json.loads(row["seconds"]).items()),
    )


def run_row(turn: int, result: RunResult) -> dict[str, Any]:
    """A run as its row."""
    checks = json.dumps([asdict(check) for check in result.checks])
    return {**asdict(result), "turn": turn, "checks": checks}


def to_run(row: Row) -> RunResult:
    """A row as its run."""
    checks = tuple(
        CheckResult(**{**check, "verdict": RunVerdict(check["verdict"])})
        for check in json.loads(row["checks"])
    )
    kept = {name: row[name] for name in row if name != "turn"}
    return RunResult(**{**kept, "verdict": RunVerdict(row["verdict"]), "checks": checks})


def _criterion_row(key: int, judgement: Judgement) -> dict[str, Any]:
    return {
        "grade": key,
        "kind": "criterion",
        "name": judgement.criterion,
        "verdict": judgement.verdict,
        "probability": judgement.probability,
        "confidence": judgement.confidence,
        "similarity": judgement.similarity,
        "signals": json.dumps(dict(judgement.signals)),
        "start": judgement.quote.start if judgement.quote else None,
        "end": judgement.quote.end if judgement.quote else None,
        "points": judgement.points,
        "possible": judgement.possible,
    }


def _misconception_row(key: int, judgement: MisconceptionJudgement) -> dict[str, Any]:
    said = {True: "asserted", False: "absent", None: "unscored"}[judgement.asserted]
    return {
        "grade": key,
        "kind": "misconception",
        "name": judgement.misconception,
        "verdict": said,
        "probability": judgement.probability,
        "confidence": None,
        "similarity": None,
        "signals": json.dumps(dict(judgement.signals)),
        "start": judgement.quote.start if judgement.quote else None,
        "end": judgement.quote.end if judgement.quote else None,
        "points": judgement.points,
        "possible": None,
    }


def _quote(row: Row, answer: str) -> Span | None:
    if row["start"] is None:
        return None
    return Span(row["start"], row["end"], answer[row["start"] : row["end"]])


def _signals(row: Row) -> tuple[tuple[str, float], ...]:
    return tuple(json.loads(row["signals"]).items())


def _to_judgement(row: Row, answer: str) -> Judgement:
    return Judgement(
        criterion=row["name"],
        verdict=Verdict(row["verdict"]),
        probability=row["probability"],
        confidence=row["confidence"],
        similarity=row["similarity"],
        signals=_signals(row),
        quote=_quote(row, answer),
        points=row["points"],
        possible=row["possible"],
    )


def _to_misconception(row: Row, answer: str) -> MisconceptionJudgement:
    asserted = {"asserted": True, "absent": False}.get(row["verdict"])
    return MisconceptionJudgement(
        misconception=row["name"],
        asserted=asserted,
        probability=row["probability"],
        quote=_quote(row, answer),
        points=row["points"],
        signals=_signals(row),
    )
