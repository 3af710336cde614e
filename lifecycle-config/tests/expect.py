"""What every run of the installer that changes nothing has in common."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from studio import Result, Studio


def assert_fails(studio: Studio, *words: str, run: Callable[[], Result] | None = None) -> None:
    """One clear line, exit 0, no restart, and a container without a trace of us."""
    before, seen = studio.files(), studio.seen()
    result = (run or studio.run)()
    assert (result.code, result.restarts) == (0, 0), result.log
    assert len(result.errors()) == 1, result.log
    assert result.log.count("\n") == 1, result.log
    assert result.log.startswith("sagemaker-governance: ERROR ")
    for word in words:
        assert word in result.log, result.log
    assert studio.seen() == seen
    left = {path for path in studio.files() - before if Path(path).name not in ("lock", "step")}
    assert left == set()


def assert_left_alone(studio: Studio, *words: str) -> None:
    """Nothing was done, and that is said."""
    before = studio.files()
    result = studio.run()
    assert (result.code, result.restarts, result.errors()) == (0, 0, [])
    assert result.log.startswith("sagemaker-governance: SKIPPED ")
    for word in words:
        assert word in result.log
    assert studio.files() == before
