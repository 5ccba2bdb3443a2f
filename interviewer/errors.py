"""The few exceptions of our own. What a candidate did is a verdict, never one of these."""


class InterviewerError(Exception):
    """Base of everything this package raises on purpose."""


class InputError(InterviewerError):
    """The input is at fault; the message says what was found, what was expected, and where."""


class UsageError(InputError):
    """The command line lacks something that the parser alone can't ask for: exit code 2."""


class AccessError(InputError):
    """Whoever asks may not do this, or not from where they ask."""


class ContentError(InputError):
    """A bank or rubric file is at fault; `faults` holds one `file:line: what, expected` each."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("\n".join(faults))
        self.faults = faults


class ConflictError(InputError):
    """A file changed since it was opened; `name` and `text` are what lies there now."""

    def __init__(self, name: str, text: str) -> None:
        super().__init__(f"{name} was changed by someone else since you opened it")
        self.name = name
        self.text = text


class StaleError(InputError):
    """What was judged has been superseded since the page showed it."""


class ModelError(InterviewerError):
    """A model could not be loaded or did not answer; the answer stays stored and unscored."""


class SandboxError(InterviewerError):
    """The sandbox could not run a submission: ours to mend, verdict IE."""
