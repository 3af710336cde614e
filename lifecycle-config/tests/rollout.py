"""The admin command line as a real process, on the sandbox's AWS."""

from __future__ import annotations

import json
import os
import re
import subprocess
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from botocore.credentials import Credentials
from studio import BUCKET, ROOT

from sandbox.aws.accounts import BUCKET as ALLOWED
from sandbox.aws.studio.seeding import DOMAIN
from sandbox.catalogue.model import REGION
from sandbox.tests.aws_fixture import AwsProcess

assert BUCKET == ALLOWED  # the shipped rights name the bucket
LAB = {"DomainId": DOMAIN, "AppType": "JupyterLab", "AppName": "default"}
UNSTABLE = ("LastModifiedTime", "ResponseMetadata")


def compile_cli(folder: Path) -> Path:
    """Compile the command line as the package does; its entry."""
    subprocess.run(  # noqa: S603 (own arguments)
        [
            str(ROOT / "node_modules/.bin/tsc"),
            *("-p", str(ROOT / "lifecycle-config/cli")),
            *("--outDir", str(folder)),
        ],
        check=True,
        timeout=120,
    )
    return folder / "main.js"


def make_wheel(folder: Path, version: str, content: str = "") -> Path:
    """A file that is called and packed as a release is; nothing of it is installed."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"jupyterlab_sagemaker_governance-{version}-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as wheel:
        info = zipfile.ZipInfo("sagemaker_governance/__init__.py")
        wheel.writestr(info, f"# {version} {content}\n")
    return path


@dataclass
class Done:
    """A finished command."""

    code: int
    out: str
    err: str

    def json(self) -> Any:
        """Its one JSON value."""
        return json.loads(self.out)


@dataclass
class Cli:
    """The command line for somebody with credentials of the sandbox."""

    main: Path
    aws: AwsProcess
    credentials: Credentials
    folder: Path

    def env(self) -> dict[str, str]:
        """Environment of the process: nothing of this machine's own AWS configuration."""
        return {
            "PATH": os.environ["PATH"],
            "HOME": str(self.folder),
            "AWS_ENDPOINT_URL": self.aws.url,
            "AWS_REGION": REGION,
            "AWS_ACCESS_KEY_ID": self.credentials.access_key,
            "AWS_SECRET_ACCESS_KEY": self.credentials.secret_key,
            "AWS_SESSION_TOKEN": self.credentials.token,
            "AWS_EC2_METADATA_DISABLED": "true",
            "NODE_NO_WARNINGS": "1",
        }

    def __call__(self, *words: str, code: int = 0, **env: str) -> Done:
        """Run a command and see that it ends as it should.

        Args:
            code: exit code that is due.
            env: variables besides; empty ones are taken away.
        """
        whole = {k: v for k, v in (self.env() | env).items() if v != ""}
        done = subprocess.run(  # noqa: S603 (the program under test)
            ["node", str(self.main), *words],  # noqa: S607 (the PATH's node)
            env=whole,
            cwd=self.folder,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=100,
        )
        assert done.returncode == code, f"{words}: {done.returncode}\n{done.stdout}\n{done.stderr}"
        return Done(done.returncode, done.stdout, done.stderr)


def snapshot(studio: Any) -> dict[str, Any]:
    """Everything that SageMaker tells of the domain, without times of change.

    ``studio`` is a client whose answers are complete, since botocore's model is newer
    than what the sandbox holds.
    """
    found: dict[str, Any] = {"domain": studio.describe_domain(DomainId=DOMAIN)}
    for row in studio.list_user_profiles(DomainIdEquals=DOMAIN)["UserProfiles"]:
        name = row["UserProfileName"]
        found[f"profile {name}"] = studio.describe_user_profile(
            DomainId=DOMAIN, UserProfileName=name
        )
    for row in studio.list_spaces(DomainIdEquals=DOMAIN)["Spaces"]:
        name = row["SpaceName"]
        found[f"space {name}"] = studio.describe_space(DomainId=DOMAIN, SpaceName=name)
    return {
        name: json.dumps(
            {k: v for k, v in record.items() if k not in UNSTABLE}, default=str, sort_keys=True
        )
        for name, record in found.items()
    }


def built_in(record: dict[str, Any], settings: str) -> str | None:
    """Name of the installer in settings of a record."""
    arn = record[settings].get("JupyterLabAppSettings", {}).get("BuiltInLifecycleConfigArn")
    return None if arn is None else re.sub(r".*/", "", arn)
