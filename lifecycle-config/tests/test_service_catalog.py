"""The template of a release: rendered, lint-clean, deployed onto the sandbox, attached."""

from __future__ import annotations

import base64
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from cfnlint.decode import decode
from rollout import Cli, Release, built_in
from studio import BUCKET, sha256

from sandbox.aws.studio.seeding import DOMAIN
from sandbox.catalogue.model import OWN

PUBLISHER = f"arn:aws:iam::{OWN}:role/SageMakerGovernanceAdmin"


@pytest.fixture
def template(cli: Cli, release: Release) -> Path:
    """The template of version 1.0.0."""
    return render(cli, release("1.0.0"))


def render(cli: Cli, wheel: Path) -> Path:
    """The template of a wheel, as an admin makes it."""
    path = cli.folder / f"{wheel.name}.yaml"
    words = ("--wheel", str(wheel), "--bucket", BUCKET, "--output", str(path))
    cli("render", "--cloudformation", *words)
    return path


def deploy(cli: Cli, template: Path, stack: str, **more: str) -> dict[str, str]:
    """Make a stack; what it puts out."""
    client = cli.aws.client("cloudformation", "admin")
    # The bucket of the tests is there already.
    given = {"PublisherArn": PUBLISHER, "CreateBucket": "false"} | more
    client.create_stack(
        StackName=stack,
        TemplateBody=template.read_text(),
        Parameters=[{"ParameterKey": k, "ParameterValue": v} for k, v in given.items()],
    )
    (made,) = client.describe_stacks(StackName=stack)["Stacks"]
    assert made["StackStatus"] == "CREATE_COMPLETE"
    return {one["OutputKey"]: one["OutputValue"] for one in made["Outputs"]}


def test_the_template_is_lint_clean_and_takes_no_more_than_a_request(template: Path) -> None:
    done = subprocess.run(  # noqa: S603 (own arguments)
        [
            str(Path(sys.executable).with_name("cfn-lint")),
            *("--non-zero-exit-code", "informational", "--", str(template)),
        ],
        capture_output=True,
        text=True,
        timeout=100,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    text = template.read_text()
    assert "REPLACE-WITH" not in text.upper()
    assert len(text.encode()) <= 51_200  # TemplateBody of CreateStack


def test_it_is_deployed_and_its_outputs_lead_on(cli: Cli, release: Release, template: Path) -> None:
    """From a Service Catalog product to every profile, by the commands that it prints."""
    wheel = release("1.0.0")
    outputs = deploy(cli, template, "governance-1-0-0")
    studio: Any = cli.aws.client("sagemaker", "admin")
    name = outputs["InstallerArn"].rpartition("/")[2]
    told = studio.describe_studio_lifecycle_config(StudioLifecycleConfigName=name)
    script = cli("render", "--wheel", str(wheel), "--bucket", BUCKET).out
    assert base64.b64decode(told["StudioLifecycleConfigContent"]).decode() == script
    assert outputs["WheelSha256"] == sha256(wheel)

    def follow(key: str, *more: str, **fill: str) -> None:
        program, package, *words = outputs[key].split()
        assert (program, package) == ("npx", "jupyterlab-sagemaker-governance")
        cli(*(fill.get(word, word) for word in words), *more)

    follow("PublishCommand", FILE=str(wheel))
    s3 = cli.aws.client("s3", "admin")
    bucket, _, key = outputs["WheelPlace"].removeprefix("s3://").partition("/")
    assert s3.get_object(Bucket=bucket, Key=key)["Body"].read() == wheel.read_bytes()
    follow("AttachCommand", "--yes", DOMAIN=DOMAIN)
    domain = studio.describe_domain(DomainId=DOMAIN)
    assert built_in(domain, "DefaultUserSettings") == name
    for app in studio.list_apps()["Apps"]:
        studio.delete_app(**{k: app[k] for k in ("DomainId", "SpaceName", "AppType", "AppName")})
    follow("SourceIdentityCommand", "--yes", DOMAIN=DOMAIN)
    domain = studio.describe_domain(DomainId=DOMAIN)
    assert domain["DomainSettings"]["ExecutionRoleIdentityConfig"] == "USER_PROFILE_NAME"


def test_a_release_is_a_stack_of_its_own_and_leaves_the_one_before(
    cli: Cli, release: Release
) -> None:
    for version in ("1.0.0", "1.1.0"):
        wheel = release(version)
        deploy(cli, render(cli, wheel), f"release-{version.replace('.', '-')}")
        cli("publish", "--wheel", str(wheel), "--bucket", BUCKET)
        name = cli("render", "--wheel", str(wheel), "--bucket", BUCKET, "--json").json()["name"]
        cli("attach", "--lifecycle-config", name, "--yes")
    assert cli("rollback", "--yes", "--json").json()["version"] == "1.0.0"


def test_the_bucket_and_its_key_are_made(cli: Cli, release: Release, tmp_path: Path) -> None:
    wheel = release("1.0.0")
    path = tmp_path / "own-bucket.yaml"
    words = ("--wheel", str(wheel), "--bucket", "another-bucket", "--output", str(path))
    cli("render", "--cloudformation", *words)
    deploy(cli, path, "governance-bucket", CreateBucket="true")
    s3: Any = cli.aws.client("s3", "admin")
    (rule,) = s3.get_bucket_encryption(Bucket="another-bucket")[
        "ServerSideEncryptionConfiguration"
    ]["Rules"]
    key = rule["ApplyServerSideEncryptionByDefault"]["KMSMasterKeyID"]
    assert key.startswith(f"arn:aws:kms:eu-west-1:{OWN}:key/")
    # moto passes these by: the template itself is read.
    content, problems = decode(str(path))
    assert content is not None, problems
    bucket = content["Resources"]["Bucket"]["Properties"]
    assert bucket["VersioningConfiguration"] == {"Status": "Enabled"}
    assert set(bucket["PublicAccessBlockConfiguration"].values()) == {True}


def test_what_spaces_depend_on_outlives_the_stack(template: Path) -> None:
    content, problems = decode(str(template))
    assert content is not None, problems
    for name, resource in content["Resources"].items():
        if name != "BucketPolicy":
            assert resource["DeletionPolicy"] == resource["UpdateReplacePolicy"] == "Retain"
