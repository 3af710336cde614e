"""docs/admin-guide.md, command by command: what it says is what happens."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from rollout import Cli, built_in, snapshot
from studio import BUCKET, ROOT

from sandbox.aws.studio.seeding import DOMAIN
from sandbox.catalogue.model import OWN

GUIDE = ROOT / "docs" / "admin-guide.md"
NAMES = {"my-studio-extensions": BUCKET, "d-0123456789ab": DOMAIN}
"""Names of the guide and of the sandbox."""
BLOCK = re.compile(r"^(?P<indent> *)```(?P<kind>\w+)\n(?P<text>.*?)^ *```$", re.M | re.S)

AWS = """#!{python}
# `aws SERVICE OPERATION --options` by botocore: the same operations and parameters.
import json, re, sys
import boto3
from botocore.model import ListShape, StructureShape

service, operation, *words = sys.argv[1:]
client = boto3.client(service)
name = "".join(part.capitalize() for part in operation.split("-"))
shape = client.meta.service_model.operation_model(name).input_shape
members = {{re.sub(r"(?<!^)(?=[A-Z])", "-", one).lower(): one for one in shape.members}}
params, option = {{}}, None
for word in words:
    if word.startswith("--"):
        option = members[word[2:]]
        continue
    if word.startswith("file://"):
        word = open(word[7:], encoding="utf-8").read()
    if isinstance(shape.members[option], ListShape):
        value = dict(pair.split("=", 1) for pair in word.split(","))
        params.setdefault(option, []).append(value)
    else:
        params[option] = word
answer = getattr(client, operation.replace("-", "_"))(**params)
answer.pop("ResponseMetadata", None)
print(json.dumps(answer, default=str, indent=2))
"""
NPX = """#!/bin/sh
test "$1" = jupyterlab-sagemaker-governance || exit 90
shift
AWS_ACCESS_KEY_ID="$CLI_KEY" AWS_SECRET_ACCESS_KEY="$CLI_SECRET" \\
  AWS_SESSION_TOKEN="$CLI_TOKEN" exec node {main} "$@"
"""


def blocks() -> list[tuple[str, str]]:
    """Kind and text of every block of the guide, in order."""
    found = []
    for match in BLOCK.finditer(GUIDE.read_text()):
        indent = len(match["indent"])
        lines = [line[indent:] for line in match["text"].splitlines()]
        found.append((match["kind"], "\n".join(lines) + "\n"))
    return found


def to_sandbox(text: str) -> str:
    """The text with the sandbox's names."""
    for theirs, ours in NAMES.items():
        text = text.replace(theirs, ours)
    return text


def to_guide(text: str) -> str:
    """Output with the guide's names, without hashes and ends of lines."""
    for theirs, ours in NAMES.items():
        text = text.replace(ours, theirs)
    text = re.sub(r"(sagemaker-governance-[0-9-]+-)[0-9a-f]{12}\b", r"\1HASH", text)
    return "\n".join(line.rstrip() for line in text.splitlines()) + "\n"


@pytest.fixture
def shell(cli: Cli, release: Callable[[str], Path]) -> Callable[[str], str]:
    """Runs a block as an admin would: the commands as the cloud admin, aws as one who may all."""
    tools = cli.folder / "tools"
    tools.mkdir()
    for name, text in {
        "aws": AWS.format(python=sys.executable),
        "npx": NPX.format(main=cli.main),
    }.items():
        (tools / name).write_text(text)
        (tools / name).chmod(0o755)
    (cli.folder / "lifecycle-config").symlink_to(ROOT / "lifecycle-config")
    (cli.folder / "security-baseline.sh").write_text("#!/bin/bash\necho baseline\n")
    for version in ("0.1.0", "0.2.0"):
        wheel = release(version)
        (cli.folder / wheel.name).write_bytes(wheel.read_bytes())
    admin = cli.aws.credentials("admin")
    env = cli.env() | {
        "PATH": f"{tools}:{cli.env()['PATH']}",
        "AWS_DEFAULT_REGION": cli.env()["AWS_REGION"],
        "CLI_KEY": cli.credentials.access_key,
        "CLI_SECRET": cli.credentials.secret_key,
        "CLI_TOKEN": cli.credentials.token,
        "AWS_ACCESS_KEY_ID": admin.access_key,
        "AWS_SECRET_ACCESS_KEY": admin.secret_key,
        "AWS_SESSION_TOKEN": admin.token,
    }

    def run(text: str) -> str:
        done = subprocess.run(  # noqa: S603 (the guide under test)
            ["/bin/bash", "-euo", "pipefail", "-c", to_sandbox(text)],
            env=env,
            cwd=cli.folder,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=100,
        )
        assert done.returncode == 0, f"{text}\n{done.stdout}\n{done.stderr}"
        return done.stdout

    return run


@pytest.mark.timeout(400)
def test_every_command_of_the_guide(cli: Cli, shell: Callable[[str], str]) -> None:
    studio: Any = cli.aws.client("sagemaker", "admin")
    iam: Any = cli.aws.client("iam", "admin")
    iam.create_role(RoleName="StudioAdmin", AssumeRolePolicyDocument="{}")
    before = snapshot(studio)
    seen: dict[str, str | None] = {}
    output, shown = "", 0
    for kind, text in blocks():
        if kind == "json":
            (cli.folder / "connections.json").write_text(text)
        elif kind == "text":
            assert to_guide(output) == text
            shown += 1
        elif kind == "sh":
            output = shell(text)
            for word in ("attach", "rollback", "detach"):
                if f"governance {word} " in text and "--yes" in text:
                    domain = studio.describe_domain(DomainId=DOMAIN)
                    seen[word] = built_in(domain, "DefaultUserSettings")
    assert shown == 2
    attached, rolled_back = seen["attach"], seen["rollback"]
    assert attached is not None
    assert attached.startswith("sagemaker-governance-0-2-0-")
    assert rolled_back == attached  # back to 0.1.0, then to 0.2.0
    assert seen["detach"] is None
    # The guide turns source identity on, and leaves nothing else behind.
    after = snapshot(studio)
    assert {name for name in before if before[name] != after[name]} == {"domain"}
    assert after["domain"] == before["domain"].replace(
        '"ExecutionRoleIdentityConfig": "DISABLED"',
        '"ExecutionRoleIdentityConfig": "USER_PROFILE_NAME"',
    )
    for role in ("StudioAdmin", "SageMakerGovernanceRegistry"):
        for name in iam.list_role_policies(RoleName=role)["PolicyNames"]:
            iam.delete_role_policy(RoleName=role, PolicyName=name)
        iam.delete_role(RoleName=role)


def test_the_guide_leaves_no_command_out() -> None:
    """Commands stand in blocks that are run; inline ones are named there too."""
    text = GUIDE.read_text()
    run = "".join(body for kind, body in blocks() if kind == "sh")
    for name in ("publish", "render", "attach", "status", "rollback", "detach", "doctor"):
        assert f"npx jupyterlab-sagemaker-governance {name}" in run
    outside = BLOCK.sub("", text)
    assert "npx " not in outside
    assert "package/lib/cli/standalone.js" in outside  # run by test_cli_doctor.py


def test_exit_codes_are_those_of_the_program() -> None:
    source = (ROOT / "lifecycle-config/cli/errors.ts").read_text()
    codes = re.findall(r"^  \w+: (\d),?$", source, re.M)
    told = re.findall(r"^\| (\d) \|", GUIDE.read_text(), re.M)
    assert told == codes
    assert OWN  # the account of the examples
