"""A real JupyterLab, started from a tree with the options that Studio gives it."""

from __future__ import annotations

import json
import re
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import requests
from studio import PACKAGE, Studio

BASE = "/jupyterlab/default"


@dataclass
class Lab:
    """A lab that answers."""

    url: str

    def get(self, path: str) -> requests.Response:
        """A page below the base URL."""
        return requests.get(f"{self.url}/{path}", timeout=30)

    def front_end(self) -> dict[str, Any] | None:
        """Our entry in the page that people open; None: the lab has no such extension."""
        page = self.get("lab").text
        match = re.search(
            r'<script id="jupyter-config-data" type="application/json">(.*?)</script>', page, re.S
        )
        assert match is not None, page[:500]
        for entry in json.loads(match[1])["federated_extensions"]:
            if entry["name"] == PACKAGE:
                return dict(entry)
        return None

    def version(self) -> str | None:
        """Version that both halves say they are; None: neither is there.

        Raises:
            AssertionError: one half is missing, or its code is not served.
        """
        entry = self.front_end()
        config = self.get("sagemaker-governance/config")
        if entry is None:
            assert config.status_code == 404, config.status_code
            return None
        code = self.get(f"lab/extensions/{PACKAGE}/{entry['load']}")
        assert code.status_code == 200, f"{entry['load']} is not served"
        config.raise_for_status()
        told = self.get(f"lab/extensions/{PACKAGE}/package.json").json()["version"]
        return str(told)

    def connections(self) -> list[dict[str, Any]]:
        """Connections as the server tells them."""
        answer = self.get("sagemaker-governance/config")
        answer.raise_for_status()
        return list(answer.json()["connections"])


@contextmanager
def started(studio: Studio) -> Iterator[Lab]:
    """Start the lab of a tree as its user, and stop it."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    log = studio.folder / "lab.log"
    with log.open("w") as output:
        process = subprocess.Popen(  # noqa: S603 (own arguments)
            [
                str(studio.prefix / "bin/python"),
                *("-m", "jupyterlab", "--ip=127.0.0.1", f"--port={port}", "--no-browser"),
                f"--ServerApp.base_url={BASE}",
                *("--ServerApp.token=", "--ServerApp.allow_origin=*"),
                *(("--allow-root",) if studio.person.uid == 0 else ()),
            ],
            env=studio.environment(),
            cwd=studio.home,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            **studio.person.options(),
        )
    lab = Lab(f"http://127.0.0.1:{port}{BASE}")
    try:
        deadline = time.monotonic() + 120
        while True:
            assert process.poll() is None, f"the lab ended:\n{log.read_text()}"
            assert time.monotonic() < deadline, f"the lab did not start:\n{log.read_text()}"
            try:
                if lab.get("api/status").ok:
                    break
            except requests.ConnectionError:
                time.sleep(0.1)
        yield lab
    finally:
        process.terminate()
        process.wait(30)
