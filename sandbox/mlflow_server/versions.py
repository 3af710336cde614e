"""Other versions of MLflow than the project's own, each in an environment of its own.

An environment holds MLflow and what of the project's environment is too new for it
(``locks/<version>.lock``); all else it takes from there, which saves most of the time and
of the disk.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import shutil
import subprocess
import sys
import sysconfig
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LOCKS = Path(__file__).with_name("locks")
PROJECT_LOCK = ROOT / "sandbox" / "requirements.lock"
CACHE = ROOT / ".cache" / "mlflow"
_KNOWN = json.loads(Path(__file__).with_name("versions.json").read_text("utf-8"))
CURRENT: str = _KNOWN["current"]
"""That of the project's environment."""
OLDER: tuple[str, ...] = tuple(_KNOWN["older"])
"""Those that have a lock, newest first."""


@dataclass(frozen=True)
class Installed:
    """An MLflow that can be run."""

    version: str
    python: str
    """Interpreter that imports it."""

    @property
    def serves_asgi(self) -> bool:
        """Whether ``mlflow server`` runs uvicorn (3.5 and later), else gunicorn."""
        major, minor = self.version.split(".")[:2]
        return (int(major), int(minor)) >= (3, 5)


def running() -> Installed:
    """The one that this process would import."""
    return Installed(metadata.version("mlflow"), sys.executable)


def site_packages(version: str) -> Path:
    """Folder that holds the package ``mlflow`` of one of ``OLDER``."""
    name = f"python{sys.version_info[0]}.{sys.version_info[1]}"
    return CACHE / version / "lib" / name / "site-packages"


def _key(version: str) -> str:
    lock = (LOCKS / f"{version}.lock").read_bytes() + PROJECT_LOCK.read_bytes()
    return hashlib.sha256(lock + sys.version.encode() + sys.prefix.encode()).hexdigest()


def _stamp(version: str) -> Path:
    return CACHE / version / "sandbox.key"


def is_ready(version: str) -> bool:
    """Whether the environment is complete and of these locks.

    Raises:
        ValueError: there is no lock of this version.
    """
    if version not in OLDER:
        raise ValueError(f"there is no lock of MLflow {version}; use one of {', '.join(OLDER)}")
    stamp = _stamp(version)
    return stamp.exists() and stamp.read_text("utf-8") == _key(version)


def ensure(version: str) -> Installed:
    """Make the environment of a version unless it is there; the project's own is.

    Raises:
        ValueError: there is no lock of this version.
        subprocess.CalledProcessError: pip failed; it has said why.
    """
    if version == CURRENT:
        return running()
    target = CACHE / version
    python = target / "bin" / "python"
    CACHE.mkdir(parents=True, exist_ok=True)
    with (CACHE / f"{version}.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not is_ready(version):
            shutil.rmtree(target, ignore_errors=True)
            _run("-m", "venv", "--without-pip", str(target))
            packages = site_packages(version)
            pip = ["-m", "pip", "install", "--disable-pip-version-check", "-q", "--no-deps"]
            pip += ["--require-hashes", "--target", str(packages)]
            _run(*pip, "-r", str(LOCKS / f"{version}.lock"))
            # After its own packages, which so win.
            project = sysconfig.get_paths()["purelib"]
            (packages / "project.pth").write_text(f"{project}\n", "utf-8")
            _stamp(version).write_text(_key(version), "utf-8")
    return Installed(version, str(python))


def _run(*arguments: str) -> None:
    subprocess.run([sys.executable, *arguments], check=True)  # noqa: S603 (own arguments)
