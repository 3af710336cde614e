"""The installer, run as Studio runs it: the real script, pip and S3."""

from __future__ import annotations

import base64
import json
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import S3
from studio import LABEXTENSION, PACKAGE, SCRIPT, Studio, sha256, with_version

CONFIG_FILE = "etc/jupyter/jupyter_sagemaker_governance_config.json"
CONFIG = json.dumps(
    {
        "SageMakerGovernance": {
            "connections": [
                {"id": "own", "kind": "sagemaker", "label": "Own", "region": "eu-west-1"}
            ]
        }
    }
)


def assert_untouched(studio: Studio, before: set[str]) -> None:
    """Nothing of us is in the lab."""
    left = {path for path in studio.files() - before if not path.startswith("var/")}
    assert left == set()
    assert studio.installed() is None
    assert PACKAGE not in studio.labextensions()


# ------------------------------------------------------------- the file itself


def test_fits_the_limit_of_a_lifecycle_configuration() -> None:
    raw = SCRIPT.read_bytes()
    assert len(raw) <= 12_288
    assert len(base64.b64encode(raw)) <= 16_384


def test_has_lf_line_ends_and_its_shebang_on_the_first_line() -> None:
    raw = SCRIPT.read_bytes()
    assert b"\r" not in raw
    assert raw.startswith(b"#!/bin/bash\n")
    assert raw.endswith(b"\n")


def test_passes_shellcheck_and_bash() -> None:
    shellcheck = Path(sys.executable).with_name("shellcheck")
    for command in ([str(shellcheck), str(SCRIPT)], ["bash", "-n", str(SCRIPT)]):
        done = subprocess.run(command, capture_output=True, text=True)  # noqa: S603 (own)
        assert done.returncode == 0, done.stdout + done.stderr


# --------------------------------------------------------------- what it does


def test_first_start_installs_and_restarts_the_server(studio: Studio, wheel: Path) -> None:
    result = studio.run()
    assert result.code == 0
    assert result.errors() == []
    assert f"DONE version {studio.variables['VERSION']} installed" in result.log
    assert result.restarts == 1
    listed = studio.labextensions()
    assert f"{PACKAGE} v{studio.installed()} enabled OK" in listed
    servers = studio.server_extensions()
    assert "sagemaker_governance enabled" in servers
    assert f"sagemaker_governance {studio.installed()} OK" in servers
    # What it says is also where AWS delivers app logs, if that is there.
    assert not (studio.folder / "app_container.log").exists()


def test_what_it_says_is_in_the_app_log_too(studio: Studio) -> None:
    log = studio.folder / "app_container.log"
    log.touch()
    result = studio.run()
    assert log.read_text() == result.log


def test_second_start_in_the_same_container_changes_nothing(studio: Studio) -> None:
    studio.run()
    before = {path: (studio.prefix / path).stat().st_mtime_ns for path in studio.files()}
    result = studio.run()
    assert result.code == 0
    assert "nothing changed" in result.log
    assert result.restarts == 0
    after = {path: (studio.prefix / path).stat().st_mtime_ns for path in studio.files()}
    assert after == before


def test_a_new_container_installs_from_the_volume_without_s3(studio: Studio) -> None:
    studio.run()
    studio.reset_container()
    studio.s3_env["AWS_ENDPOINT_URL"] = "http://127.0.0.1:9"
    result = studio.run()
    assert "using the wheel in" in result.log
    assert result.restarts == 1
    assert studio.installed()


def test_an_altered_wheel_on_the_volume_is_not_used(studio: Studio) -> None:
    studio.run()
    studio.reset_container()
    (cached,) = (studio.home / ".cache/sagemaker-governance").rglob("*.whl")
    cached.write_bytes(cached.read_bytes() + b"altered")
    result = studio.run()
    assert "was altered; downloading it again" in result.log
    assert result.errors() == []
    assert sha256(cached) == studio.variables["SHA256"]


def test_upgrade_and_rollback_by_repointing(
    studio: Studio, s3: S3, wheel: Path, tmp_path: Path
) -> None:
    studio.run()
    old = studio.installed()
    newer = with_version(wheel, "99.0.0", tmp_path / "newer")
    s3.upload(newer)
    studio.pin(newer)
    result = studio.run()
    assert result.errors() == []
    assert result.restarts == 1
    assert studio.installed() == "99.0.0"
    # Only the pinned wheel is kept on the user's volume.
    kept = [path.name for path in (studio.home / ".cache").rglob("*.whl")]
    assert kept == [newer.name]
    studio.pin(wheel)
    assert studio.run().restarts == 1
    assert studio.installed() == old


def test_connections_are_written_and_a_change_of_them_restarts(studio: Studio, wheel: Path) -> None:
    studio.pin(wheel, config=CONFIG)
    assert studio.run().restarts == 1
    assert json.loads((studio.prefix / CONFIG_FILE).read_text()) == json.loads(CONFIG)
    assert studio.run().restarts == 0
    changed = CONFIG.replace("Own", "Own account")
    studio.pin(wheel, config=changed)
    assert studio.run().restarts == 1
    assert json.loads((studio.prefix / CONFIG_FILE).read_text()) == json.loads(changed)


def test_the_users_own_pip_settings_do_not_matter(studio: Studio) -> None:
    (studio.home / ".config/pip").mkdir(parents=True)
    (studio.home / ".config/pip/pip.conf").write_text("[install]\nuser = true\n")
    studio.env = {"PIP_TARGET": str(studio.home / "elsewhere"), "PIP_USER": "1"}
    assert studio.run().errors() == []
    assert studio.installed()


def test_a_full_volume_does_not_stop_it(studio: Studio) -> None:
    (studio.home / ".cache").write_text("not a folder")
    result = studio.run()
    assert "could not be kept" in result.log
    assert result.errors() == []
    assert studio.installed()


def test_without_the_restart_command_it_says_so(studio: Studio) -> None:
    studio.remove_tool("restart-jupyter-server")
    result = studio.run()
    assert "restart the app" in result.log
    assert studio.installed()


# -------------------------------------------------------------- what can fail


def assert_fails(studio: Studio, *words: str) -> None:
    """One clear line, exit 0, nothing installed, no restart."""
    before = studio.files()
    result = studio.run()
    assert result.code == 0
    assert result.restarts == 0
    assert len(result.errors()) == 1, result.log
    for word in words:
        assert word in result.errors()[0]
    assert_untouched(studio, before)


def test_wrong_hash(studio: Studio) -> None:
    studio.variables["SHA256"] = "0" * 64
    assert_fails(studio, "not the pinned one", "Was it replaced?")
    assert not list((studio.home).rglob("*.whl"))


def test_s3_denied(studio: Studio, s3: S3) -> None:
    studio.s3_env = s3.env(s3.stranger)
    assert_fails(studio, "S3 denied", "s3:GetObject", studio.variables["KEY"])


def test_no_such_wheel(studio: Studio) -> None:
    studio.variables["KEY"] = "governance/gone-1-py3-none-any.whl"
    assert_fails(studio, "there is no s3://", "gone-1")


def test_no_network(studio: Studio) -> None:
    studio.s3_env["AWS_ENDPOINT_URL"] = "http://127.0.0.1:9"
    assert_fails(studio, "S3 cannot be reached", "gateway endpoint")


def test_a_hang_ends_at_the_limit(studio: Studio, silent_port: int) -> None:
    studio.s3_env["AWS_ENDPOINT_URL"] = f"http://127.0.0.1:{silent_port}"
    studio.env = {"SG_LIMIT": "3"}
    # The port never answers: that the script comes back is its own doing.
    assert_fails(studio, "gave up after 3 s")


def test_a_pip_that_dies_halfway_leaves_nothing(studio: Studio) -> None:
    site = next(studio.prefix.glob("lib/python3*/site-packages"))
    # Stops pip once it has written the package, before it is done.
    (site / "sitecustomize.py").write_text(
        "import os, sys, threading, time, pathlib\n"
        f"target = pathlib.Path({str(studio.prefix / LABEXTENSION)!r})\n"
        "def watch():\n"
        "    while not target.exists():\n"
        "        time.sleep(0.001)\n"
        "    os._exit(9)\n"
        "if 'install' in sys.orig_argv:\n"
        "    threading.Thread(target=watch, daemon=True).start()\n"
    )
    assert_fails(studio, "pip could not install")


def test_not_a_wheel_inside(studio: Studio, s3: S3, tmp_path: Path) -> None:
    broken = tmp_path / "broken-1.0-py3-none-any.whl"
    broken.write_bytes(b"no zip file")
    s3.upload(broken)
    studio.pin(broken)
    assert_fails(studio, "pip could not install")


def test_a_broken_upgrade_keeps_the_old_version(studio: Studio, s3: S3, tmp_path: Path) -> None:
    studio.run()
    old = studio.installed()
    broken = tmp_path / "jupyterlab_sagemaker_governance-9.0-py3-none-any.whl"
    broken.write_bytes(b"no zip file")
    s3.upload(broken)
    studio.pin(broken)
    result = studio.run()
    assert (result.code, result.restarts) == (0, 0)
    assert len(result.errors()) == 1
    assert studio.installed() == old
    assert f"{PACKAGE} v{old} enabled OK" in studio.labextensions()


@pytest.mark.parametrize("config", ["{", "[]", '{"other": {}}', '{"SageMakerGovernance": 3}'])
def test_bad_connections_are_told_before_anything_is_done(
    studio: Studio, wheel: Path, config: str
) -> None:
    studio.pin(wheel, config=config)
    assert_fails(studio, "CONFIG is not")


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("BUCKET", "", "BUCKET and KEY are not set"),
        ("KEY", "", "BUCKET and KEY are not set"),
        ("KEY", "governance/x.tar.gz", "does not name a wheel"),
        ("SHA256", "", "SHA256 is not"),
        ("SHA256", "ABC", "SHA256 is not"),
    ],
)
def test_unset_variables(studio: Studio, name: str, value: str, words: str) -> None:
    studio.variables[name] = value
    assert_fails(studio, words)


def test_no_aws_command(studio: Studio) -> None:
    studio.remove_tool("aws")
    assert_fails(studio, "the command aws is not in this image")


# ------------------------------------------------------------ where it does not


@pytest.mark.parametrize(
    ("env", "metadata", "words"),
    [
        ({"SAGEMAKER_RECOVERY_MODE": "true"}, {}, "recovery mode"),
        ({"SAGEMAKER_APP_TYPE": "CodeEditor"}, {}, "'CodeEditor'"),
        ({"SAGEMAKER_APP_TYPE": ""}, {"AppType": "JupyterServer"}, "'JupyterServer'"),
        (
            {},
            {"AdditionalMetadata": {"DataZoneScopeName": "dzd", "DataZoneDomainId": "d"}},
            "Unified Studio",
        ),
    ],
)
def test_other_places_are_left_alone(
    studio: Studio, env: dict[str, str], metadata: dict[str, object], words: str
) -> None:
    studio.env = env
    studio.write_metadata(**metadata)
    before = studio.files()
    result = studio.run()
    assert (result.code, result.restarts, result.errors()) == (0, 0, [])
    assert "SKIPPED" in result.log
    assert words in result.log
    assert studio.files() == before


def test_an_unknown_place_is_left_alone(studio: Studio) -> None:
    studio.env = {"SAGEMAKER_APP_TYPE": ""}
    studio.metadata.unlink()
    assert "the app type is 'unknown'" in studio.run().log
    assert studio.installed() is None


def test_the_app_type_may_come_from_the_metadata(studio: Studio) -> None:
    studio.env = {"SAGEMAKER_APP_TYPE": ""}
    assert studio.run().errors() == []
    assert studio.installed()


def test_the_server_reads_the_connections_that_were_written(studio: Studio, wheel: Path) -> None:
    studio.pin(wheel, config=CONFIG)
    studio.run()
    assert [entry["label"] for entry in studio.connections()] == ["Own"]
