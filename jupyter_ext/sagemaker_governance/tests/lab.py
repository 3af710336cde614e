"""A real Jupyter server process under Studio's flags, and a client for it."""

from __future__ import annotations

import http.client
import json
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import psutil

BASE = "/jupyterlab/default/"
PREFIX = f"{BASE}sagemaker-governance/"
PACKAGE_ROOT = Path(__file__).resolve().parents[2]

#: What a browser's fetch on the lab's page sends along.
FETCH = {
    "Sec-Fetch-Site": "same-origin",
    "Sec-Fetch-Mode": "cors",
    "Sec-Fetch-Dest": "empty",
}
XSRF = {"Cookie": "_xsrf=6f6b", "X-XSRFToken": "6f6b"}


@dataclass(frozen=True)
class Got:
    """An answer."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> dict[str, object]:
        """Body as a JSON object."""
        data = json.loads(self.body)
        assert isinstance(data, dict)
        return data

    @property
    def code(self) -> str | None:
        """Error code of the relay, checked to be consistent."""
        code = self.headers.get("x-relay-error")
        if code is not None:
            error = self.json["error"]
            assert isinstance(error, dict)
            assert error["code"] == code
            assert set(error) == {"code", "message", "hint", "connection"}
            assert error["message"]
        return code


class Lab:
    """The server process."""

    def __init__(
        self,
        directory: Path,
        config: Mapping[str, object],
        environ: Mapping[str, str],
        arguments: tuple[str, ...] = (),
        token: str = "",
    ) -> None:
        self.port = free_port()
        self.log = directory / "server.log"
        settings = directory / "config"
        settings.mkdir(parents=True)
        (settings / "jupyter_sagemaker_governance_config.json").write_text(
            json.dumps({"SageMakerGovernance": config})
        )
        # The lab itself and its other extensions take seconds to start.
        others = ("jupyterlab", "jupyter_lsp", "jupyter_server_terminals", "notebook_shim")
        (settings / "jupyter_server_config.json").write_text(
            json.dumps({"ServerApp": {"jpserver_extensions": dict.fromkeys(others, False)}})
        )
        # The file that the wheel ships is what switches the extension on.
        shutil.copytree(
            PACKAGE_ROOT / "jupyter-config" / "server-config", settings / "jupyter_server_config.d"
        )
        clean = {k: v for k, v in os.environ.items() if not k.startswith(("AWS_", "JUPYTER"))}
        self._output = self.log.open("wb")
        self.process = subprocess.Popen(  # noqa: S603 - our own interpreter
            [
                sys.executable,
                "-m",
                "jupyter_server",
                "--ip=127.0.0.1",
                f"--port={self.port}",
                "--ServerApp.port_retries=0",
                "--no-browser",
                "--allow-root",
                "--debug",
                "--ServerApp.base_url=/jupyterlab/default",
                f"--ServerApp.token={token}",
                "--ServerApp.allow_origin=*",
                *arguments,
            ],
            cwd=directory,
            env={
                **clean,
                "HOME": str(directory),
                "PYTHONPATH": os.pathsep.join(
                    [str(PACKAGE_ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]
                ),
                "JUPYTER_CONFIG_DIR": str(settings),
                "JUPYTER_DATA_DIR": str(directory / "data"),
                "JUPYTER_RUNTIME_DIR": str(directory / "runtime"),
                "JUPYTER_PLATFORM_DIRS": "0",
                "AWS_EC2_METADATA_DISABLED": "true",
                **environ,
            },
            stdout=self._output,
            stderr=subprocess.STDOUT,
        )
        self._wait()

    def _wait(self) -> None:
        until = time.monotonic() + 100
        while time.monotonic() < until:
            assert self.process.poll() is None, self.log.read_text()
            try:
                if self.get("config").status:
                    return
            except OSError:
                time.sleep(0.1)
        raise AssertionError(self.log.read_text())

    def stop(self) -> None:
        """End the process."""
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait(10)
        self._output.close()

    @property
    def rss(self) -> int:
        """Resident memory of the process in bytes."""
        return int(psutil.Process(self.process.pid).memory_info().rss)

    def connect(self) -> http.client.HTTPConnection:
        """A connection, for streaming and for odd requests."""
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)

    def request(
        self,
        method: str,
        path: str,
        headers: Mapping[str, str] | list[tuple[str, str]] | None = None,
        body: bytes | str | None = None,
        prefix: str = PREFIX,
        plain: bool = False,
    ) -> Got:
        """Send as the lab's page does; `plain`: only the given headers."""
        data = body.encode() if isinstance(body, str) else body
        given = list(headers.items()) if isinstance(headers, Mapping) else list(headers or [])
        names = {name.lower() for name, _ in given}
        if not plain:
            given += [(k, v) for k, v in {**FETCH, **XSRF}.items() if k.lower() not in names]
        connection = self.connect()
        try:
            connection.putrequest(method, prefix + path, skip_accept_encoding=True)
            for name, value in given:
                connection.putheader(name, value)
            if data is not None:
                connection.putheader("Content-Length", str(len(data)))
            connection.endheaders(data)
            response = connection.getresponse()
            return Got(
                response.status,
                {k.lower(): v for k, v in response.getheaders()},
                response.read(),
            )
        finally:
            connection.close()

    def get(self, path: str, headers: Mapping[str, str] | None = None) -> Got:
        """GET as the lab's page does."""
        return self.request("GET", path, headers)

    def post(
        self, path: str, body: bytes | str = b"", headers: Mapping[str, str] | None = None
    ) -> Got:
        """POST as the lab's page does."""
        return self.request("POST", path, headers, body)

    def sagemaker(self, operation: str, body: str = "{}", connection: str = "own") -> Got:
        """Call SageMaker as the AWS SDK of the browser does."""
        return self.post(
            f"aws/{connection}/sagemaker/",
            body,
            {
                "X-Amz-Target": f"SageMaker.{operation}",
                "Content-Type": "application/x-amz-json-1.1",
            },
        )


def free_port() -> int:
    """A port that is free now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
