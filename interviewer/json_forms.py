"""The binding JSON forms of a grade and of a run: for the command line and the web alike (pure)."""

from dataclasses import asdict
from typing import Any

from interviewer.overrides import Reviewed
from interviewer.types import Grade, Judgement, MisconceptionJudgement, RunResult, Span

Json = dict[str, Any]


def grade_json(grade: Grade) -> Json:
    """The binding JSON form of a grade."""
    return {
        "item": grade.item,
        "rubric_version": grade.rubric_version,
        "score": None if grade.score.value is None else round(grade.score.value, 2),
        "coverage": round(grade.score.coverage, 4),
        "criteria": [criterion_json(j) for j in grade.criteria],
        "misconceptions": [misconception_json(m) for m in grade.misconceptions],
        "feedback": grade.feedback,
        "follow_up": grade.follow_up,
        "judge": {
            "model": grade.judge.model,
            "identity": grade.judge.identity,
            "calibrated": grade.judge.calibrated,
            "prompt": grade.judge.prompt,
            "calibration": grade.judge.calibration,
            "reader": grade.judge.reader,
        },
        "seconds": {name: round(value, 3) for name, value in grade.seconds},
    }


def reviewed_json(found: Reviewed) -> Json:
    """A grade that counts; where mentors changed it also the judge's own, and their words."""
    if not found.standing:
        return {"grade": grade_json(found.grade)}
    # candidates read this: the mentors' login names are left out
    words = [{k: v for k, v in asdict(w).items() if k != "mentor"} for w in found.standing]
    return {
        "grade": grade_json(found.grade),
        "machine": grade_json(found.machine),
        "overrides": words,
    }


def criterion_json(j: Judgement) -> Json:
    """One criterion of a grade."""
    return {
        "id": j.criterion,
        "verdict": j.verdict.value,
        "probability": _rounded(j.probability),
        "confidence": _rounded(j.confidence),
        "similarity": _rounded(j.similarity),
        "signals": {name: _rounded(value) for name, value in j.signals},
        "points": j.points,
        "possible": j.possible,
        **_quote_json(j.quote),
    }


def misconception_json(m: MisconceptionJudgement) -> Json:
    """One misconception of a grade."""
    return {
        "id": m.misconception,
        "asserted": m.asserted,
        "probability": _rounded(m.probability),
        **_quote_json(m.quote),
    }


def run_json(result: RunResult) -> Json:
    """The binding JSON form of a run."""
    return {
        "item": result.item,
        "verdict": result.verdict.value,
        "checks": [asdict(check) | {"verdict": check.verdict.value} for check in result.checks],
        "message": result.message,
        "stdout": result.stdout,
        "stderr": result.stderr,
        "seconds": round(result.seconds, 4),
        "peak_bytes": result.peak_bytes,
        "isolation": result.isolation,
    }


def _quote_json(quote: Span | None) -> Json:
    if quote is None:
        return {"quote": None, "start": None, "end": None}
    return {"quote": quote.text, "start": quote.start, "end": quote.end}


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 4)
