"""The checks of files and environment, and the command of a terminal."""

from __future__ import annotations

import asyncio
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from .. import __version__
from ..doctor import cli, installation, installer, network
from ..doctor.finding import Finding
from ..doctor.installation import LABEXTENSION, Page
from ..environment import Environment, read_environment
from ..limits import Limits
from ..relay import API_VERSION, Relay
from .lab import PACKAGE_ROOT
from .standin import StandIn, fixed

ROOT = PACKAGE_ROOT.parent
NOWHERE = Environment("unknown", None, None, None, "eu-west-1", None, None)


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Jupyter's and Python's folders, empty, in a home of their own."""
    home = tmp_path / "home"
    places = {
        "HOME": home,
        "JUPYTER_CONFIG_DIR": home / ".jupyter",
        "JUPYTER_DATA_DIR": home / ".local" / "share" / "jupyter",
        "JUPYTER_PATH": tmp_path / "shared",
        "JUPYTER_CONFIG_PATH": tmp_path / "etc",
        "PYTHONUSERBASE": home / ".local",
        "SG_LOG_FILE": tmp_path / "app.log",
    }
    for name, place in places.items():
        monkeypatch.setenv(name, str(place))
    monkeypatch.setattr("site.USER_BASE", None)
    monkeypatch.setattr("site.USER_SITE", None)
    monkeypatch.setattr(sys, "prefix", str(tmp_path / "conda"))
    return tmp_path


def relay_with(entries: object = None, environment: Environment = NOWHERE) -> Relay:
    return Relay(entries, environment, Limits())


def front_end(folder: Path, version: str = __version__) -> Path:
    """A front end in a folder of Jupyter's."""
    target = folder / "labextensions" / LABEXTENSION
    target.mkdir(parents=True)
    (target / "package.json").write_text(json.dumps({"version": version}))
    return target


def only(found: list[Finding]) -> Finding:
    assert len(found) == 1, found
    return found[0]


def test_one_release_is_green(tree: Path) -> None:
    front_end(tree / "shared")
    found = only(installation.versions(relay_with(), Page(__version__, API_VERSION, "4.6.6")))
    assert (found.state, found.hint) == ("ok", "")


@pytest.mark.parametrize(
    ("on_disk", "page", "words", "todo"),
    [
        (None, Page(), "not installed", "Install the wheel again"),
        ("0.0.9", Page(), "of different releases", "one wheel for both"),
        (__version__, Page("0.0.9", API_VERSION), "page is of another", "Reload the page"),
        (__version__, Page(__version__, API_VERSION + 1), "page is of another", "Reload"),
    ],
)
def test_parts_of_different_releases(
    tree: Path, on_disk: str | None, page: Page, words: str, todo: str
) -> None:
    if on_disk:
        front_end(tree / "shared", on_disk)
    found = only(installation.versions(relay_with(), page))
    assert found.state == "failed"
    assert words in found.message
    assert todo in found.hint


def test_the_first_front_end_is_the_one_that_is_served(tree: Path) -> None:
    front_end(tree / "shared")
    users = front_end(tree / "home" / ".local" / "share" / "jupyter", "0.0.1")
    # JUPYTER_PATH goes before the user's folder: the shared one wins.
    found = installation.copies()
    assert [f.state for f in found if "page is served" in f.message] == ["warning"]
    assert f"rm -r ~/{users.relative_to(tree / 'home')}" in found[-1].hint


def test_a_front_end_of_the_user_hides_the_installed_one(
    tree: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    front_end(tree / "home" / ".local" / "share" / "jupyter", "0.0.1")
    monkeypatch.setattr(
        installation,
        "jupyter_path",
        lambda name: [
            str(tree / "home" / ".local" / "share" / "jupyter" / name),
            str(tree / "conda" / "share" / "jupyter" / name),
        ],
    )
    front_end(tree / "conda" / "share" / "jupyter")
    found = [f for f in installation.copies() if f.state == "failed"]
    assert "hides" in only(found).message
    assert "rm -r ~/.local/share/jupyter" in only(found).hint


def test_a_second_copy_of_the_server_part(tree: Path) -> None:
    assert only(installation.copies()).state == "ok"
    version = f"python{sys.version_info[0]}.{sys.version_info[1]}"
    users = tree / "home" / ".local" / "lib" / version / "site-packages" / "sagemaker_governance"
    users.mkdir(parents=True)
    (users / "__init__.py").touch()
    found = only(installation.copies())
    assert found.state == "warning"
    assert "rm -r ~/.local/lib" in found.hint


def test_a_switch_that_is_off_names_the_file(tree: Path) -> None:
    assert only(installation.enabled(True, None)).state == "ok"
    assert only(installation.enabled(False, True)).state == "ok"
    assert "not switched on" in only(installation.enabled(False, False)).message
    folder = tree / "etc" / "labconfig"
    folder.mkdir(parents=True)
    for listed in (
        {f"{LABEXTENSION}:registry": True, "other": True},
        [LABEXTENSION],
    ):
        (folder / "page_config.json").write_text(json.dumps({"disabledExtensions": listed}))
        found = only(installation.enabled(True, None))
        assert found.state == "failed"
        assert "page_config.json" in found.message
    (folder / "page_config.json").write_text(
        json.dumps({"disabledExtensions": {LABEXTENSION: False, f"{LABEXTENSION}-x": True}})
    )
    assert only(installation.enabled(True, None)).state == "ok"


@pytest.mark.parametrize(
    ("line", "record", "state", "words"),
    [
        (f"DONE version {__version__} installed in 3 s; the server restarts.", True, "ok", "DONE"),
        (f"DONE version {__version__} is installed already", False, "untested", "DONE"),
        ("DONE version 9.9.9 installed in 3 s.", True, "failed", f"what runs is {__version__}"),
        ("ERROR S3 denied s3://b/k. Give the role s3:GetObject", True, "failed", "S3 denied"),
        ("SKIPPED the app runs in recovery mode.", False, "warning", "recovery mode"),
        (None, True, "untested", "log cannot be read"),
        (None, False, "info", "no trace of an installer"),
    ],
)
def test_the_last_word_of_the_installer(
    tree: Path, line: str | None, record: bool, state: str, words: str
) -> None:
    if line:
        log = "sagemaker-governance: ERROR of an earlier start\nsomething else\n"
        (tree / "app.log").write_text(f"{log}sagemaker-governance: {line}\nmore\n")
    if record:
        place = tree / "conda" / installer._RECORD
        place.parent.mkdir(parents=True)
        place.write_text("x")
    found = only(asyncio.run(installer.installer(relay_with())))
    assert found.state == state, found
    assert words in found.message
    assert found.hint or state in ("ok", "info")


def test_the_script_writes_what_is_looked_for() -> None:
    """Log, record and words of `install.sh` are those of this check."""
    script = (ROOT / "lifecycle-config" / "install.sh").read_text()
    assert installer._LOG in script
    folder, current, name = installer._RECORD.rsplit("/", 2)
    for words in (
        f'STATE_DIR="$PREFIX/{folder}"\n',
        f'CURRENT="$STATE_DIR/{current}"\n',
        f'>"$stage/{name}"',
        'mv -T "$CURRENT.next" "$CURRENT"',
        'line="sagemaker-governance: $*',
        'end "ERROR ',
        "end 'SKIPPED ",
        'what="DONE version $VERSION installed ',
    ):
        assert words in script


@pytest.mark.parametrize(
    ("metadata", "environ", "app", "space"),
    [
        ({"AppType": "JupyterLab", "UserProfileName": "ds", "ResourceArn": "x"}, {}, "ok", "ok"),
        (
            {"AppType": "JupyterLab", "ResourceArn": "x"},
            {"SAGEMAKER_SPACE_TYPE_LOWERCASE": "shared"},
            "ok",
            "warning",
        ),
        ({"AppType": "CodeEditor", "ResourceArn": "x"}, {}, "failed", "warning"),
        ({"AdditionalMetadata": {"DataZoneScopeName": "x"}}, {}, "failed", "warning"),
        ({}, {}, "warning", "warning"),
    ],
)
def test_where_the_lab_runs(
    tree: Path,
    monkeypatch: pytest.MonkeyPatch,
    metadata: dict[str, Any],
    environ: dict[str, str],
    app: str,
    space: str,
) -> None:
    for name in ("SAGEMAKER_APP_TYPE", "SAGEMAKER_SPACE_TYPE_LOWERCASE"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    file = tree / "metadata.json"
    file.write_text(json.dumps(metadata))
    relay = relay_with([], read_environment(str(file)))
    assert only(installation.app(relay)).state == app
    assert only(installation.space(relay)).state == space
    # Read anew: the facts of the server's start may be old.
    file.write_text("{")
    assert only(installation.space(relay)).state == "failed"


@pytest.mark.parametrize(
    ("env", "state", "shown"),
    [
        ({}, "ok", "no proxy"),
        ({"https_proxy": "http://u:p4ss@proxy:8080"}, "info", "https_proxy proxy:8080 (with a"),
        ({"HTTPS_PROXY": "proxy:3128/p4ss"}, "info", "HTTPS_PROXY proxy:3128;"),
        ({"HTTPS_PROXY": "http://u@p4ss@:x"}, "info", "(not an address)"),
        ({"NO_PROXY": "a,b.c , "}, "info", "NO_PROXY with 2 entries"),
        ({"AWS_CA_BUNDLE": "/no/such/bundle.pem"}, "failed", "AWS_CA_BUNDLE names a bundle"),
    ],
)
def test_proxies_and_certificates(env: dict[str, str], state: str, shown: str) -> None:
    found = only(asyncio.run(network.network(env)))
    assert found.state == state
    assert shown in found.message
    assert "p4ss" not in found.message


def test_a_broken_configuration_is_told(tree: Path) -> None:
    found = installation.configuration(relay_with([{"id": "x", "kind": "nonsense"}]))
    assert found[0].state == "failed"
    assert "kind must be" in found[0].message
    assert only(installation.configuration(relay_with([]))).state == "ok"


# ------------------------------------------------------------- the command


def run(*arguments: str, **environ: str) -> subprocess.CompletedProcess[str]:
    """`jupyter sagemaker-governance ...`, by the name that jupyter looks for."""
    return subprocess.run(  # noqa: S603 - our own interpreter
        [sys.executable, "-m", "jupyter", "sagemaker-governance", *arguments],
        env={**os.environ, **environ},
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )


@pytest.fixture
def command(tree: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The command as the wheel would install it, on the path."""
    scripts = (ROOT / "pyproject.toml").read_text().partition("[project.scripts]")[2]
    named = re.search(r'^([\w-]+) = "([\w.]+):(\w+)"', scripts, re.MULTILINE)
    assert named is not None
    name, module, function = named.groups()
    folder = tree / "bin"
    folder.mkdir()
    script = folder / name
    script.write_text(
        f"#!{sys.executable}\nimport sys\nfrom {module} import {function}\nsys.exit({function}())\n"
    )
    script.chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("PYTHONPATH", str(PACKAGE_ROOT))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    return folder


def configure(tree: Path, file: str, settings: dict[str, Any]) -> None:
    folder = tree / "etc"
    folder.mkdir(exist_ok=True)
    (folder / file).write_text(json.dumps({"SageMakerGovernance": settings}))


def test_jupyter_finds_the_command(tree: Path, command: Path, upstream: StandIn) -> None:
    entry = {"id": "ml", "kind": "mlflow", "label": "MLflow", "url": f"{upstream.url}/ml"}
    upstream.on("/ml/", fixed('{"experiments": []}'))
    upstream.on("/ml/version", fixed("3.1.0", kind="text/plain"))
    configure(tree, "jupyter_sagemaker_governance_config.json", {"connections": [entry]})
    done = run("doctor", "--only", "ml", AWS_REGION="eu-west-1")
    assert done.returncode == 0, done.stderr
    assert "✓ ok" in done.stdout
    assert "MLflow 3.1.0" in done.stdout
    assert done.stderr == ""
    assert max(len(line) for line in done.stdout.splitlines()) <= 80
    # In a terminal that knows no Unicode as well.
    plain = run("doctor", "--only", "ml", PYTHONIOENCODING="ascii", AWS_REGION="eu-west-1")
    assert (plain.returncode, "+ ok" in plain.stdout) == (0, True)


def test_the_command_reads_what_the_server_reads(tree: Path, command: Path) -> None:
    """`jupyter_server_config.json` counts as well, and what fails gives 3."""
    down = {"id": "down", "kind": "mlflow", "url": "http://127.0.0.1:9"}
    configure(tree, "jupyter_server_config.json", {"connections": [down]})
    done = run("doctor", "--json", "--only", "down", "enabled", AWS_REGION="eu-west-1")
    report = json.loads(done.stdout)
    assert done.returncode == 3
    told = {one["check"]: one for one in report["findings"]}
    assert told["mlflow"]["state"] == "failed"
    assert told["mlflow-version"]["state"] == "untested"
    # Nothing switches the extension on in these folders.
    assert told["enabled"]["state"] == "failed"
    assert report["counts"]["failed"] == 2
    shutil.copytree(
        PACKAGE_ROOT / "jupyter-config" / "server-config", tree / "etc" / "jupyter_server_config.d"
    )
    done = run("doctor", "--json", "--only", "enabled")
    assert json.loads(done.stdout)["findings"][0]["state"] == "ok"
    assert done.returncode == 0


def test_wrong_usage_says_what_there_is(
    tree: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert cli.main(["doctor", "--only", "clok"]) == cli.USAGE
    said = capsys.readouterr().err
    assert "named clok" in said
    assert "clock" in said
    for arguments in ([], ["doctr"], ["doctor", "--colour"]):
        with pytest.raises(SystemExit) as ended:
            cli.main(arguments)
        assert ended.value.code == cli.USAGE
    monkeypatch.setattr(cli, "configured", lambda: 1 / 0)
    assert cli.main(["doctor"]) == cli.BROKEN
