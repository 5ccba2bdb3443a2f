"""Our own exceptions as messages on a mentor's page, without a traceback."""

from html import escape
from typing import Literal

import gradio as gr

from interviewer.errors import InterviewerError


class shown_errors:
    """What is the mentor's fault, or ours and known, becomes a message on the page."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> Literal[False]:
        if isinstance(error, InterviewerError):
            raise gr.Error(escape(str(error)), print_exception=False) from None
        return False
