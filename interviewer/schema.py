"""The tables of the database, one migration a change; released migrations stay as they are."""

from sqlite_utils import Database
from sqlite_utils.migrations import Migrations

migrations = Migrations("interviewer")


@migrations()
def sessions_and_turns(db: Database) -> None:
    """Who sat when, and everything that was said, in order."""
    db.table("sessions").create(
        {
            "id": str,
            "owner": str,
            "mode": str,
            "items": str,  # JSON list of slugs
            "seed": int,
            "minutes": int,
            "started": float,
        },
        pk="id",
        not_null={"owner", "mode", "items", "seed", "minutes", "started"},
        strict=True,
    ).create_index(["owner", "started"])
    db.table("turns").create(
        {
            "id": int,
            "session": str,
            "kind": str,
            "item": str,
            "text": str,
            "about": str,
            "at": float,
        },
        pk="id",
        foreign_keys=[("session", "sessions", "id")],
        not_null={"session", "kind", "item", "text", "about", "at"},
        strict=True,
    ).create_index(["session", "id"])


@migrations()
def grades_and_judgements(db: Database) -> None:
    """What judging gave, with every signal and the identities it can be recomputed from."""
    db.table("rubrics").create(
        {"version": str, "item": str, "title": str, "reference": str, "body": str},
        pk=("version", "item"),
        strict=True,
    )
    db.table("grades").create(
        {
            "id": int,
            "turn": int,
            "item": str,
            "answer": str,  # as graded: quotes are offsets into it
            "rubric_version": str,
            "score": float,
            "coverage": float,
            "feedback": str,
            "follow_up": str,
            "model": str,
            "identity": str,
            "calibrated": int,
            "seconds": str,
            "at": float,
        },
        pk="id",
        foreign_keys=[("turn", "turns", "id")],
        not_null={"turn", "item", "answer", "rubric_version", "coverage", "model", "identity"},
        strict=True,
    ).create_index(["turn"])
    db.table("judgements").create(
        {
            "id": int,
            "grade": int,
            "kind": str,  # criterion or misconception
            "name": str,
            "verdict": str,
            "probability": float,
            "confidence": float,
            "similarity": float,
            "signals": str,
            "start": int,
            "end": int,
            "points": float,
            "possible": float,
        },
        pk="id",
        foreign_keys=[("grade", "grades", "id")],
        not_null={"grade", "kind", "name", "verdict", "points"},
        strict=True,
    ).create_index(["grade"])


@migrations()
def runs(db: Database) -> None:
    """How submitted code ended."""
    db.table("runs").create(
        {
            "turn": int,
            "item": str,
            "verdict": str,
            "checks": str,
            "stdout": str,
            "stderr": str,
            "seconds": float,
            "peak_bytes": int,
            "isolation": str,
            "message": str,
        },
        pk="turn",
        foreign_keys=[("turn", "turns", "id")],
        not_null={"item", "verdict", "checks"},
        strict=True,
    )


@migrations()
def overrides(db: Database) -> None:
    """What mentors said of verdicts: rows are added, never changed; the last word stands."""
    db.table("overrides").create(
        {
            "id": int,
            "turn": int,
            "kind": str,  # criterion or misconception
            "name": str,
            "verdict": str,  # or `judge`: the judge's stands again
            "machine": str,  # what the judge had said
            "reason": str,
            "mentor": str,
            "rubric_version": str,
            "at": float,
        },
        pk="id",
        foreign_keys=[("turn", "turns", "id")],
        not_null={"turn", "kind", "name", "verdict", "machine", "reason", "mentor", "at"}
        | {"rubric_version"},
        strict=True,
    ).create_index(["turn"])
    db.execute(
        "create trigger overrides_stay before update on overrides"
        " begin select raise(abort, 'overrides are added, never changed'); end"
    )


@migrations()
def how_it_was_judged(db: Database) -> None:
    """The hashes of prompt, calibration and reader beside the model's; empty in older rows."""
    for name in ("prompt", "calibration", "reader"):
        db.table("grades").add_column(name, str, not_null_default="")


@migrations()
def warm_up_questions(db: Database) -> None:
    """How many of a session's items, from the first, only warm up; none in older sessions."""
    db.table("sessions").add_column("warm_ups", int, not_null_default=0)
