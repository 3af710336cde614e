"""The admin command line as a real process, on the sandbox's AWS."""

from __future__ import annotations

import asyncio
import base64
import json
import os
import re
import subprocess
import threading
import zipfile
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from botocore.credentials import Credentials
from ptyprocess import PtyProcessUnicode
from studio import BUCKET, ROOT

from sandbox.aws.accounts import BUCKET as ALLOWED
from sandbox.aws.accounts import CLOUD_ADMIN_ROLE
from sandbox.aws.studio.seeding import DOMAIN
from sandbox.catalogue.model import REGION
from sandbox.gate import Gate
from sandbox.tests.aws_fixture import AwsProcess

assert BUCKET == ALLOWED  # the shipped rights name the bucket
LAB = {"DomainId": DOMAIN, "AppType": "JupyterLab", "AppName": "default"}
THEIRS = "security-baseline-7"
"""Name of a built-in script of somebody else."""
Release = Callable[[str], Path]
"""Makes the wheel of a version."""
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


def attach(cli: Cli, wheel: Path, *words: str, code: int = 0) -> Any:
    """Attach a wheel without asking; the JSON of it."""
    given = ("--wheel", str(wheel), "--bucket", BUCKET, "--yes", "--json")
    return cli("attach", *given, *words, code=code).json()


def theirs(sagemaker: Any) -> str:
    """A built-in script of somebody else; its ARN."""
    made = sagemaker.create_studio_lifecycle_config(
        StudioLifecycleConfigName=THEIRS,
        StudioLifecycleConfigContent=base64.b64encode(b"#!/bin/bash\n").decode(),
        StudioLifecycleConfigAppType="JupyterLab",
    )
    return str(made["StudioLifecycleConfigArn"])


def set_built_in(sagemaker: Any, arn: str, **where: str) -> None:
    """Put a script into a slot, beside what is there."""
    if "UserProfileName" in where:
        told = sagemaker.describe_user_profile(DomainId=DOMAIN, **where)["UserSettings"]
    else:
        told = sagemaker.describe_domain(DomainId=DOMAIN)["DefaultUserSettings"]
    lab = told.get("JupyterLabAppSettings", {}) | {"BuiltInLifecycleConfigArn": arn}
    settings = {"JupyterLabAppSettings": lab}
    if "UserProfileName" in where:
        sagemaker.update_user_profile(DomainId=DOMAIN, UserSettings=settings, **where)
    else:
        sagemaker.update_domain(DomainId=DOMAIN, DefaultUserSettings=settings)


def restart(sagemaker: Any, space: str) -> None:
    """Stop and start the app of a space."""
    sagemaker.delete_app(SpaceName=space, **LAB)
    sagemaker.create_app(SpaceName=space, **LAB)


def seen(cli: Cli, *words: str, code: int = 0, columns: int = 80, **env: str) -> str:
    """What a command shows in a real terminal."""
    terminal = PtyProcessUnicode.spawn(
        ["node", str(cli.main), *words],
        env=cli.env() | {"TERM": "xterm-256color"} | env,
        dimensions=(40, columns),
    )
    text = ""
    try:
        while True:
            text += terminal.read()
    except EOFError:
        terminal.wait()
    assert terminal.exitstatus == code, text
    return text.replace("\r\n", "\n")


def ask(
    cli: Cli, words: list[str], answer: str, code: int, meanwhile: Callable[[], Any] | None = None
) -> str:
    """Answer the question of a command in a real terminal; what was seen there."""
    terminal = PtyProcessUnicode.spawn(
        ["node", str(cli.main), *words], env=cli.env(), dimensions=(40, 200)
    )
    text = ""
    try:
        while "[y/N]" not in text:
            text += terminal.read()
        if meanwhile is not None:
            meanwhile()
        terminal.write(answer)
        while True:
            text += terminal.read()
    except EOFError:
        terminal.wait()
    assert terminal.exitstatus == code, text
    return text


@contextmanager
def denied(aws: AwsProcess, action: str, resource: str) -> Iterator[None]:
    """Take a right of the cloud admin away for a while."""
    iam: Any = aws.client("iam", "admin")
    names = {"RoleName": CLOUD_ADMIN_ROLE, "PolicyName": "for-a-while"}
    statement = {"Sid": "No", "Effect": "Deny", "Action": action, "Resource": resource}
    document = {"Version": "2012-10-17", "Statement": [statement]}
    iam.put_role_policy(PolicyDocument=json.dumps(document), **names)
    try:
        yield
    finally:
        iam.delete_role_policy(**names)


def kill_at(cli: Cli, line: str, *words: str) -> None:
    """Run a command and kill it as soon as it says a line of progress."""
    process = subprocess.Popen(  # noqa: S603 (the program under test)
        ["node", str(cli.main), *words],  # noqa: S607 (the PATH's node)
        env=cli.env(),
        cwd=cli.folder,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    # readline() has no time limit of its own.
    limit = threading.Timer(60, process.kill)
    limit.start()
    try:
        assert process.stderr is not None
        seen = []
        for said in process.stderr:
            seen.append(said)
            if said.startswith(line):
                process.kill()
                break
        else:
            raise AssertionError(f"{line} was never said: {seen}")
    finally:
        limit.cancel()
        process.communicate(timeout=20)


@contextmanager
def gate(aws: AwsProcess) -> Iterator[Gate]:
    """A gate before AWS, in a thread of its own."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()

    def run(work: Coroutine[Any, Any, Any]) -> None:
        asyncio.run_coroutine_threadsafe(work, loop).result(20)

    made = Gate("aws", aws.url)
    run(made.start())
    try:
        yield made
    finally:
        run(made.stop())
        loop.call_soon_threadsafe(loop.stop)
        thread.join(20)
        loop.close()
