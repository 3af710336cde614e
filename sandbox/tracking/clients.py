"""Packages with which others reach MLflow, in a folder of their own.

`MLFLOW_TRACKING_AWS_SIGV4` needs `requests-auth-aws-sigv4`, an ARN as tracking URI needs
AWS's `sagemaker-mlflow` (both Apache-2.0), `--app-name basic-auth` needs Flask-WTF (BSD).
"""

from __future__ import annotations

import fcntl
import hashlib
import shutil
import subprocess
import sys
from pathlib import Path

LOCK = Path(__file__).with_name("clients.lock")
CACHE = Path(__file__).parents[2] / ".cache" / "mlflow-clients"


def folder() -> Path:
    """Folder for ``PYTHONPATH``; made at the first call, from the package registry.

    Raises:
        subprocess.CalledProcessError: pip failed; it has said why.
    """
    key = hashlib.sha256(LOCK.read_bytes() + sys.version.encode()).hexdigest()[:16]
    target = CACHE / key
    CACHE.mkdir(parents=True, exist_ok=True)
    with (CACHE / "lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not target.exists():
            part = target.with_name(f".{key}.part")
            shutil.rmtree(part, ignore_errors=True)
            command = [sys.executable, "-m", "pip", "install", "--disable-pip-version-check", "-q"]
            command += ["--no-deps", "--require-hashes", "--target", str(part), "-r", str(LOCK)]
            subprocess.run(command, check=True)  # noqa: S603 (own arguments)
            part.replace(target)
    return target
