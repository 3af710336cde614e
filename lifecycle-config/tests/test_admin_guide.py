"""docs/admin-guide.md, command by command: what it says is what happens."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from rollout import Cli, Release, attach, built_in, snapshot
from studio import BUCKET, ROOT

from sandbox.aws.studio.seeding import DOMAIN
from sandbox.catalogue.model import OWN

GUIDE = ROOT / "docs" / "admin-guide.md"
NAMES = {"my-studio-extensions": BUCKET, "d-0123456789ab": DOMAIN}
"""Names of the guide and of the sandbox."""
BLOCK = re.compile(r"^(?P<indent> *)```(?P<kind>\w+)\n(?P<text>.*?)^ *```$", re.M | re.S)

AWS = """#!{python}
# `aws SERVICE OPERATION --options` by botocore: the same operations, parameters and output.
import json, re, sys
import boto3, jmespath
from botocore.model import ListShape, StructureShape

service, operation, *words = sys.argv[1:]
client = boto3.client({{"s3api": "s3"}}.get(service, service))
name = client.meta.method_to_api_mapping[operation.replace("-", "_")]
shape = client.meta.service_model.operation_model(name).input_shape
members = {{re.sub(r"(?<!^)(?=[A-Z])", "-", one).lower(): one for one in shape.members}}
params, common, option = {{}}, {{"query": "@", "output": "json"}}, None
for word in words:
    if word.startswith("--"):
        option = word[2:] if word[2:] in common else members[word[2:]]
        continue
    if option in common:
        common[option] = word
        continue
    kind = shape.members[option]
    if word.startswith("file://"):
        word = open(word[7:], encoding="utf-8").read()
    if kind.type_name == "blob":
        params[option] = open(word, "rb").read()
    elif isinstance(kind, StructureShape):
        params[option] = json.loads(word)
    elif isinstance(kind, ListShape) and isinstance(kind.member, StructureShape):
        value = dict(pair.split("=", 1) for pair in word.split(","))
        params.setdefault(option, []).append(value)
    elif isinstance(kind, ListShape):
        params.setdefault(option, []).append(word)
    else:
        params[option] = word
answer = getattr(client, operation.replace("-", "_"))(**params)
answer.pop("ResponseMetadata", None)
answer = jmespath.search(common["query"], answer)
if common["output"] == "text":
    print("\\n".join("\\t".join(row) for row in answer))
else:
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
    profile = cli.folder / ".aws"
    profile.mkdir()
    (profile / "config").write_text("[profile studio-admin]\n")
    (profile / "credentials").write_text(
        "[studio-admin]\n"
        f"aws_access_key_id = {cli.credentials.access_key}\n"
        f"aws_secret_access_key = {cli.credentials.secret_key}\n"
        f"aws_session_token = {cli.credentials.token}\n"
    )
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
            timeout=280,
        )
        assert done.returncode == 0, f"{text}\n{done.stdout}\n{done.stderr}"
        return done.stdout

    return run


def stack(cli: Cli, name: str) -> dict[str, str]:
    """What a stack puts out."""
    client: Any = cli.aws.client("cloudformation", "admin")
    (made,) = client.describe_stacks(StackName=name)["Stacks"]
    assert made["StackStatus"] == "CREATE_COMPLETE"
    return {one["OutputKey"]: one["OutputValue"] for one in made["Outputs"]}


@pytest.mark.timeout(900)
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
            if "rehearse.sh" in text:
                assert output.rstrip().splitlines()[-1].startswith("Rehearsed: all ")
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
    link = stack(cli, "watsonx-governance-link")
    assert link["QueueUrl"].endswith("/watsonx-governance-registry.fifo")
    product = cli.aws.client("servicecatalog", "admin").describe_product(
        Name="SageMaker Governance for JupyterLab"
    )
    assert product["ProductViewSummary"]["Owner"] == "Model platform"
    # moto keeps no versions of a product: what the version names is there.
    s3: Any = cli.aws.client("s3", "admin")
    kept = s3.get_object(Bucket=BUCKET, Key="sagemaker-governance/products/0.2.0.yaml")
    assert kept["Body"].read() == (cli.folder / "product.yaml").read_bytes()
    url = f"https://{BUCKET}.s3.eu-west-1.amazonaws.com/sagemaker-governance/products/0.2.0.yaml"
    assert url in to_sandbox(GUIDE.read_text())
    event = {
        "Source": "aws.sagemaker",
        "DetailType": "AWS API Call via CloudTrail",
        "Detail": '{"eventSource": "sagemaker.amazonaws.com", "eventName": "UpdateModelPackage"}',
    }
    cli.aws.client("events", "admin").put_events(Entries=[event])
    sqs: Any = cli.aws.client("sqs", "admin")
    (message,) = sqs.receive_message(QueueUrl=link["QueueUrl"])["Messages"]
    assert "UpdateModelPackage" in message["Body"]
    cli.aws.client("cloudformation", "admin").delete_stack(StackName="watsonx-governance-link")
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


REHEARSE = (
    "bash lifecycle-config/rehearse.sh d-0123456789ab my-studio-extensions "
    "jupyterlab_sagemaker_governance-0.1.0-py3-none-any.whl "
    "jupyterlab_sagemaker_governance-0.2.0-py3-none-any.whl"
)


@pytest.mark.timeout(300)
def test_a_rehearsal_tells_what_is_not_as_it_was(
    cli: Cli, shell: Callable[[str], str], release: Release
) -> None:
    """Somebody changes a setting meanwhile: one line of the difference, exit code 1."""
    change = (
        'aws sagemaker update-domain --domain-id "$domain" '
        """--default-user-settings '{"StudioWebPortal": "DISABLED"}'"""
    )
    script = (ROOT / "lifecycle-config/rehearse.sh").read_text()
    # The roll-out itself is rehearsed above; here something changes instead of it.
    head, _, rest = script.partition("for wheel in")
    _, _, tail = rest.partition('detach --domain-id "$domain" --yes\n')
    assert tail.startswith("detached=yes\n")
    marked = f"{head}{change}\n{tail}"
    (cli.folder / "changed.sh").write_text(marked)
    said = shell(
        REHEARSE.replace("lifecycle-config/rehearse.sh", "changed.sh") + " 2>&1 || echo code $?"
    )
    assert '-    "StudioWebPortal": "ENABLED"' in re.sub(r"\n-\s+", "\n-    ", said)
    assert "are not what they were; the lines above say which." in said
    assert said.rstrip().endswith("code 1")
    # With an installer attached there is nothing to rehearse: it would be taken away.
    wheel = release("0.1.0")
    cli("publish", "--wheel", str(wheel), "--bucket", BUCKET)
    attach(cli, wheel)
    said = shell(REHEARSE + " 2>&1 || echo code $?")
    assert "has an installer already" in said
    assert said.rstrip().endswith("code 2")
