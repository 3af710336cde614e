"""What a check found, in words that a person can act on."""

from __future__ import annotations

from dataclasses import dataclass

#: Works, and was tried just now.
OK = "ok"
#: Works, but somebody should know or act.
WARNING = "warning"
#: Does not work; the hint says what to do.
FAILED = "failed"
#: Could not be tried without writing, without a right, or with nothing to read.
UNTESTED = "untested"
#: A fact that is neither good nor bad.
INFO = "info"

STATES = (FAILED, WARNING, OK, UNTESTED, INFO)


@dataclass(frozen=True)
class Finding:
    """Outcome of one check."""

    #: A key of `catalogue.CHECKS`.
    check: str
    #: One of `STATES`.
    state: str
    message: str
    #: What to do; never empty where something failed.
    hint: str = ""
    #: Id of the connection, None: of the server.
    connection: str | None = None
    #: What of it, where a check looks at several things, e.g. an IAM action.
    subject: str | None = None
    #: Milliseconds that it took.
    ms: int = 0


class Amiss(Exception):
    """Something that can be reached, but is not as it has to be.

    Parameters
    ----------
    message
        What.
    hint
        The next step.
    state
        How bad it is.
    """

    def __init__(self, message: str, hint: str, state: str = FAILED) -> None:
        super().__init__(message)
        self.hint = hint
        self.state = state
