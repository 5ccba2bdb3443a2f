"""Grades one trusted program in a fresh process, for the bench: what a run costs with no zygote.

Not a sandbox: nothing is locked. Only the bank's own solutions are run with it.
"""

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from interviewer.checks import grade, load_suite, overall
from interviewer.sandbox import wire
from interviewer.sandbox.child import Child


class InProcess:
    """A submission in this process, its values packed and unpacked as on the pipes."""

    def __init__(self) -> None:
        self.child = Child((), ())

    def ask(self, question: Mapping[str, object]) -> Any:
        """As the real one; errors of the trusted program are not expected."""
        answer = self.child.answer(*_body(wire.pack(bytes(16), dict(question))))
        return wire.unpack(*_body(wire.pack(bytes(16), answer, self.child.keep)))["ok"]


def _body(frame: bytes) -> tuple[bytes, bytes]:
    _, tree, _ = wire.unpack_header(frame[: wire.HEADER.size])
    return frame[wire.HEADER.size :][:tree], frame[wire.HEADER.size + tree :]


def main(checks: str, program: str) -> None:
    """Grade a program file and print the verdict."""
    source = Path(program).read_text("utf-8")
    results = list(grade(InProcess(), source, load_suite(Path(checks))))
    sys.stdout.write(f"{overall(results)}\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
