"""The versions of MLflow that the sandbox can run, and their locks."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from sandbox.mlflow_server import versions
from sandbox.mlflow_server.server import command


def _pinned(lock: Path) -> dict[str, str]:
    found = re.findall(r"^([A-Za-z0-9_.-]+)==([^\s;\\]+)", lock.read_text("utf-8"), re.MULTILINE)
    return dict(found)


def test_the_current_one_is_the_projects() -> None:
    assert _pinned(versions.PROJECT_LOCK)["mlflow"] == versions.CURRENT
    assert versions.running().version == versions.CURRENT


@pytest.mark.parametrize("version", versions.OLDER)
def test_each_older_one_has_a_lock_with_hashes(version: str) -> None:
    lock = versions.LOCKS / f"{version}.lock"
    pinned = _pinned(lock)
    assert pinned["mlflow"] == pinned["mlflow-skinny"] == version
    text = lock.read_text("utf-8")
    for name, number in pinned.items():
        block = text.partition(f"\n{name}=={number}")[2].partition("\n")[2]
        assert block.lstrip().startswith("--hash=sha256:"), name


def test_a_version_without_a_lock_is_named() -> None:
    with pytest.raises(ValueError, match=r"no lock of MLflow 1\.0\.0; use one of"):
        versions.ensure("1.0.0")


def test_servers_before_3_5_are_started_by_gunicorn() -> None:
    old = versions.Installed("2.22.5", "/python")
    assert command(Path(), 1, old)[:3] == ["/python", "-m", "gunicorn"]
    new = versions.Installed("3.10.1", "/python")
    assert command(Path(), 1, new)[:3] == ["/python", "-m", "uvicorn"]
