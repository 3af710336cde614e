"""The installer where nothing is wrong: the real script, pip, S3 and JupyterLab."""

from __future__ import annotations

import json
import subprocess
import sys
import warnings
from pathlib import Path

import pytest
from conftest import S3
from person import Image, Person, pythons
from studio import BUCKET, CONFIG_FILE, DOCTOR, PACKAGE, SCRIPT, STATE, Studio, with_version
from studio_lab import started

from sandbox.tests.aws_fixture import AwsProcess

CONFIG = json.dumps(
    {
        "SageMakerGovernance": {
            "connections": [
                {"id": "own", "kind": "sagemaker", "label": "Own", "region": "eu-west-1"}
            ]
        }
    }
)


# ------------------------------------------------------------- the file itself


@pytest.fixture(scope="session")
def rendered(cli_main: Path, wheel: Path) -> bytes:
    """The script as the command line fills it in, without connections."""
    done = subprocess.run(  # noqa: S603 (the program under test)
        ["node", str(cli_main), "render", "--wheel", str(wheel), "--bucket", BUCKET],  # noqa: S607
        capture_output=True,
        check=True,
        timeout=100,
    )
    return done.stdout


def test_fits_a_lifecycle_configuration_with_room_for_connections(rendered: bytes) -> None:
    """12,288 bytes are AWS's 16,384 characters of base64; a bank's connections take 1,800."""
    assert len(rendered) <= 12_288 - 1_800
    assert len(SCRIPT.read_bytes()) <= 12_288


def test_has_lf_line_ends_and_its_shebang_on_the_first_line(rendered: bytes) -> None:
    for raw in (SCRIPT.read_bytes(), rendered):
        assert b"\r" not in raw
        assert raw.startswith(b"#!/bin/bash\n")
        assert raw.endswith(b"\n")


def test_passes_shellcheck_and_bash(rendered: bytes, tmp_path: Path) -> None:
    shellcheck = Path(sys.executable).with_name("shellcheck")
    filled = tmp_path / "installer.sh"
    filled.write_bytes(rendered)
    for script in (SCRIPT, filled):
        for command in ([str(shellcheck), str(script)], ["bash", "-n", str(script)]):
            done = subprocess.run(command, capture_output=True, text=True)  # noqa: S603 (own)
            assert done.returncode == 0, done.stdout + done.stderr


# --------------------------------------------------------------- what it does


def own_files(studio: Studio) -> dict[str, int]:
    """Time of change of each file of the container, without the installer's notebook."""
    return {
        path: (studio.prefix / path).lstat().st_mtime_ns
        for path in studio.files()
        if Path(path).name not in ("lock", "step")
    }


def assert_one_line(log: str, word: str) -> None:
    """The log is one line that begins as the guide says."""
    assert log.count("\n") == 1, log
    assert log.startswith(f"sagemaker-governance: {word} "), log


def test_first_start(studio: Studio, wheel: Path) -> None:
    studio.pin(wheel, config=CONFIG)
    result = studio.run()
    assert result.code == 0
    assert_one_line(result.log, "DONE")
    assert f"version {studio.variables['VERSION']} installed" in result.log
    assert result.restarts == 1
    assert studio.seen() == studio.installed() == studio.variables["VERSION"]
    assert f"{PACKAGE} v{studio.installed()} enabled OK" in studio.labextensions()
    servers = studio.server_extensions()
    assert "sagemaker_governance enabled" in servers
    assert f"sagemaker_governance {studio.installed()} OK" in servers
    assert PACKAGE in studio.python("-m", "pip", "list", "--disable-pip-version-check")
    # `jupyter sagemaker-governance doctor`, as a person types it in a terminal.
    told = studio.python(str(studio.prefix / DOCTOR), "doctor", "--help")
    assert "usage: jupyter sagemaker-governance doctor" in told
    with started(studio) as lab:
        assert lab.version() == studio.installed()
        assert [entry["label"] for entry in lab.connections()] == ["Own"]


def test_what_it_says_is_in_the_app_log_too(studio: Studio) -> None:
    """Where AWS delivers app logs, if that is there."""
    assert studio.run().log
    assert not (studio.folder / "app_container.log").exists()
    log = studio.folder / "app_container.log"
    log.touch()
    studio.person.own(log)
    result = studio.run()
    assert log.read_text() == result.log


def test_second_start(studio: Studio) -> None:
    studio.run()
    before = own_files(studio)
    result = studio.run()
    assert result.code == 0
    assert_one_line(result.log, "DONE")
    assert "nothing changed" in result.log
    assert result.restarts == 0
    assert own_files(studio) == before


def test_a_new_container_installs_from_the_volume(studio: Studio) -> None:
    studio.run()
    studio.reset_container()
    studio.s3_env["AWS_ENDPOINT_URL"] = "http://127.0.0.1:9"
    result = studio.run()
    assert (result.errors(), result.restarts) == ([], 1)
    assert studio.seen() == studio.variables["VERSION"]


def test_upgrade_and_downgrade(studio: Studio, s3: S3, wheel: Path, place: Path) -> None:
    """Both by pinning another wheel, as repointing the domain's setting does."""
    studio.run()
    newer = with_version(wheel, "99.0.0", place / "newer")
    s3.upload(newer)
    old = studio.variables
    studio.pin(newer)
    result = studio.run()
    assert (result.errors(), result.restarts) == ([], 1)
    assert "DONE version 99.0.0 installed" in result.log
    assert studio.seen() == studio.installed() == "99.0.0"
    with started(studio) as lab:
        assert lab.version() == "99.0.0"
    # Only the pinned wheel is kept on the user's volume, only one version in the prefix.
    kept = [path.name for path in (studio.home / ".cache").rglob("*.whl")]
    assert kept == [newer.name]
    assert len(list((studio.prefix / STATE).glob("v.*"))) == 1
    studio.variables = old
    assert studio.run().restarts == 1
    assert studio.seen() == old["VERSION"]


def test_a_change_of_the_connections_restarts(studio: Studio, wheel: Path) -> None:
    studio.pin(wheel, config=CONFIG)
    assert studio.run().restarts == 1
    assert json.loads((studio.prefix / CONFIG_FILE).read_text()) == json.loads(CONFIG)
    assert studio.run().restarts == 0
    changed = CONFIG.replace("Own", "Own account")
    studio.pin(wheel, config=changed)
    assert studio.run().restarts == 1
    assert json.loads((studio.prefix / CONFIG_FILE).read_text()) == json.loads(changed)
    studio.pin(wheel)
    assert studio.run().restarts == 1
    assert json.loads((studio.prefix / CONFIG_FILE).read_text()) == {}


def test_the_users_own_settings_do_not_matter(studio: Studio) -> None:
    """Of pip, of the AWS CLI and of Python: they are on the volume."""
    studio.write(studio.home / ".config/pip/pip.conf", "[install]\nuser = true\n")
    studio.write(studio.home / ".aws/config", "[default]\nregion = nowhere-1\n")
    keys = "aws_access_key_id = other\naws_secret_access_key = other\n"
    studio.write(studio.home / ".aws/credentials", f"[default]\n{keys}[work]\n{keys}")
    studio.write(studio.home / "elsewhere/json.py", "raise RuntimeError('not this one')\n")
    studio.env = {
        "PIP_TARGET": str(studio.home / "elsewhere"),
        "PIP_USER": "1",
        "AWS_PROFILE": "work",
        "PYTHONPATH": str(studio.home / "elsewhere"),
    }
    assert studio.run().errors() == []
    studio.env = {}
    assert studio.seen()


def test_python_that_warns(studio: Studio) -> None:
    """As it does at each start for a bad .pth file, on standard error."""
    before = studio.files()
    studio.write(studio.site / "of-the-image.pth", "import no_such_module\n")
    assert studio.run().errors() == []
    assert studio.seen()
    studio.variables["ACTION"] = "uninstall"
    assert studio.run().errors() == []
    (studio.site / "of-the-image.pth").unlink()
    assert studio.files() == before


def test_a_strict_umask(studio: Studio) -> None:
    """Whoever the server runs as can read what is installed."""
    hidden = ("sh", "-c", 'umask 077; exec "$1"', "sh")
    assert studio.run(before=hidden).errors() == []
    current = studio.prefix / STATE / "current"
    closed = [path for path in current.resolve().rglob("*") if not path.stat().st_mode & 0o004]
    assert closed == []


def test_without_the_restart_command_it_says_so(studio: Studio) -> None:
    studio.remove_tool("restart-jupyter-server")
    result = studio.run()
    assert "restart the app" in result.log
    assert studio.seen()


def test_shared_space(studio: Studio) -> None:
    """No user profile is known there, and several people share the volume."""
    studio.env = {"SAGEMAKER_SPACE_TYPE_LOWERCASE": "shared"}
    studio.write_metadata(SpaceName="credit-committee")
    result = studio.run()
    assert (result.errors(), result.restarts) == ([], 1)
    with started(studio) as lab:
        assert lab.version() == studio.variables["VERSION"]


def test_bucket_in_another_region(studio: Studio, wheel: Path, aws_process: AwsProcess) -> None:
    """Found where S3 says that it is, if that region can be reached."""
    aws_process.control("POST", "s3/sagemaker-far?region=us-east-1")
    aws_process.raw_control("PUT", f"s3/sagemaker-far/{wheel.name}", wheel.read_bytes())
    studio.variables |= {"BUCKET": "sagemaker-far", "KEY": wheel.name}
    assert studio.run().errors() == []
    assert studio.seen()


def test_uninstall_leaves_nothing(studio: Studio, wheel: Path) -> None:
    def everything() -> set[str]:
        return studio.files() | {str(path) for path in studio.home.rglob("*")}

    mine = studio.write(studio.home / ".cache/other/mine.txt", "mine")
    before = everything()
    studio.pin(wheel, config=CONFIG)
    studio.run()
    assert studio.seen()
    studio.variables["ACTION"] = "uninstall"
    result = studio.run()
    assert_one_line(result.log, "DONE")
    assert everything() == before
    assert mine.read_text() == "mine"
    assert studio.run().errors() == [], "a second time is no error"


@pytest.mark.parametrize("version", ["3.10", "3.11", "3.12"])
def test_python(
    version: str, studio: Studio, s3: S3, wheel: Path, place: Path, person: Person
) -> None:
    """First start, second start and upgrade under each Python that Studio's images have.

    Where a machine lacks one, pip's own resolution for it stands for the run.
    """
    base = pythons().get(version)
    if base is None:
        warnings.warn(f"no Python {version} here: only pip's resolution was tried", stacklevel=1)
        options = ("--no-deps", "--no-index", "--python-version", version, "--only-binary=:all:")
        found = str(place / "download")
        studio.python("-m", "pip", "download", "-q", *options, "-d", found, str(wheel))
        return
    folder = place / "image"
    folder.mkdir()
    other = Studio(place / "other", studio.s3_env, person, Image.of(base, person, folder))
    other.variables = studio.variables
    assert (other.run().errors(), other.seen()) == ([], studio.variables["VERSION"])
    assert version in other.python("--version")
    assert "nothing changed" in other.run().log
    newer = with_version(wheel, "99.0.0", place / "newer")
    s3.upload(newer)
    other.pin(newer)
    assert (other.run().errors(), other.seen()) == ([], "99.0.0")
    told = "import sagemaker_governance; print(sagemaker_governance.__file__)"
    assert str(other.prefix / STATE) in other.python("-c", told)
