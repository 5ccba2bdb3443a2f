"""The parts of the studio's page: which components there are and where. No behaviour."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import gradio as gr

from interviewer.studio import FIELDS

FIELD_NAMES = tuple(dict.fromkeys(name for names in FIELDS.values() for name in names))
A_FEW = 3  # samples: on two cores each takes seconds
_LABELS = {
    "id": "Id (kebab-case)",
    "points": "Points",
    "statement": "Statement: one claim that an answer alone decides",
    "paraphrases": "Paraphrases, one a line: these must count",
    "near_misses": "Near misses, one a line: these must not count",
    "follow_up": "Follow-up question",
    "missed": "Said when it is missing",
    "contradicted": "Said when it is contradicted",
    "correction": "Correction",
    "source": "Source",
}
_LINES = {"statement": 2, "paraphrases": 4, "near_misses": 3}


@dataclass(frozen=True, slots=True)
class Page:
    """Every component that a handler reads or writes; `fields` and `marks` by field name."""

    who: Any
    status: Any
    opened: Any
    item: Any
    discard: Any
    rubric: Any
    samples: Any
    claims: Any
    fields: dict[str, Any]
    marks: dict[str, Any]
    shown: Any
    add_criterion: Any
    add_misconception: Any
    remove: Any
    check: Any
    save: Any
    said: Any
    keep_mine: Any
    faults: Any
    answer: Any
    judge: Any
    verdicts: Any
    limit: Any
    judge_samples: Any
    stop: Any
    grid: Any


def lay_out(items: Sequence[str]) -> Page:
    """Build the page inside the current Blocks; `items` are slugs."""
    parts: dict[str, Any] = {
        "opened": gr.Textbox("", visible="hidden", elem_id="opened"),
        "shown": gr.Textbox("{}", visible="hidden", elem_id="shown"),
    }
    with gr.Row(elem_id="top"):
        gr.HTML('<h1 id="brand">Interviewer <small>rubric studio</small></h1>')
        parts["status"] = gr.HTML("")
        parts["who"] = gr.HTML("")
    with gr.Row(elem_id="choosing"):
        parts["item"] = gr.Dropdown(list(items), value=None, label="Item", elem_id="item", scale=4)
        parts["check"] = gr.Button("Check", elem_id="check", min_width=90)
        parts["save"] = gr.Button("Save", variant="primary", elem_id="save", min_width=90)
        parts["discard"] = gr.Button("Discard my edits", elem_id="discard", min_width=90)
    parts["said"] = gr.HTML("")
    parts["keep_mine"] = gr.Button(
        "My text shall replace theirs", visible=False, elem_id="keep-mine", size="sm"
    )
    parts["faults"] = gr.HTML("")
    with gr.Row(elem_id="panes"):
        with gr.Column(scale=1, min_width=320, elem_id="form"):
            parts |= _form()
        with gr.Column(scale=1, min_width=320, elem_id="texts"):
            parts["rubric"] = _pane("rubric.toml", "rubric", 28)
            with gr.Accordion("Samples: graded answers", open=False, elem_id="samples-pane"):
                parts["samples"] = _pane("samples.toml", "samples", 16)
    return Page(**parts, **_trying())


def _pane(label: str, elem_id: str, lines: int) -> Any:
    return gr.Code(
        language=None,
        label=label,
        elem_id=elem_id,
        lines=lines,
        max_lines=lines,
        wrap_lines=True,
        interactive=True,
    )


def _form() -> dict[str, Any]:
    parts: dict[str, Any] = {"fields": {}, "marks": {}}
    parts["claims"] = gr.Radio([], label="Criteria and misconceptions", elem_id="claims")
    with gr.Row(elem_id="claim-tools"):
        parts["add_criterion"] = gr.Button("+ Criterion", size="sm", elem_id="add-criterion")
        parts["add_misconception"] = gr.Button(
            "+ Misconception", size="sm", elem_id="add-misconception"
        )
        parts["remove"] = gr.Button("Remove this one", size="sm", elem_id="remove")
    for name in FIELD_NAMES:
        lines = _LINES.get(name, 1)
        parts["fields"][name] = gr.Textbox(
            label=_LABELS[name],
            lines=lines,
            max_lines=max(lines, 8),
            visible=False,
            elem_id=f"field-{name.replace('_', '-')}",
        )
        parts["marks"][name] = gr.HTML("", elem_classes="mark")
    return parts


def _trying() -> dict[str, Any]:
    parts: dict[str, Any] = {}
    with gr.Row(elem_id="trying"):
        with gr.Column(scale=1, min_width=320):
            gr.HTML('<h3>Try it on an answer</h3><p class="quiet">The draft above, unsaved.</p>')
            parts["answer"] = gr.Textbox(
                label="Answer", lines=5, max_lines=14, elem_id="trial-answer"
            )
            parts["judge"] = gr.Button("Judge this answer", elem_id="judge")
            parts["verdicts"] = gr.HTML("")
        with gr.Column(scale=1, min_width=320):
            gr.HTML(
                '<h3>Try it on the samples</h3><p class="quiet">Held-out samples first: '
                "the judge was not tuned on them.</p>"
            )
            parts["limit"] = gr.Number(
                A_FEW, label="How many", precision=0, minimum=1, elem_id="limit"
            )
            with gr.Row():
                parts["judge_samples"] = gr.Button("Judge samples", elem_id="judge-samples")
                parts["stop"] = gr.Button("Stop", variant="stop", elem_id="stop")
            parts["grid"] = gr.HTML("")
    return parts
