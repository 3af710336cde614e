"""What was found, as a text of 80 columns for people and for tickets."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from .catalogue import CHECKS
from .finding import FAILED, INFO, OK, STATES, UNTESTED, WARNING

Line = Mapping[str, Any]

WIDTH = 80
GROUPS = {
    "installation": "Installation",
    "identity": "Identity",
    "registry": "Registry",
    "openpages": "Governance console",
    "mlflow": "MLflow",
}
#: State -> sign, sign of a terminal without Unicode, word.
_WORDS = {
    FAILED: ("✗", "x", "FAILED"),
    WARNING: ("!", "!", "warning"),
    UNTESTED: ("?", "?", "not testable"),
    OK: ("✓", "+", "ok"),
    INFO: ("·", "-", "note"),
}
_INDENT = 17


def text_report(
    findings: Sequence[Line],
    head: str,
    unicode: bool = True,
    connections: Sequence[str] = (),
    width: int = WIDTH,
) -> str:
    """The whole report.

    Parameters
    ----------
    findings
        Lines of `examine` that are findings.
    head
        First line.
    unicode
        Whether signs beyond ASCII can be shown.
    connections
        Ids in the order in which they are shown.
    """
    return "\n".join(_lines(findings, head, unicode, connections, width)) + "\n"


def summary(findings: Sequence[Line]) -> str:
    """How many of each state: `1 FAILED, 2 warnings, 14 ok`."""
    counts = {state: sum(one["state"] == state for one in findings) for state in STATES}
    plural = {WARNING: "s", INFO: "s"}
    words = (
        f"{n} {_WORDS[state][2]}{plural.get(state, '') if n > 1 else ''}"
        for state, n in counts.items()
        if n
    )
    return ", ".join(words) or "no checks"


def _lines(
    findings: Sequence[Line], head: str, unicode: bool, connections: Sequence[str], width: int
) -> Iterator[str]:
    places = {name: place for place, name in enumerate(connections)}

    yield from textwrap.wrap(_plain(head, unicode), width)
    yield summary(findings)
    for group, title in GROUPS.items():
        inside = [one for one in findings if one["group"] == group]
        # What needs somebody comes first.
        inside.sort(key=lambda one: (places.get(one["connection"], -1), STATES.index(one["state"])))
        if inside:
            yield ""
            yield title
        for one in _gathered(inside):
            yield from _entry(one, unicode, width)


def _gathered(findings: Sequence[Line]) -> Iterator[Line]:
    """Rights that are fine in one entry for each connection; there are many."""
    fine: dict[str, list[str]] = {}
    for one in findings:
        if one["check"] == "action" and one["state"] == OK:
            fine.setdefault(one["connection"], []).append(one["subject"])
    for one in findings:
        if one["check"] != "action" or one["state"] != OK:
            yield one
        elif one["connection"] in fine:
            allowed = ", ".join(fine.pop(one["connection"]))
            yield {**one, "subject": None, "message": f"allowed: {allowed}"}


def _entry(one: Line, unicode: bool, width: int) -> Iterator[str]:
    sign, ascii_sign, word = _WORDS[one["state"]]
    start = f"  {sign if unicode else ascii_sign} {word}".ljust(_INDENT)
    where = " ".join(part for part in (one["connection"], one["subject"]) if part)
    title = CHECKS[one["check"]].title
    text = f"{title}{f' ({where})' if where else ''}: {one['message']}"
    yield from textwrap.wrap(
        _plain(text, unicode),
        width,
        initial_indent=start,
        subsequent_indent=" " * _INDENT,
        break_on_hyphens=False,
    )
    if one["hint"]:
        yield from textwrap.wrap(
            _plain(one["hint"], unicode),
            width,
            initial_indent=" " * (_INDENT - 3) + ("→  " if unicode else "-> "),
            subsequent_indent=" " * _INDENT,
            break_on_hyphens=False,
        )


def _plain(text: str, unicode: bool) -> str:
    if unicode:
        return text
    for char, instead in (("“", '"'), ("”", '"'), ("…", "..."), ("’", "'")):
        text = text.replace(char, instead)
    return text.encode("ascii", "replace").decode("ascii")
