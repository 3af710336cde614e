"""The admin command line: doctor, and what all commands have in common."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from rollout import (
    THEIRS,
    Cli,
    attach,
    denied,
    set_built_in,
)
from studio import BUCKET, ROOT, sha256

from sandbox.aws.studio.seeding import DOMAIN
from sandbox.catalogue.model import CLAIMS, EXTERNAL_ID, OWN, REGION

#: Many processes, one after the other, on a machine that may be busy.
pytestmark = pytest.mark.timeout(300)


def findings(cli: Cli, code: int) -> dict[str, dict[str, Any]]:
    return {one["id"]: one for one in cli("doctor", "--json", code=code).json()["findings"]}


def test_doctor_is_content_with_a_good_roll_out(cli: Cli, sagemaker: Any, published: Path) -> None:
    attach(cli, published)
    found = findings(cli, 0)
    assert found["private-spaces"]["result"] == found["shared-spaces-wheel"]["result"] == "ok"
    assert found["caller"]["text"].endswith(f"(account {OWN})")
    assert found["clock"]["result"] == "ok"
    assert found["spaces"]["result"] == "warning"  # two run without it
    assert found["source-identity"]["result"] == "warning"
    # What cannot be known is not called fine.
    assert found["network"]["result"] == "unknown"
    assert found["execution-roles"]["result"] == found["trust"]["result"] == "ok"


def test_doctor_tells_what_is_wrong_and_what_to_do(
    cli: Cli, sagemaker: Any, published: Path
) -> None:
    nothing = findings(cli, 3)
    assert nothing["private-spaces"]["result"] == "failed"
    assert nothing["private-spaces"]["todo"] == "Run attach."
    key = attach(cli, published) and f"sagemaker-governance/{sha256(published)[:12]}"
    s3 = cli.aws.client("s3", "admin")
    s3.put_object(Bucket=BUCKET, Key=f"{key}/{published.name}", Body=b"PK other")
    replaced = findings(cli, 3)["private-spaces-wheel"]
    assert "is not the pinned wheel" in replaced["text"]
    s3.delete_object(Bucket=BUCKET, Key=f"{key}/{published.name}")
    assert "there is no s3://" in findings(cli, 3)["shared-spaces-wheel"]["text"]
    done = cli("doctor", code=3)
    for line in done.out.splitlines():
        if line.startswith(("FAIL", "WARN", "?")):
            assert "  -> " in done.out[done.out.index(line) :].splitlines()[1]
    assert done.out.splitlines()[-1] == "11 ok, 2 failed, 2 to look at, 1 not tested"


FULL_ACCESS = "arn:aws:iam::aws:policy/AmazonSageMakerFullAccess"
READER = "SageMakerGovernanceReader"


def about_roles(cli: Cli) -> dict[str, dict[str, Any]]:
    """What doctor says of each execution role, by name."""
    found = cli("doctor", "--json", code=3).json()["findings"]
    roles = [one for one in found if one["id"] == "execution-roles"]
    return {re.findall(r"\b(?:SageMaker|Studio)\w+", one["text"])[0]: one for one in roles}


@contextmanager
def full_access(cli: Cli) -> Iterator[None]:
    """The reader's role with a policy of AWS beside ours."""
    iam: Any = cli.aws.client("iam", "admin")
    iam.attach_role_policy(RoleName=READER, PolicyArn=FULL_ACCESS)
    try:
        yield
    finally:
        iam.detach_role_policy(RoleName=READER, PolicyArn=FULL_ACCESS)


def approve_as_reader(cli: Cli) -> None:
    """Approve a version that has no decision yet."""
    reader: Any = cli.aws.client("sagemaker", "reader")
    groups = reader.list_model_package_groups()["ModelPackageGroupSummaryList"]
    name = groups[0]["ModelPackageGroupName"]
    versions = reader.list_model_packages(ModelPackageGroupName=name)
    reader.update_model_package(
        ModelPackageArn=versions["ModelPackageSummaryList"][0]["ModelPackageArn"],
        ModelApprovalStatus="Approved",
        ApprovalDescription="too easy",
    )


def test_doctor_warns_of_policies_that_grant_approval(cli: Cli) -> None:
    assert {one["result"] for one in about_roles(cli).values()} == {"ok"}
    with full_access(cli):
        roles = about_roles(cli)
        approve_as_reader(cli)  # it is true
    warned = roles.pop(READER)
    assert (warned["result"], warned["text"]) == (
        "warning",
        f"{READER} has AmazonSageMakerFullAccess, which lets its users approve models",
    )
    assert "lifecycle-config/iam has the least rights" in warned["todo"]
    assert {one["result"] for one in roles.values()} == {"ok"}
    assert len(roles) == 3  # the other profiles' and the shared spaces'


def test_what_iam_does_not_tell_is_not_called_fine(cli: Cli) -> None:
    with denied(cli.aws, "iam:ListAttachedRolePolicies", "*"):
        one = about_roles(cli)[READER]
    assert one["result"] == "unknown"
    assert "iam:ListAttachedRolePolicies" in one["text"]
    assert f"aws iam list-attached-role-policies --role-name {READER}" in one["todo"]


def test_source_identity_is_not_passed_on_to_roles_that_refuse_it(
    cli: Cli, sagemaker: Any, published: Path
) -> None:
    iam: Any = cli.aws.client("iam", "admin")
    trust = {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"Service": "sagemaker.amazonaws.com"},
                "Action": "sts:AssumeRole",
            }
        ],
    }
    iam.update_assume_role_policy(RoleName=READER, PolicyDocument=json.dumps(trust))
    for app in sagemaker.list_apps()["Apps"]:
        sagemaker.delete_app(**{k: app[k] for k in ("DomainId", "SpaceName", "AppType", "AppName")})
    words = ("attach", "--wheel", str(published), "--bucket", BUCKET, "--yes")
    refused = cli(*words, "--source-identity", code=4)
    assert f"{READER} does not trust sts:SetSourceIdentity" in refused.err
    assert "Nothing was changed." in refused.err
    assert findings(cli, 3)["trust"]["result"] == "warning"
    settings = {"ExecutionRoleIdentityConfig": "USER_PROFILE_NAME"}
    sagemaker.update_domain(DomainId=DOMAIN, DomainSettingsForUpdate=settings)
    assert findings(cli, 3)["trust"]["result"] == "failed"
    shipped = (ROOT / "lifecycle-config/iam/execution-role-trust.json").read_text()
    iam.update_assume_role_policy(RoleName=READER, PolicyDocument=shipped)
    assert findings(cli, 3)["trust"]["result"] == "ok"
    with denied(cli.aws, "iam:GetRole", "*"):
        assert "trust" not in findings(cli, 3)


def test_a_script_that_runs_ours_is_known(cli: Cli, sagemaker: Any, published: Path) -> None:
    installer = cli("render", "--wheel", str(published), "--bucket", BUCKET).out
    combined = f"#!/bin/bash\necho baseline\ncat > /tmp/x <<'END'\n{installer}END\nbash /tmp/x\n"
    made = sagemaker.create_studio_lifecycle_config(
        StudioLifecycleConfigName=THEIRS,
        StudioLifecycleConfigContent=base64.b64encode(combined.encode()).decode(),
        StudioLifecycleConfigAppType="JupyterLab",
    )
    set_built_in(sagemaker, made["StudioLifecycleConfigArn"])
    found = findings(cli, 3)  # the shared spaces have none
    assert found["private-spaces"]["result"] == "ok"
    assert found["private-spaces-wheel"]["result"] == "ok"
    status = cli("status", "--json").json()
    assert status["private"]["version"] == f"1.0.0 (run by {THEIRS})"


def test_a_role_is_assumed_with_its_external_id(cli: Cli) -> None:
    role = f"arn:aws:iam::{CLAIMS}:role/SageMakerGovernanceRegistry"
    cli.credentials = cli.aws.credentials("data-scientist")
    words = ("status", "--role-arn", role, "--region", REGION)
    without = cli(*words, code=1)
    assert "sts:AssumeRole" in without.err
    # The role is a registry's: it may be assumed, and may not list domains.
    assumed = cli(*words, "--external-id", EXTERNAL_ID, code=1)
    assert f"arn:aws:sts::{CLAIMS}:assumed-role/SageMakerGovernanceRegistry" in assumed.err
    assert "sagemaker:ListDomains" in assumed.err


def test_profiles_of_the_aws_configuration_are_used(cli: Cli) -> None:
    folder = cli.folder / ".aws"
    folder.mkdir()
    (folder / "config").write_text(f"[profile studio-admin]\nregion = {REGION}\n")
    (folder / "credentials").write_text(
        "[studio-admin]\n"
        f"aws_access_key_id = {cli.credentials.access_key}\n"
        f"aws_secret_access_key = {cli.credentials.secret_key}\n"
        f"aws_session_token = {cli.credentials.token}\n"
    )
    own = dict.fromkeys(
        ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_REGION"), ""
    )
    told = cli("status", "--profile", "studio-admin", "--json", **own).json()
    assert told["domain"] == DOMAIN
    assert "No region is given" in cli("status", code=2, **own).err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("nonsense",), "There is no command nonsense."),
        (("attach", "--nonsense"), "Unknown option '--nonsense'"),
        (("attach",), "exactly one way"),
        (("publish",), "--wheel and --bucket are needed"),
        (("publish", "--wheel", "none.whl", "--bucket", "b"), "none.whl cannot be read"),
        (("status", "--domain-id", "d-none"), "There is no Studio domain d-none"),
    ],
)
def test_wrong_usage_is_told(cli: Cli, words: tuple[str, ...], said: str) -> None:
    assert said in cli(*words, code=2).err


def test_a_network_that_does_not_answer_is_told(cli: Cli) -> None:
    done = cli("status", code=1, AWS_ENDPOINT_URL="http://127.0.0.1:9")
    assert "ECONNREFUSED" in done.err
    assert "must be reachable" in done.err


def test_denied_rights_are_named(cli: Cli) -> None:
    cli.credentials = cli.aws.credentials("reader")
    assert "sagemaker:ListDomains" in cli("status", code=1).err


def test_json_is_the_only_thing_on_stdout_and_secrets_are_nowhere(
    cli: Cli, published: Path
) -> None:
    for words in (
        ("attach", "--wheel", str(published), "--bucket", BUCKET, "--yes"),
        ("status",),
        ("doctor",),
        ("detach", "--yes"),
    ):
        done = cli(*words, "--json")
        assert isinstance(done.json(), dict)
        for secret in (cli.credentials.secret_key, cli.credentials.token):
            assert secret not in done.out + done.err
