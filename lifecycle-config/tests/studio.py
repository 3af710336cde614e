"""A Studio-like tree to run the installer in."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import re
import shutil
import subprocess
import time
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from person import Image, Person

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = ROOT / "lifecycle-config" / "install.sh"
BUCKET = "alder-studio-extensions"
FOLDER = "sagemaker-governance"
"""Of the bucket; execution roles may read it."""
PACKAGE = "jupyterlab-sagemaker-governance"
LABEXTENSION = Path("share/jupyter/labextensions") / PACKAGE
DOCTOR = Path("bin/jupyter-sagemaker-governance")
SERVER = Path("etc/jupyter/jupyter_server_config.d/sagemaker_governance.json")
CONFIG_FILE = Path("etc/jupyter/jupyter_sagemaker_governance_config.json")
STATE = Path("var/sagemaker-governance")

AWS = """#!{python} -I
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
except OSError as error:
    print(f"download failed: {{source}} to {{target}} {{error}}", file=sys.stderr)
    sys.exit(1)
"""


def sha256(path: Path) -> str:
    """SHA-256 of a file, hexadecimal."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def with_version(wheel: Path, version: str, folder: Path, needs: str = "") -> Path:
    """A copy of the wheel that calls itself another version.

    Args:
        needs: a requirement besides, such as ``numpy>=2``.
    """
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
                more = f"\nRequires-Dist: {needs}" if needs else ""
                data = data.replace(
                    f"\nVersion: {old}".encode(), f"\nVersion: {version}{more}".encode()
                )
            if path == "sagemaker_governance/_version.py":
                data = data.replace(f"'{old}'".encode(), f"'{version}'".encode())
            if path.endswith(f"labextensions/{PACKAGE}/package.json"):
                data = data.replace(
                    f'"version": "{old}"'.encode(), f'"version": "{version}"'.encode()
                )
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

    The prefix is a Python of its own, as ``/opt/conda`` is, and belongs to the person
    who runs the installer.
    """

    folder: Path
    s3_env: dict[str, str]
    person: Person
    image: Image
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
        self.restarts = self.folder / "restarts"
        for path in (self.home, self.bin):
            path.mkdir(parents=True)
        self.site = self.image.make_prefix(self.prefix)
        aws = self.folder / "aws"
        if not aws.exists():
            # The AWS CLI of an image has a Python of its own.
            self.image.make_prefix(aws)
        self._tool("aws", AWS.format(python=aws / "bin/python"))
        self._tool("restart-jupyter-server", f"#!/bin/sh\necho once >>{self.restarts}\n")
        self.restarts.touch()
        self.write_metadata()
        for path in (self.prefix, self.home, self.restarts):
            self.person.own(path)

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

    def write(self, path: Path, text: str) -> Path:
        """Write a file that is the person's, with the folders above it."""
        new = path
        while not new.parent.exists():
            new = new.parent
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        self.person.own(new)
        return path

    def pin(self, wheel: Path, key: str | None = None, config: str = "") -> None:
        """Fill in the script's variables for a wheel."""
        self.variables = {
            "BUCKET": BUCKET,
            "KEY": key or f"{FOLDER}/{wheel.name}",
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
        # A name of its own: another run may read the one before.
        path = self.folder / f"lifecycle_script_{hashlib.sha256(text.encode()).hexdigest()[:8]}.sh"
        path.write_text(text, "utf-8")
        path.chmod(0o755)
        return path

    def environment(self) -> dict[str, str]:
        """Variables of the container."""
        env = {
            "PATH": f"{self.bin}:/usr/bin:/bin",
            "HOME": str(self.home),
            "SAGEMAKER_APP_TYPE": "JupyterLab",
            "SG_PREFIX": str(self.prefix),
            "SG_METADATA": str(self.metadata),
            "SG_LOG_FILE": str(self.folder / "app_container.log"),
            "LD_LIBRARY_PATH": str(self.image.loader or ""),
            "NO_PROXY": "127.0.0.1",
            **self.s3_env,
            **self.env,
        }
        return {name: value for name, value in env.items() if value != ""}

    def start(self, before: Sequence[str] = ()) -> subprocess.Popen[str]:
        """Start the script as Studio does: as a file, in a session of its own.

        Args:
            before: words of a command that runs it.
        """
        return subprocess.Popen(  # noqa: S603 (the script under test)
            [*before, str(self.script())],
            env=self.environment(),
            cwd=self.home,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            text=True,
            **self.person.options(),
        )

    def run(self, before: Sequence[str] = ()) -> Result:
        """Start the app: run the script to its end."""
        restarts = self.restart_count()
        process = self.start(before)
        log, _ = process.communicate(timeout=100)
        return Result(process.returncode, log, self.restart_count() - restarts)

    def restart_count(self) -> int:
        """How often the server was restarted."""
        return len(self.restarts.read_text().splitlines())

    def kill(self, process: subprocess.Popen[str]) -> None:
        """End a run at once, with everything that it started."""
        deadline = time.monotonic() + 20
        while members := _session(process.pid):
            assert time.monotonic() < deadline, "processes of the installer do not end"
            for pid in members:
                try:
                    os.kill(pid, 9)
                except ProcessLookupError:
                    continue
            process.poll()
            time.sleep(0.002)
        process.communicate(timeout=20)

    def python(self, *arguments: str) -> str:
        """Output of the prefix's Python, run as the user does."""
        done = subprocess.run(  # noqa: S603 (own arguments)
            [str(self.prefix / "bin/python"), *arguments],
            env=self.environment(),
            cwd=self.home,
            capture_output=True,
            text=True,
            timeout=100,
            check=True,
            **self.person.options(),
        )
        return re.sub(r"\x1b\[\d*m", "", done.stdout + done.stderr)

    def labextensions(self) -> str:
        """Output of ``jupyter labextension list`` of the prefix."""
        return self.python("-c", "from jupyterlab.labextensions import main; main()", "list")

    def server_extensions(self) -> str:
        """Output of ``jupyter server extension list`` of the prefix."""
        module = "jupyter_server.extension.serverextension"
        return self.python("-c", f"from {module} import main; main()", "list")

    def files(self) -> set[str]:
        """Every file and link below the prefix, without compiled Python."""
        return {
            str(path.relative_to(self.prefix))
            for path in self.prefix.rglob("*")
            if (path.is_symlink() or path.is_file()) and "__pycache__" not in path.parts
        }

    def seen(self) -> str | None:
        """Version that a lab started now would have; None: it has no part of it.

        Reads what Jupyter and Python would: the user's folders first.

        Raises:
            AssertionError: the parts are of different versions, or some are missing.
        """
        user = self.home / ".local"
        front = _first(
            [user / LABEXTENSION / "package.json", self.prefix / LABEXTENSION / "package.json"]
        )
        paths = [user / "lib" / f"python{self.image.version}" / "site-packages", self.site]
        for pth in sorted(self.site.glob("*governance*.pth")):
            if pth.exists():
                paths.append(Path(pth.read_text().strip()))
        back = _first([path / "sagemaker_governance/_version.py" for path in paths])
        enabled = (self.prefix / SERVER).exists() or (user / SERVER).exists()
        if front is None and back is None:
            assert not enabled, "a server extension is enabled that is not there"
            return None
        assert front is not None, "the front end is missing"
        assert back is not None, "the server part is missing"
        assert enabled, "the server extension is not enabled"
        told = str(json.loads(front)["version"])
        match = re.search(r"__version__.* = '([^']+)'", back)
        assert match is not None, back
        assert match[1] == told, f"front end {told}, server {match[1]}"
        return told

    def installed(self) -> str | None:
        """Version that the installer has put into the prefix, as packages name it."""
        found = list((self.prefix / STATE / "current" / "lib").glob("*governance*.dist-info"))
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


def _first(paths: list[Path]) -> str | None:
    for path in paths:
        if path.exists():
            return path.read_text("utf-8")
    return None


def _session(leader: int) -> list[int]:
    """Processes of a session that have not ended."""
    found = []
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            fields = (entry / "stat").read_text().rpartition(")")[2].split()
        except (FileNotFoundError, ProcessLookupError):
            continue
        if int(fields[3]) == leader and fields[0] != "Z":
            found.append(int(entry.name))
    return found
