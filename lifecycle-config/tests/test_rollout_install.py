"""From the command line to the lab: what is attached is what a space installs."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

from rollout import LAB, Cli
from studio import BUCKET, Studio, sha256

from sandbox.aws.studio.seeding import DOMAIN
from sandbox.catalogue.model import REGION
from sandbox.tests.aws_fixture import AwsProcess


def studio_of(aws: AwsProcess, folder: Path) -> Studio:
    """A container with an execution role's credentials."""
    role = aws.credentials("reader")
    return Studio(
        folder,
        {
            "AWS_ENDPOINT_URL": aws.url,
            "AWS_REGION": REGION,
            "AWS_DEFAULT_REGION": REGION,
            "AWS_ACCESS_KEY_ID": role.access_key,
            "AWS_SECRET_ACCESS_KEY": role.secret_key,
            "AWS_SESSION_TOKEN": role.token,
        },
    )


def start_app(aws: AwsProcess, folder: Path, space: str) -> tuple[Studio, str]:
    """Start a space's app: a new container, and the script that SageMaker would run in it."""
    studio: Any = aws.client("sagemaker", "admin")
    studio.create_app(SpaceName=space, **LAB)
    arn = studio.describe_app(SpaceName=space, **LAB)["BuiltInLifecycleConfigArn"]
    told = studio.describe_studio_lifecycle_config(StudioLifecycleConfigName=arn.rpartition("/")[2])
    script = base64.b64decode(told["StudioLifecycleConfigContent"]).decode()
    container = studio_of(aws, folder)
    container.rendered = script
    return container, script


def test_a_space_installs_what_was_attached(cli: Cli, wheel: Path, tmp_path: Path) -> None:
    """The real wheel, the real pip, an execution role that may read the bucket."""
    given = ("--wheel", str(wheel), "--bucket", BUCKET)
    cli("publish", *given)
    cli("attach", *given, "--domain-id", DOMAIN, "--yes")
    container, script = start_app(cli.aws, tmp_path / "space", "rd-001-lab")
    assert sha256(wheel) in script
    first = container.run()
    assert (first.code, first.errors()) == (0, [])
    version = wheel.name.split("-")[1]
    assert container.installed() == version
    assert f"DONE version {version} installed" in first.log
    assert "nothing changed" in container.run().log


def test_a_script_that_runs_ours_installs_it(cli: Cli, wheel: Path, tmp_path: Path) -> None:
    """As the guide combines the two."""
    cli("publish", "--wheel", str(wheel), "--bucket", BUCKET)
    script = cli("render", "--wheel", str(wheel), "--bucket", BUCKET).out
    file = tmp_path / "sagemaker-governance.sh"
    container = studio_of(cli.aws, tmp_path / "space")
    container.rendered = (
        "#!/bin/bash\necho baseline\n"
        f"cat > {file} <<'END-OF-INSTALLER'\n{script}END-OF-INSTALLER\nbash {file}\n"
    )
    done = container.run()
    assert (done.code, done.errors()) == (0, [])
    assert done.log.count("baseline") == 1
    assert container.installed() == wheel.name.split("-")[1]
