"""Where the installer does nothing, and what it asks to be filled in.

lifecycle-config/README.md lists these tests as part of the table of faults.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from expect import assert_fails, assert_left_alone
from person import Person
from studio import Studio


def test_recovery_mode(studio: Studio) -> None:
    studio.env = {"SAGEMAKER_RECOVERY_MODE": "true"}
    assert_left_alone(studio, "recovery mode")


def test_unified_studio(studio: Studio) -> None:
    more = {"DataZoneScopeName": "dzd", "DataZoneDomainId": "d"}
    studio.write_metadata(AdditionalMetadata=more)
    assert_left_alone(studio, "Unified Studio")
    # A name is not a sign of it.
    studio.write_metadata(SpaceName="DataZone-lab", AdditionalMetadata={})
    assert studio.run().errors() == []
    assert studio.seen()


@pytest.mark.parametrize("kind", ["CodeEditor", "JupyterServer"])
def test_other_app_types(studio: Studio, kind: str) -> None:
    studio.env = {"SAGEMAKER_APP_TYPE": kind}
    assert_left_alone(studio, f"'{kind}'")
    studio.env = {"SAGEMAKER_APP_TYPE": ""}
    studio.write_metadata(AppType=kind)
    assert_left_alone(studio, f"'{kind}'")


def test_missing_metadata(studio: Studio) -> None:
    """Studio's variable is enough; with neither, nothing is known and nothing done."""
    studio.metadata.unlink()
    studio.env = {"SAGEMAKER_APP_TYPE": ""}
    assert_left_alone(studio, "the app type is 'unknown'")
    studio.env = {}
    assert studio.run().errors() == []
    assert studio.seen()


def test_app_type_only_in_the_metadata(studio: Studio) -> None:
    studio.env = {"SAGEMAKER_APP_TYPE": ""}
    assert studio.run().errors() == []
    assert studio.seen()


# ------------------------------------------------------------------- variables


@pytest.mark.parametrize("config", ["{", "[]", '{"other": {}}', '{"SageMakerGovernance": 3}'])
def test_bad_connections(studio: Studio, wheel: Path, config: str) -> None:
    studio.pin(wheel, config=config)
    assert_fails(studio, "CONFIG", "is not JSON with the object")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("BUCKET", ""),
        ("KEY", ""),
        ("SHA256", ""),
        ("SHA256", "ABC"),
    ],
)
def test_unset_variables(studio: Studio, name: str, value: str) -> None:
    studio.variables[name] = value
    assert_fails(studio, "are not all set", name)


def test_script_from_standard_input(studio: Studio) -> None:
    done = subprocess.run(
        ["/bin/bash"],
        input=studio.script().read_text(),
        env=studio.environment(),
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        cwd=studio.home,
        **studio.person.options(),
    )
    assert done.returncode == 0
    assert "ended unexpectedly (exit code 127; it must be a file)" in done.stdout


def test_the_second_user_is_real(studio: Studio, person: Person) -> None:
    """Rights mean something in these tests: who runs the script is not root."""
    if person.uid == 0:
        pytest.fail("these tests need an account 'nobody', or not to be run as root")
    told = studio.python("-c", "import os; print(os.getuid())")
    assert told.strip() == str(person.uid)
    assert f"{sys.version_info[0]}.{sys.version_info[1]}" == studio.image.version
