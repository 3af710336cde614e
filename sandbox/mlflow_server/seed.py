"""Seeds an MLflow directory once: trains the catalogue's runs through the real server."""

from __future__ import annotations

import fcntl
import hashlib
import importlib.metadata
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

from sandbox.catalogue.model import Catalogue

from .server import command, environment, quiet

INDEX = "index.json"
"""``"experiment/run name"`` -> run_id, experiment_id, model_id, artifact_uri."""
MARKER = "seed.json"
ROOT = Path(__file__).parents[2]


def fingerprint(catalogue: Catalogue) -> str:
    """Changes when the runs, this package, MLflow or scikit-learn do: then seed anew."""
    digest = hashlib.sha256()
    digest.update(json.dumps([asdict(run) for run in catalogue.runs]).encode())
    for name in ("mlflow", "scikit-learn"):
        digest.update(importlib.metadata.version(name).encode())
    for source in sorted(Path(__file__).parent.glob("*.py")):
        digest.update(source.read_bytes())
    return digest.hexdigest()[:32]


def is_seeded(directory: Path, catalogue: Catalogue) -> bool:
    """Whether the directory holds a complete seed of this catalogue."""
    try:
        marker = json.loads((directory / MARKER).read_text("utf-8"))
    except FileNotFoundError:
        return False
    return bool(marker["fingerprint"] == fingerprint(catalogue))


def seed(directory: Path, catalogue: Catalogue) -> None:
    """Fill ``directory`` with ``mlflow.db``, artifacts and ``index.json``.

    Does nothing when that was done before for the same catalogue and versions. The
    directory appears whole or not at all, may be copied and moved, and is replaced when
    its seed is out of date. Takes most of a minute; blocks.

    Raises FileExistsError when something else is in the directory, RuntimeError with the
    end of the log when training fails.
    """
    directory = directory.resolve()
    directory.parent.mkdir(parents=True, exist_ok=True)
    with _locked(directory.with_name(f"{directory.name}.lock")):
        if is_seeded(directory, catalogue):
            return
        if directory.exists() and any(directory.iterdir()) and not (directory / MARKER).exists():
            raise FileExistsError(f"{directory} holds something else than a seed; move it away")
        for left in directory.parent.glob(f".{directory.name}.part-*"):
            shutil.rmtree(left)
        part = Path(tempfile.mkdtemp(prefix=f".{directory.name}.part-", dir=directory.parent))
        try:
            _fill(part, catalogue)
            (part / MARKER).write_text(
                json.dumps({"fingerprint": fingerprint(catalogue)}) + "\n", "utf-8"
            )
            part.chmod(0o755)
            if directory.exists():
                shutil.rmtree(directory)
            os.replace(part, directory)
        finally:
            shutil.rmtree(part, ignore_errors=True)


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    with path.open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _fill(part: Path, catalogue: Catalogue) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    (part / "artifacts").mkdir()
    with tempfile.TemporaryFile("w+") as output:
        # The trainer starts at once and waits for the server: both load for seconds.
        server = subprocess.Popen(  # noqa: S603 - our own command
            command(part, port),
            env=environment(part),
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        trainer = subprocess.Popen(  # noqa: S603 - our own command
            [sys.executable, "-m", "sandbox.mlflow_server.train", url, str(part / INDEX)],
            env={**quiet(), "MPLBACKEND": "Agg", "GIT_PYTHON_REFRESH": "quiet"},
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        try:
            log = _communicate(trainer, catalogue, server)
        finally:
            for process in (trainer, server):
                process.terminate()
                process.wait(30)
        if server.returncode > 0:
            output.seek(0)
            log += f"\nThe server ended early:\n{output.read()}"
        if trainer.returncode:
            raise RuntimeError(f"training the sandbox's MLflow runs failed:\n{log[-4000:]}")


def _communicate(
    trainer: subprocess.Popen[str], catalogue: Catalogue, server: subprocess.Popen[bytes]
) -> str:
    """The trainer's output; it is stopped when the server is gone."""
    runs: str | None = json.dumps([asdict(run) for run in catalogue.runs])
    while True:
        try:
            return trainer.communicate(runs, timeout=0.5)[0]
        except subprocess.TimeoutExpired:
            runs = None  # sent by the first call
            if server.poll() is not None:
                trainer.terminate()
