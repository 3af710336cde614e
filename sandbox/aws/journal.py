"""Writes that must outlive the process: one JSON object a line."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

from .registry import Place

VERSION = 1


class JournalError(RuntimeError):
    """The journal cannot be read."""


class Journal:
    """An append-only file of operations; its first line tells the catalogue's moment.

    Args:
        path: the file; None keeps nothing.
    """

    def __init__(self, path: Path | None) -> None:
        self._path = path

    def now(self, otherwise: float) -> float:
        """Moment that the catalogue of the first start counted from.

        Ages of what was written since then stay true only against the same moment.

        Raises:
            JournalError: the file is not a journal.
        """
        if self._path is None:
            return otherwise
        if not self._path.exists() or not self._path.stat().st_size:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self.clear(otherwise)
            return otherwise
        with self._path.open(encoding="utf-8") as lines:
            try:
                head = json.loads(lines.readline())
                if head["version"] != VERSION:
                    raise JournalError(
                        f"{self._path} has version {head['version']}, not {VERSION}: remove it."
                    )
                return float(head["now"])
            except (ValueError, KeyError, TypeError):
                raise JournalError(
                    f"{self._path} is not a journal of the sandbox: name another file."
                ) from None

    def clear(self, now: float) -> None:
        """Forget every write."""
        if self._path is not None:
            self._path.write_text(json.dumps({"version": VERSION, "now": now}) + "\n")

    def append(self, operation: str, place: Place, params: dict[str, Any]) -> None:
        """Keep a write that succeeded."""
        if self._path is None:
            return
        entry = {"operation": operation, "place": asdict(place), "params": params}
        with self._path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(entry, ensure_ascii=False) + "\n")

    def entries(self) -> Iterator[tuple[str, Place, dict[str, Any]]]:
        """Writes in their order; a last line that was cut off by a crash is dropped.

        Raises:
            JournalError: another line is not readable.
        """
        if self._path is None:
            return
        lines = self._path.read_text(encoding="utf-8").splitlines()[1:]
        for number, line in enumerate(lines, 2):
            try:
                entry = json.loads(line)
                yield entry["operation"], Place(**entry["place"]), entry["params"]
            except (ValueError, KeyError, TypeError):
                if number == len(lines) + 1:
                    print(f"{self._path}:{number} is cut off; dropped", file=sys.stderr)
                    self._drop_last(lines[:-1])
                    return
                raise JournalError(f"{self._path}:{number} is not a write.") from None

    def _drop_last(self, kept: list[str]) -> None:
        assert self._path is not None
        head = self._path.read_text(encoding="utf-8").splitlines()[0]
        self._path.write_text("\n".join([head, *kept]) + "\n", encoding="utf-8")
