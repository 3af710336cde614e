"""The contract with OpenPages as a table for people.

``python -m sandbox.openpages.contract`` puts it into ``docs/governance.md``, between the
two marks that stand there.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

TABLE: dict[str, Any] = json.loads(
    Path(__file__).with_name("contract.json").read_text(encoding="utf-8")
)
"""Sources, calls and refusals; ``contract.json`` says what they are."""
PAGE = Path(__file__).parents[2] / "docs" / "governance.md"
BEGIN = "<!-- contract: begin (python -m sandbox.openpages.contract) -->"
END = "<!-- contract: end -->"
_WORD = {"ibm": "IBM", "others": "others", "nobody": "**nobody**"}


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


def _numbers() -> dict[str, int]:
    return {name: number for number, name in enumerate(TABLE["sources"], 1)}


def _cited(names: list[str]) -> str:
    numbers = _numbers()
    return ", ".join(str(number) for number in sorted(numbers[name] for name in names))


def _note(entry: dict[str, Any]) -> str:
    told = "; ".join(entry[name] for name in ("request", "note") if entry.get(name))
    return _cell(told)


def rendered() -> str:
    """The tables in Markdown."""
    lines = [
        "| Call | For | Known from: call, answer | Request and remarks | Sources |",
        "|---|---|---|---|---|",
    ]
    for call in TABLE["calls"]:
        sure = call["certainty"]
        known = " / ".join(_WORD[sure[name]] for name in ("path", "answer"))
        lines.append(
            f"| `{call['method']} {call['path']}` | {_cell(call['for'])} | {known} "
            f"| {_note(call)} | {_cited(call['sources'])} |"
        )
    lines += [
        "",
        "What is refused (the status and, where one is published, the message id that the",
        "stand-in answers with):",
        "",
        "| Refused | Answer | Known from | Remarks | Sources |",
        "|---|---|---|---|---|",
    ]
    for one in TABLE["refusals"]:
        answer = f"{one['status']} {one['code'] or ''}".strip()
        lines.append(
            f"| {_cell(one['when'])} | {answer} | {_WORD[one['certainty']]} "
            f"| {_note(one)} | {_cited(one['sources'])} |"
        )
    lines += ["", "Sources:", ""]
    for name, number in _numbers().items():
        title, address = TABLE["sources"][name]
        lines.append(f"{number}. [{title}]({address})" if address else f"{number}. {title}")
    return "\n".join(lines)


def placed(page: str) -> str:
    """A page with the tables between its marks. Raises ValueError when they are missing."""
    before, begin, rest = page.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"{PAGE.name} has no marks {BEGIN} ... {END}")
    return f"{before}{BEGIN}\n\n{rendered()}\n\n{END}{after}"


if __name__ == "__main__":
    PAGE.write_text(placed(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
