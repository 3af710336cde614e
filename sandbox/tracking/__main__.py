"""``python -m sandbox.tracking``: a real MLflow alone, on a copy of its seed.

A line ``{"url": ...}`` tells where it is; it runs until a signal.
"""

from __future__ import annotations

import argparse
import json
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from pathlib import Path
from types import FrameType

from sandbox.catalogue import build
from sandbox.mlflow_server import command, environment, seed, server, versions, wait_ready

from .clients import folder

ROOT = Path(__file__).parents[2]
SEEDS = ROOT / ".cache" / "sandbox-seed"
SEED = SEEDS / "mlflow"


def basic_auth(
    directory: Path, port: int, user: str, password: str
) -> tuple[list[str], dict[str, str]]:
    """Command and environment of ``mlflow server --app-name basic-auth``.

    Args:
        user: administrator, made at the first start.
        password: at least 12 characters, a rule of MLflow's.
    """
    root = directory.resolve()
    config = root / "basic_auth.ini"
    config.write_text(
        "[mlflow]\ndefault_permission = READ\n"
        f"database_uri = sqlite:///{root / 'basic_auth.db'}\nadmin_username = {user}\n"
        "authorization_function = mlflow.server.auth:authenticate_request_basic_auth\n",
        "utf-8",
    )
    started = [sys.executable, "-m", "mlflow", "server", "--app-name", "basic-auth"]
    started += ["--host", "127.0.0.1", "--port", str(port), "--workers", "1"]
    started += ["--backend-store-uri", f"sqlite:///{root / server.DATABASE}", "--serve-artifacts"]
    started += ["--artifacts-destination", str(root / server.ARTIFACTS)]
    return started, {
        **server.quiet(),
        "PYTHONPATH": str(folder()),
        "MLFLOW_AUTH_CONFIG_PATH": str(config),
        "MLFLOW_AUTH_ADMIN_PASSWORD": password,
        "MLFLOW_FLASK_SERVER_SECRET_KEY": "sandbox",
        "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false",
    }


def _stop(_number: int, _frame: FrameType | None) -> None:
    # As an exception, so that the server and the trainer are stopped on the way out.
    raise SystemExit(143)


def _seeded(version: str | None) -> tuple[Path, versions.Installed]:
    """A seed, made where that was not done yet, and the MLflow that serves it."""
    if version is None:
        seed(SEED, build(0))
        return SEED, versions.running()
    installed = versions.ensure(version)
    place = SEEDS / f"mlflow-{version}"
    subprocess.run(  # noqa: S603 (our own command)
        [installed.python, "-m", "sandbox.mlflow_server", "--brief", str(place)],
        cwd=ROOT,
        stdout=sys.stderr,
        check=True,
    )
    return place, installed


def _serve(source: Path, installed: versions.Installed, login: list[str] | None) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    url = f"http://127.0.0.1:{port}"
    with tempfile.TemporaryDirectory(prefix="mlflow-") as made:
        directory = Path(made) / "mlflow"
        shutil.copytree(source, directory)
        env, started = environment(directory), command(directory, port, installed)
        if login:
            started, env = basic_auth(directory, port, login[0], login[1])
        process = subprocess.Popen(  # noqa: S603 (our own command)
            started, env=env, cwd=directory, stdout=sys.stderr
        )
        try:
            wait_ready(url, 90, lambda: process.poll() is None)
            print(json.dumps({"url": url}), flush=True)
            process.wait()
        finally:
            process.terminate()
            process.wait(20)


def main() -> None:
    """Seed where that was not done yet, and serve."""
    parser = argparse.ArgumentParser(prog="python -m sandbox.tracking", description=__doc__)
    parser.add_argument("--basic-auth", nargs=2, metavar=("USER", "PASSWORD"))
    parser.add_argument("--version", choices=versions.OLDER, help="another MLflow")
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, _stop)
    source, installed = _seeded(options.version)
    _serve(source, installed, options.basic_auth)


if __name__ == "__main__":
    main()
