"""The admin command line: doctor, and what all commands have in common."""

from __future__ import annotations

import base64
import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from rollout import (
    THEIRS,
    Cli,
    Release,
    attach,
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
    assert found["network"]["result"] == found["execution-roles"]["result"] == "unknown"
    assert "AmazonSageMakerFullAccess" in found["execution-roles"]["todo"]


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
    assert done.out.splitlines()[-1] == "6 ok, 2 failed, 2 to look at, 2 not tested"


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


def test_one_file_runs_without_a_registry(cli: Cli, release: Release, published: Path) -> None:
    """As unpacked from the npm package: no node_modules anywhere above it."""
    package = cli.folder / "package"
    folder = package / "lib" / "cli"
    subprocess.run(  # noqa: S603 (own arguments)
        ["node", str(ROOT / "scripts/bundle-cli.mjs"), str(cli.main), str(folder)],  # noqa: S607
        check=True,
        timeout=100,
    )
    for name in ("install.sh", "cloudformation"):
        source, target = ROOT / "lifecycle-config" / name, package / "lifecycle-config" / name
        target.parent.mkdir(exist_ok=True)
        shutil.copytree(source, target) if source.is_dir() else shutil.copy(source, target)
    cli.main = folder / "standalone.js"
    assert attach(cli, published)["action"] == "done"
    assert cli("status", "--json").json()["private"]["version"] == "1.0.0"
    assert "Apache License" in (folder / "standalone.licences.txt").read_text()


def test_the_package_has_what_the_command_line_needs() -> None:
    package = json.loads((ROOT / "package.json").read_text())
    assert package["bin"] == {"jupyterlab-sagemaker-governance": "lib/cli/main.js"}
    assert {
        "docs/*.md",  # errors refer to the guide
        "lifecycle-config/install.sh",
        "lifecycle-config/{cloudformation,iam}/*",
        "lib/cli/standalone.licences.txt",
    } <= set(package["files"])
