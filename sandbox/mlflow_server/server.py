"""How the real MLflow server is started on a seeded directory."""

from __future__ import annotations

import http.client
import os
import time
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

from .versions import Installed, running

DATABASE = "mlflow.db"
ARTIFACTS = "artifacts"


def command(_directory: Path, port: int, installed: Installed | None = None) -> list[str]:
    """Command of the tracking server on 127.0.0.1; needs :func:`environment`.

    It is what ``mlflow server --workers 1`` itself executes in the end. Started directly
    it is ready after 3 s instead of 6, and is one process to stop instead of two.

    Args:
        installed: another MLflow than this process's.
    """
    one = installed or running()
    if not one.serves_asgi:
        started = [one.python, "-m", "gunicorn", "--bind", f"127.0.0.1:{port}"]
        # Threads stand in for the four processes that it has by default.
        return [*started, "--workers", "1", "--threads", "8", "mlflow.server:app"]
    return [
        one.python,
        "-m",
        "uvicorn",
        "--host",
        "127.0.0.1",
        "--port",
        str(port),
        "--workers",
        "1",
        "--no-access-log",
        "mlflow.server.fastapi_app:app",
    ]


def environment(directory: Path) -> dict[str, str]:
    """Environment of the server: stores in ``directory``, nothing sent anywhere.

    Artifacts go through the server (``mlflow-artifacts:``), so that the directory can be
    copied and moved. Background jobs are off: they are four more processes.
    """
    root = directory.resolve()
    return {
        **quiet(),
        "_MLFLOW_SERVER_FILE_STORE": f"sqlite:///{root / DATABASE}",
        "_MLFLOW_SERVER_SERVE_ARTIFACTS": "true",
        "_MLFLOW_SERVER_ARTIFACT_DESTINATION": str(root / ARTIFACTS),
        "_MLFLOW_SERVER_ARTIFACT_ROOT": "mlflow-artifacts:/",
        "_MLFLOW_SGI_NAME": "uvicorn",
        "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false",
    }


def quiet() -> dict[str, str]:
    """This process's environment without MLflow settings, and with telemetry off."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.lstrip("_").startswith("MLFLOW_")
    }
    return {**kept, "MLFLOW_DISABLE_TELEMETRY": "true", "DO_NOT_TRACK": "true"}


def wait_ready(url: str, timeout: float = 60, alive: Callable[[], bool] = lambda: True) -> None:
    """Wait until the server answers. Blocks; from asyncio call it in a thread.

    Raises TimeoutError after ``timeout`` seconds, and ChildProcessError as soon as
    ``alive`` says that the process ended.
    """
    parts = urlsplit(url)
    end = time.monotonic() + timeout
    while True:
        connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=5)
        try:
            connection.request("GET", "/health")
            if connection.getresponse().status == 200:
                return
        except OSError:
            # Not listening yet: that is what we wait for.
            pass
        finally:
            connection.close()
        if not alive():
            raise ChildProcessError(f"MLflow ended before it answered at {url}; see its log")
        if time.monotonic() > end:
            raise TimeoutError(f"MLflow did not answer at {url} within {timeout:g} s")
        time.sleep(0.05)
