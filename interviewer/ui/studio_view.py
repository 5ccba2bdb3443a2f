"""What the studio shows, as HTML (pure): faults, a conflict, verdicts, the grid of samples."""

from collections.abc import Sequence
from difflib import unified_diff
from html import escape

from interviewer.exports import shown_score
from interviewer.publish import DraftFault, Published
from interviewer.trial import Agreement, Trial, agree
from interviewer.types import (
    Grade,
    JudgeInfo,
    Judgement,
    MisconceptionJudgement,
    Rubric,
    Span,
    Verdict,
)
from interviewer.ui.markup import marked, prose
from interviewer.ui.verdict_rows import WORDS, criterion_row, misconception_row

Step = Judgement | MisconceptionJudgement | Grade
MOST_SHOWN = 50  # faults of a draft


def faults(found: Sequence[DraftFault], *, asked: bool = False) -> str:
    """The first faults with file and line, and how many more; `asked` says also that none is."""
    if not found:
        told = '<p class="good">No faults: this can be saved.</p>' if asked else ""
        return f'<div id="faults" data-count="0">{told}</div>'
    rows = "".join(
        f'<li data-field="{escape(".".join(map(str, each.place)))}">'
        f"<code>{escape(each.file.rpartition('/')[2])}:{each.line}</code> "
        f"{escape(each.message)}</li>"
        for each in found[:MOST_SHOWN]
    )
    if len(found) > MOST_SHOWN:
        rows += f"<li>… and {len(found) - MOST_SHOWN} more.</li>"
    count = f"{len(found)} fault{'s' if len(found) > 1 else ''}"
    head = f"<b>{count}</b>: nothing is saved until they are mended."
    return f'<div id="faults" data-count="{len(found)}" role="status">{head}<ul>{rows}</ul></div>'


def mark(messages: Sequence[str]) -> str:
    """The faults of one field, under it."""
    return "".join(f'<p class="fault">{escape(each)}</p>' for each in messages)


def said(text: str, state: str) -> str:
    """What became of a save."""
    return f'<div id="said" data-state="{state}" role="status">{escape(text)}</div>'


def saved(done: Published) -> str:
    """That a draft is saved and what follows from it."""
    if not done.files:
        return said("Nothing differs from what is saved.", "same")
    if done.before == done.version:
        text = f"Saved. Nothing that is graded changed: the version stays {done.version}."
    else:
        text = (
            f"Saved as version {done.version} (before: {done.before or 'none'}). Answers judged "
            "from now on get it; stored judgements keep theirs."
        )
    return said(text, "saved")


def conflict(name: str, theirs: str, mine: str) -> str:
    """What someone else saved meanwhile, against one's own text."""
    lines = unified_diff(
        theirs.splitlines(), mine.splitlines(), f"{name}, saved", f"{name}, yours", lineterm=""
    )
    colours = {"+": "plus", "-": "minus"}
    rows = "".join(
        f'<span class="{colours.get(each[:1], "")}">{escape(each)}\n</span>' for each in lines
    )
    return (
        f'<div id="said" data-state="conflict" role="alert"><b>Not saved: {escape(name)} was '
        "changed by someone else since you opened it.</b><p>Your text is still below. Take over "
        "what you want of theirs (−) by hand, then say that yours shall replace it; or discard "
        f'your edits to open theirs.</p><pre class="diff">{rows}</pre></div>'
    )


def tried(rubric: Rubric, answer: str, steps: Sequence[Step], info: JudgeInfo) -> str:
    """The verdicts on a typed answer, as the interview shows them."""
    judged = {s.criterion: s for s in steps if isinstance(s, Judgement)}
    claims = [s for s in steps if isinstance(s, MisconceptionJudgement) and s.asserted]
    wrong = {m.id: m.correction or m.statement for m in rubric.misconceptions}
    rows = "".join(
        criterion_row(
            each.id,
            judged[each.id].verdict if each.id in judged else "waiting",
            each.points,
            prose(each.statement),
            judged.get(each.id),
        )
        for each in rubric.criteria
    )
    rows += "".join(misconception_row(m, prose(wrong.get(m.misconception, ""))) for m in claims)
    grade = next((s for s in steps if isinstance(s, Grade)), None)
    score = f'<span class="score">{shown_score(grade.score.value)}</span>' if grade else "judging…"
    words = f'<div class="said">{marked(answer, _quotes(steps))}</div>'
    feedback = prose(grade.feedback) if grade else ""
    done = str(grade is not None).lower()
    return (
        f'<div id="verdicts" data-done="{done}"><div class="head"><span>Your answer</span>{score}'
        f"</div>{words}<ul>{rows}</ul>{feedback}{_judge(info)}</div>"
    )


def no_judge(key: str, status: str) -> str:
    """That nothing can be judged now, and why."""
    text = f"Nothing was judged: {status}"
    return f'<div id="{key}" data-done="none"><p class="quiet">{escape(text)}</p></div>'


def grid(rubric: Rubric, trials: Sequence[Trial], planned: int, info: JudgeInfo) -> str:
    """Sample by criterion: expected against judged, disagreements marked."""
    ids = [each.id for each in rubric.criteria]
    false = [each.id for each in rubric.misconceptions]
    head = "".join(f"<th>{escape(each)}</th>" for each in (*ids, *false))
    rows = "".join(_row(trial, ids, false) for trial in trials)
    failed = "".join(f'<p class="fault">{escape(t.failed)}</p>' for t in trials if t.failed)
    found = agree(trials)
    done = "true" if found.samples == planned else "false"
    return (
        f'<div id="grid" data-done="{done}" data-samples="{found.samples}">'
        f"{_agreement(found, planned)}{failed}"
        f'<div class="wide"><table><tr><th>Sample</th>{head}</tr>{rows}</table></div>'
        f'<p class="quiet">Expected → judged: {_legend()}</p>{_judge(info)}</div>'
    )


def _quotes(steps: Sequence[Step]) -> list[tuple[Span, str]]:
    return [
        (step.quote, getattr(step, "criterion", ""))
        for step in steps
        if not isinstance(step, Grade)
        and step.quote
        and getattr(step, "verdict", None) is not Verdict.MISSING
        and getattr(step, "asserted", True)
    ]


def _judge(info: JudgeInfo) -> str:
    note = "" if info.calibrated else " · uncalibrated: take probabilities loosely"
    return f'<p class="quiet">Judge: {escape(info.model)}{note}</p>'


def _row(trial: Trial, criteria: Sequence[str], false: Sequence[str]) -> str:
    sample = trial.sample
    due = dict(sample.verdicts)
    cells = "".join(_cell(each, due[each], trial.verdicts.get(each)) for each in criteria)
    for each in false:
        claimed = WORDS["asserted" if each in sample.misconceptions else "absent"]
        judged = trial.asserted.get(each)
        got = None if judged is None else WORDS["asserted" if judged else "absent"]
        cells += _marked_cell(each, claimed, got)
    held = " · held out" if sample.held_out else ""
    name = f"{escape(sample.id)}<small>{sample.kind}{held}</small>"
    head = f'<th title="{escape(sample.text.strip()[:400])}">{name}</th>'
    return f'<tr data-sample="{escape(sample.id)}">{head}{cells}</tr>'


def _cell(key: str, due: Verdict, judged: Verdict | None) -> str:
    return _marked_cell(key, WORDS[due], WORDS[judged] if judged else None)


def _marked_cell(key: str, due: tuple[str, str], judged: tuple[str, str] | None) -> str:
    icon, word = due
    if judged is None:
        return f'<td data-criterion="{escape(key)}" title="expected {word}">{icon}</td>'
    same = "true" if due == judged else "false"
    told = f"expected {word}, judged {judged[1]}"
    shown = icon if due == judged else f"{icon} → {judged[0]}"
    return (
        f'<td data-criterion="{escape(key)}" data-agrees="{same}" title="{told}" '
        f'aria-label="{told}">{shown}</td>'
    )


def _agreement(found: Agreement, planned: int) -> str:
    on = f"{found.samples} of {planned} samples, {found.held_out} of them held out"
    if not found.verdicts:
        return f'<p id="agreement">Judging: {on}.</p>'
    kappa = "undefined" if found.kappa is None else f"{found.kappa:.2f}"
    return (
        f'<p id="agreement"><b>{found.same} of {found.verdicts}</b> verdicts agree; kappa of '
        f"covered or not: <b>{kappa}</b> ({on}).</p>"
    )


def _legend() -> str:
    return ", ".join(
        f"{icon} {word}" for key, (icon, word) in WORDS.items() if key not in ("waiting",)
    )
