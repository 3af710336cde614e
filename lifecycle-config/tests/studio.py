"""A Studio-like tree to run the installer in, and S3 to install from."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import sysconfig
import time
import venv
import zipfile
from dataclasses import dataclass, field
from pathlib import Path

import requests

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = ROOT / "lifecycle-config" / "install.sh"
BUCKET = "alder-studio-extensions"
PACKAGE = "jupyterlab-sagemaker-governance"
LABEXTENSION = Path("share/jupyter/labextensions") / PACKAGE

AWS = """#!{python}
# `aws s3 cp` of the AWS CLI: the same calls, options and wording, by boto3.
import argparse, sys
import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

parser = argparse.ArgumentParser()
parser.add_argument("words", nargs=4)
parser.add_argument("--only-show-errors", action="store_true")
parser.add_argument("--cli-connect-timeout", type=int, default=60)
parser.add_argument("--cli-read-timeout", type=int, default=60)
options = parser.parse_args()
service, verb, source, target = options.words
if (service, verb) != ("s3", "cp"):
    parser.error("only s3 cp")
bucket, _, key = source.removeprefix("s3://").partition("/")
config = Config(
    connect_timeout=options.cli_connect_timeout,
    read_timeout=options.cli_read_timeout,
    s3={{"addressing_style": "path"}},
)
try:
    boto3.client("s3", config=config).download_file(bucket, key, target)
except (BotoCoreError, ClientError) as error:
    print(f"fatal error: {{error}}", file=sys.stderr)
    sys.exit(1)
"""


def sha256(path: Path) -> str:
    """SHA-256 of a file, hexadecimal."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def with_version(wheel: Path, version: str, folder: Path) -> Path:
    """A copy of the wheel that calls itself another version."""
    old = wheel.name.split("-")[1]
    name = wheel.name.replace(f"-{old}-", f"-{version}-")
    folder.mkdir(parents=True, exist_ok=True)
    rows = []
    with zipfile.ZipFile(wheel) as source, zipfile.ZipFile(folder / name, "w") as target:
        record = ""
        for entry in source.infolist():
            path = entry.filename.replace(f"-{old}.", f"-{version}.")
            data = source.read(entry)
            if path.endswith(".dist-info/RECORD"):
                record = path
                continue
            if path.endswith(".dist-info/METADATA"):
                data = data.replace(f"Version: {old}".encode(), f"Version: {version}".encode())
            digest = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=")
            rows.append(f"{path},sha256={digest.decode()},{len(data)}")
            target.writestr(path, data)
        target.writestr(record, "\n".join([*rows, f"{record},,"]) + "\n")
    return folder / name


@dataclass
class Result:
    """What a run of the installer left."""

    code: int
    log: str
    restarts: int

    def errors(self) -> list[str]:
        """The lines that say what went wrong."""
        return [line for line in self.log.splitlines() if "ERROR" in line]


@dataclass
class Studio:
    """A container's file tree, with the real pip, in a temporary folder.

    The prefix is an environment of its own that sees the project's packages, so that
    ``jupyter`` is there as in ``/opt/conda``, and pip writes only below the prefix.
    """

    folder: Path
    s3_env: dict[str, str]
    variables: dict[str, str] = field(default_factory=dict)
    """User variables of the script, as an admin would fill them in."""
    env: dict[str, str] = field(default_factory=dict)
    rendered: str = ""
    """Text of a script that was filled in elsewhere; empty: install.sh."""

    def __post_init__(self) -> None:
        self.prefix = self.folder / "conda"
        self.home = self.folder / "home"
        self.metadata = self.folder / "resource-metadata.json"
        self.bin = self.folder / "bin"
        for path in (self.home, self.bin):
            path.mkdir(parents=True)
        venv.create(self.prefix, symlinks=True)
        site = sysconfig.get_path("purelib", vars={"base": str(self.prefix)})
        (Path(site) / "project.pth").write_text(sysconfig.get_path("purelib") + "\n")
        self._tool("aws", AWS.format(python=sys.executable))
        self._tool("restart-jupyter-server", f"#!/bin/sh\necho once >>{self.folder}/restarts\n")
        self.write_metadata()

    def _tool(self, name: str, text: str) -> None:
        path = self.bin / name
        path.write_text(text)
        path.chmod(0o755)

    def remove_tool(self, name: str) -> None:
        """Take a command out of the image."""
        (self.bin / name).unlink()

    def write_metadata(self, **more: object) -> None:
        """Write resource-metadata.json."""
        content = {"AppType": "JupyterLab", "DomainId": "d-sandbox00001", **more}
        self.metadata.write_text(json.dumps(content))

    def pin(self, wheel: Path, key: str | None = None, config: str = "") -> None:
        """Fill in the script's variables for a wheel."""
        self.variables = {
            "BUCKET": BUCKET,
            "KEY": key or f"governance/{wheel.name}",
            "SHA256": sha256(wheel),
            "VERSION": wheel.name.split("-")[1],
            "CONFIG": config,
        }

    def script(self) -> Path:
        """The script with its variables filled in, where Studio puts it."""
        text = self.rendered or SCRIPT.read_text("utf-8")
        for name, value in self.variables.items():
            text, found = re.subn(
                rf"(?m)^{name}=''", lambda _m, n=name, v=value: f"{n}='{v}'", text
            )
            assert found == 1, f"{name} is not a variable of the script"
        path = self.folder / "lifecycle_script.sh"
        path.write_text(text, "utf-8")
        path.chmod(0o755)
        return path

    def run(self, timeout: float = 100) -> Result:
        """Start the app: run the script as Studio does, as a file."""
        restarts = self.folder / "restarts"
        restarts.unlink(missing_ok=True)
        env = {
            "PATH": f"{self.bin}:/usr/bin:/bin",
            "HOME": str(self.home),
            "SAGEMAKER_APP_TYPE": "JupyterLab",
            "SG_PREFIX": str(self.prefix),
            "SG_METADATA": str(self.metadata),
            "SG_LOG_FILE": str(self.folder / "app_container.log"),
            **self.s3_env,
            **self.env,
        }
        done = subprocess.run(  # noqa: S603 (the script under test)
            [str(self.script())],
            env={name: value for name, value in env.items() if value != ""},
            cwd=self.home,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=timeout,
        )
        count = len(restarts.read_text().splitlines()) if restarts.exists() else 0
        return Result(done.returncode, done.stdout, count)

    def labextensions(self) -> str:
        """Output of ``jupyter labextension list`` of the prefix."""
        return self._jupyter("jupyterlab.labextensions", "list")

    def server_extensions(self) -> str:
        """Output of ``jupyter server extension list`` of the prefix."""
        return self._jupyter("jupyter_server.extension.serverextension", "list")

    def connections(self) -> list[dict[str, object]]:
        """Connections as a Jupyter server of the prefix answers them."""
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        options = ["--no-browser", "--allow-root", f"--port={port}", "--ServerApp.token="]
        server = subprocess.Popen(  # noqa: S603 (own arguments)
            [str(self.prefix / "bin/python"), "-m", "jupyter_server", *options],
            env={"PATH": os.environ["PATH"], "HOME": str(self.home)},
            cwd=self.home,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            for _ in range(300):
                assert server.poll() is None, "the server ended"
                try:
                    answer = requests.get(
                        f"http://127.0.0.1:{port}/sagemaker-governance/config", timeout=30
                    )
                except requests.ConnectionError:
                    time.sleep(0.1)
                    continue
                answer.raise_for_status()
                return list(answer.json()["connections"])
            raise AssertionError("the server did not start")
        finally:
            server.terminate()
            server.wait(10)

    def _jupyter(self, module: str, *arguments: str) -> str:
        env = {
            "PATH": os.environ["PATH"],
            "HOME": str(self.home),
            "JUPYTERLAB_DIR": str(Path(sys.prefix) / "share/jupyter/lab"),
        }
        done = subprocess.run(  # noqa: S603 (own arguments)
            [
                str(self.prefix / "bin/python"),
                "-c",
                f"from {module} import main; main()",
                *arguments,
            ],
            env=env,
            capture_output=True,
            text=True,
            timeout=60,
            check=True,
        )
        return re.sub(r"\x1b\[\d*m", "", done.stdout + done.stderr)

    def files(self) -> set[str]:
        """Every file below the prefix, without compiled Python."""
        return {
            str(path.relative_to(self.prefix))
            for path in self.prefix.rglob("*")
            if path.is_file() and "__pycache__" not in path.parts
        }

    def installed(self) -> str | None:
        """Version that pip knows of in the prefix."""
        found = list(self.prefix.glob("lib/python3*/site-packages/*governance*.dist-info"))
        assert len(found) <= 1, f"more than one version: {found}"
        return found[0].name.split("-")[1].removesuffix(".dist") if found else None

    def reset_container(self) -> None:
        """A new container: only the home folder is kept."""
        shutil.rmtree(self.prefix)
        home = self.home.rename(self.folder / "kept")
        shutil.rmtree(self.bin)
        self.__post_init__()
        self.home.rmdir()
        home.rename(self.home)
