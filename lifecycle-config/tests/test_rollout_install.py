"""From the command line to the lab: what is attached is what a space installs."""

from __future__ import annotations

import base64
from collections.abc import Callable
from pathlib import Path
from typing import Any

from rollout import LAB, Cli
from studio import BUCKET, Studio, sha256

from sandbox.aws.studio.seeding import DOMAIN
from sandbox.tests.aws_fixture import AwsProcess


def start_app(aws: AwsProcess, new_studio: Callable[[], Studio], space: str) -> tuple[Studio, str]:
    """Start a space's app: a new container, and the script that SageMaker would run in it."""
    studio: Any = aws.client("sagemaker", "admin")
    studio.create_app(SpaceName=space, **LAB)
    arn = studio.describe_app(SpaceName=space, **LAB)["BuiltInLifecycleConfigArn"]
    told = studio.describe_studio_lifecycle_config(StudioLifecycleConfigName=arn.rpartition("/")[2])
    script = base64.b64decode(told["StudioLifecycleConfigContent"]).decode()
    container = new_studio()
    container.rendered = script
    return container, script


def test_a_space_installs_what_was_attached(
    cli: Cli, wheel: Path, new_studio: Callable[[], Studio]
) -> None:
    """The real wheel, the real pip, an execution role that may read the bucket."""
    given = ("--wheel", str(wheel), "--bucket", BUCKET)
    cli("publish", *given)
    cli("attach", *given, "--domain-id", DOMAIN, "--yes")
    container, script = start_app(cli.aws, new_studio, "rd-001-lab")
    assert sha256(wheel) in script
    first = container.run()
    assert (first.code, first.errors()) == (0, [])
    version = wheel.name.split("-")[1]
    assert container.installed() == version
    assert f"DONE version {version} installed" in first.log
    assert "nothing changed" in container.run().log


def test_a_script_that_runs_ours_installs_it(
    cli: Cli, wheel: Path, new_studio: Callable[[], Studio]
) -> None:
    """As the guide combines the two."""
    cli("publish", "--wheel", str(wheel), "--bucket", BUCKET)
    script = cli("render", "--wheel", str(wheel), "--bucket", BUCKET).out
    container = new_studio()
    file = container.home / "sagemaker-governance.sh"
    container.rendered = (
        "#!/bin/bash\necho baseline\n"
        f"cat > {file} <<'END-OF-INSTALLER'\n{script}END-OF-INSTALLER\nbash {file}\n"
    )
    done = container.run()
    assert (done.code, done.errors()) == (0, [])
    assert done.log.count("baseline") == 1
    assert container.installed() == wheel.name.split("-")[1]
