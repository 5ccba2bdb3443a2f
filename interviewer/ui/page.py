"""The parts of the interview page: which components there are and where. No behaviour."""

from dataclasses import dataclass
from typing import Any

import gradio as gr

from interviewer.turns import MODES
from interviewer.types import CLUSTERS, LEVELS

ANY = "any"
WEAK = "my weak questions"
MINUTES = [("no limit", 0), ("10 minutes", 10), ("20 minutes", 20), ("45 minutes", 45)]
WARM_UPS = [("none", 0), ("2, no points", 2), ("4, no points", 4)]
_EPHEMERAL = (
    "Nothing is kept here for long: when this server restarts, its sessions are gone. "
    "Export what you want to keep."
)
_MODE_WORDS = {
    "practice": "Practice: help, feedback at once",
    "mock": "Mock: no help, feedback last",
    "repair": "Repair: find and fix what is broken",
}


@dataclass(frozen=True, slots=True)
class Page:
    """Every component that a handler reads or writes."""

    session: Any
    seen: Any
    place: Any
    mark: Any
    status: Any
    clock: Any
    setup: Any
    mode: Any
    level: Any
    cluster: Any
    minutes: Any
    count: Any
    warm_up: Any
    chosen: Any
    seed: Any
    start: Any
    sitting: Any
    navigator: Any
    chat: Any
    answer: Any
    send: Any
    hint: Any
    skip: Any
    reveal: Any
    pause: Any
    finish: Any
    finishing: Any
    question: Any
    finish_now: Any
    finish_not: Any
    verdicts: Any
    note: Any
    disputed: Any
    disagree: Any
    history: Any
    coding: Any
    code: Any
    run: Any
    open_code: Any
    starter: Any
    checks: Any
    ended: Any
    report: Any
    reopen: Any
    again: Any
    timer: Any


def lay_out(items: list[tuple[str, str]], *, ephemeral: bool = False) -> Page:
    """Build the page inside the current Blocks; `items` are title and slug."""
    parts: dict[str, Any] = {}
    parts["session"] = gr.Textbox("", visible="hidden", elem_id="session-id")
    parts["seen"] = gr.Textbox("", visible="hidden", elem_id="seen")
    parts["place"] = gr.Textbox("", visible="hidden", elem_id="place")
    parts["timer"] = gr.Timer(15)
    with gr.Row(elem_id="top"):
        gr.HTML('<h1 id="brand">Interviewer <small>deep learning</small></h1>')
        parts["clock"] = gr.HTML("")
        parts["status"] = gr.HTML("")
        parts["mark"] = gr.HTML("")
    if ephemeral:
        gr.HTML(f'<p class="quiet" id="ephemeral">{_EPHEMERAL}</p>')
    with gr.Column(visible=False, elem_id="setup") as parts["setup"]:
        parts |= _setup(items)
    with gr.Column(visible=False, elem_id="sitting") as parts["sitting"]:
        parts |= _sitting()
    with gr.Column(visible=False, elem_id="ended") as parts["ended"]:
        parts["report"] = gr.HTML("")
        with gr.Row():
            parts["reopen"] = gr.Button("Go on with this session", elem_id="reopen")
            parts["again"] = gr.Button("New session", variant="primary", elem_id="again")
    parts |= _disputing()
    return Page(**parts)


def _setup(items: list[tuple[str, str]]) -> dict[str, Any]:
    gr.HTML(
        '<div class="intro"><h2>Practise a deep-learning interview</h2><p>Explain in your own '
        "words, as you would aloud. Each key point gets a verdict with the words of yours that "
        "prove it; code is really run. Everything you send is saved at once.</p></div>"
    )
    modes = [(_MODE_WORDS[mode], mode) for mode in MODES]
    mode = gr.Radio(modes, value="practice", label="Mode", elem_id="mode")
    with gr.Row():
        level = gr.Dropdown([ANY, *LEVELS], value=ANY, label="Level", elem_id="level")
        cluster = gr.Dropdown([ANY, WEAK, *CLUSTERS], value=ANY, label="Topic", elem_id="cluster")
        minutes = gr.Dropdown(MINUTES, value=0, label="Time", elem_id="minutes")
        count = gr.Dropdown([1, 3, 5, 8, 12], value=3, label="Questions", elem_id="count")
        warm_up = gr.Dropdown(WARM_UPS, value=2, label="Warm-up", elem_id="warm-up")
    chosen = gr.Dropdown(
        items,
        value=[],
        multiselect=True,
        label="Or choose the questions yourself",
        elem_id="items",
    )
    seed = gr.Number(0, visible="hidden", precision=0, elem_id="seed")
    start = gr.Button("Start", variant="primary", elem_id="start")
    history = gr.HTML("")
    return {
        "history": history,
        "mode": mode,
        "level": level,
        "cluster": cluster,
        "minutes": minutes,
        "count": count,
        "warm_up": warm_up,
        "chosen": chosen,
        "seed": seed,
        "start": start,
    }


def _sitting() -> dict[str, Any]:
    parts: dict[str, Any] = {}
    parts["navigator"] = gr.Radio([], show_label=False, container=False, elem_id="navigator")
    with gr.Row(elem_id="desk"):
        with gr.Column(scale=3, min_width=320):
            parts["chat"] = gr.HTML("")
            parts |= _answering()
        with gr.Column(scale=2, min_width=320, elem_id="side"):
            with gr.Column(visible=False, elem_id="coding") as parts["coding"]:
                parts["code"] = gr.Code(
                    language="python", label="Code", elem_id="code", lines=12, max_lines=24
                )
                parts["run"] = gr.Button("Run the checks", elem_id="run")
                with gr.Row(elem_id="code-tools"):
                    parts["open_code"] = gr.Button("Open a file", elem_id="open-code", size="sm")
                    parts["starter"] = gr.Button("Take the starter", elem_id="take", size="sm")
                parts["checks"] = gr.HTML("")
            parts["verdicts"] = gr.HTML("")
    return parts


def _disputing() -> dict[str, Any]:
    with gr.Row(elem_id="dispute"):
        disputed = gr.Dropdown(
            [], label="A wrong verdict?", visible=False, elem_id="disputed", min_width=240
        )
        note = gr.Textbox(
            label="What did the judge get wrong? (optional)",
            max_lines=3,
            visible=False,
            elem_id="note",
            scale=3,
        )
        disagree = gr.Button("I disagree", elem_id="disagree", size="sm", visible=False)
    return {"disputed": disputed, "note": note, "disagree": disagree}


def _answering() -> dict[str, Any]:
    parts: dict[str, Any] = {}
    with gr.Row(elem_id="writing"):
        parts["answer"] = gr.Textbox(
            show_label=False,
            container=False,
            placeholder="Your answer",
            lines=1,  # with more, Enter would break the line instead of sending
            max_lines=14,
            elem_id="answer",
            scale=5,
        )
        parts["send"] = gr.Button("Send", variant="primary", elem_id="send", scale=1, min_width=90)
    gr.HTML('<p class="quiet" id="keys">Enter sends, Shift+Enter breaks the line.</p>')
    with gr.Row(elem_id="tools"):
        parts["hint"] = gr.Button("Hint", elem_id="hint", size="sm")
        parts["reveal"] = gr.Button("Model answer", elem_id="reveal", size="sm")
        parts["skip"] = gr.Button("Skip", elem_id="skip", size="sm")
        parts["pause"] = gr.Button("Pause", elem_id="pause", size="sm")
        parts["finish"] = gr.Button("Finish", elem_id="finish", size="sm", variant="stop")
    return parts | _finishing()


def _finishing() -> dict[str, Any]:
    parts: dict[str, Any] = {}
    with gr.Column(visible=False, elem_id="finishing") as parts["finishing"]:
        parts["question"] = gr.HTML("")
        with gr.Row():
            parts["finish_not"] = gr.Button("Keep going", elem_id="finish-not", size="sm")
            parts["finish_now"] = gr.Button(
                "Finish now", elem_id="finish-now", size="sm", variant="stop"
            )
    return parts
