"""The entry of a ZeroGPU Space: serve.py's app, its judge on a lent GPU.

Elsewhere it starts the same app with the judge on this machine: `spaces.GPU` then does nothing,
and need not be installed.
"""

import os
import sys
from collections.abc import Callable, Iterator
from typing import Any

try:
    import spaces  # before torch: it stands in for CUDA until a GPU is lent
except ImportError:
    spaces = None

import gradio as gr

from interviewer.errors import ModelError
from interviewer.grading import Grader
from interviewer.lent import Lent
from interviewer.parts import load_into
from interviewer.settings import Settings
from interviewer.ui.launch import launch
from serve import main

HUB_MODEL = "Qwen/Qwen2.5-7B-Instruct"  # Apache-2.0, ungated, safetensors


def lend(function: Callable[..., Iterator[Any]]) -> Callable[..., Iterator[Any]]:
    """The function on a lent GPU, where there is one to lend."""
    there = spaces.GPU(function) if spaces else function

    def call(*args: Any) -> Iterator[Any]:
        try:
            yield from there(*args)
        except gr.Error as error:  # so Spaces says that the quota is used up, or that a call died
            raise ModelError(f"no GPU was lent: {error}") from error

    return call


def lent_grader(settings: Settings) -> Grader:
    """A grader that is loaded when this returns: only what is in place before launch() is lent."""
    grader, lent = Grader(), Lent(lend)

    def ready(judge: Any, model: Any) -> None:
        lent.take(judge, model)
        grader.set_ready(lent, lent)

    load_into(grader, settings, ready)
    return grader


if __name__ == "__main__":
    os.environ.setdefault("INTERVIEWER_MODEL", HUB_MODEL)
    os.environ.setdefault("INTERVIEWER_HOST", "0.0.0.0")  # noqa: S104  the Space's proxy is outside
    sys.exit(main(lent_grader, launch))
