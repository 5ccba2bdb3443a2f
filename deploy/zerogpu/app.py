"""The entry of a ZeroGPU Space: serve.py's app, its judge on a lent GPU.

Elsewhere it starts the same app with the judge on this machine: `spaces.GPU` then does nothing,
and need not be installed.
"""

import os
import sys
from typing import Any

try:
    import spaces  # before torch: it stands in for CUDA until a GPU is lent
except ImportError:
    spaces = None

from interviewer.grading import Grader
from interviewer.lent import Lent
from interviewer.parts import load_into
from interviewer.settings import Settings
from interviewer.ui.launch import launch
from serve import main

HUB_MODEL = "Qwen/Qwen2.5-7B-Instruct"  # Apache-2.0, ungated, safetensors


def lent_grader(settings: Settings) -> Grader:
    """A grader that is loaded when this returns: only what is in place before launch() is lent."""
    lend: Any = spaces.GPU if spaces else lambda function: function
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
