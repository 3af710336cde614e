"""The npm package: the command line out of the tarball alone."""

from __future__ import annotations

import json
import subprocess
import tarfile
from pathlib import Path

import pytest
from rollout import Cli, attach
from studio import ROOT

#: Many processes, one after the other, on a machine that may be busy.
pytestmark = pytest.mark.timeout(300)


@pytest.fixture
def tarball(cli: Cli) -> Path:
    """What is published, with the command line compiled and bundled as the build does."""
    bundle = cli.folder / "bundle"
    for script, *words in (
        ("bundle-cli.mjs", cli.main, bundle),
        ("pack.mjs", "--cli", bundle, "--to", cli.folder),
    ):
        done = subprocess.run(  # noqa: S603 (own arguments)
            ["node", str(ROOT / "scripts" / script), *map(str, words)],  # noqa: S607
            check=True,
            stdout=subprocess.PIPE,
            text=True,
            timeout=200,
        )
    return Path(done.stdout.strip())


@pytest.fixture
def package(cli: Cli, tarball: Path) -> Path:
    """The unpacked tarball, in a folder without node_modules above it."""
    with tarfile.open(tarball) as archive:
        archive.extractall(cli.folder / "unpacked", filter="data")
    return cli.folder / "unpacked" / "package"


def test_npx_runs_the_tarball_alone(cli: Cli, tarball: Path) -> None:
    """Without a network: nothing else is needed, and nothing else is installed."""
    empty = cli.folder / "empty"
    empty.mkdir()
    npx = ["npx", "--yes", "--offline", "--package", str(tarball)]
    done = subprocess.run(  # noqa: S603 (own arguments)
        [*npx, "jupyterlab-sagemaker-governance", "status", "--json"],
        cwd=empty,
        env=cli.env() | {"npm_config_cache": str(cli.folder / "npm")},
        capture_output=True,
        text=True,
        timeout=200,
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["private"] == {"arn": "", "version": ""}
    (installed,) = (cli.folder / "npm" / "_npx").glob("*/node_modules")
    assert [one.name for one in installed.iterdir() if not one.name.startswith(".")] == [
        "jupyterlab-sagemaker-governance"
    ]


def test_the_tarball_rolls_out_by_itself(cli: Cli, package: Path, published: Path) -> None:
    """No registry, no node_modules: one file, and what it reads beside it."""
    entry = package / "lib" / "cli" / "standalone.js"
    assert entry.read_text().startswith("#!/usr/bin/env node\n")
    cli.main = entry
    version = json.loads((ROOT / "package.json").read_text())["version"]
    assert cli("--version").out == f"{version}\n"
    assert attach(cli, published)["action"] == "done"
    assert cli("status", "--json").json()["private"]["version"] == "1.0.0"
    words = ("--wheel", str(published), "--bucket", "another-bucket")
    assert "another-bucket" in cli("render", "--cloudformation", *words).out
    found = {one["id"]: one for one in cli("doctor", "--json").json()["findings"]}
    assert found["execution-roles"]["result"] == "ok"  # IAM is in it too
    assert cli("detach", "--yes", "--json").json()["action"] == "done"
    licences = (entry.parent / "standalone.licences.txt").read_text()
    assert "Apache License" in licences
    assert "@aws-sdk/client-iam" in licences


def test_the_tarball_has_what_the_guide_names(package: Path) -> None:
    told = json.loads((package / "package.json").read_text())
    assert told["bin"] == {"jupyterlab-sagemaker-governance": "lib/cli/standalone.js"}
    assert "dependencies" not in told
    assert told["peerDependenciesMeta"]["@jupyterlab/application"] == {"optional": True}
    guide = (package / "docs" / "admin-guide.md").read_text()
    names = ("install.sh", "rehearse.sh", "cloudformation/watsonx-governance-link.yaml")
    for name in (*names, "iam/admin.json", "iam/execution-role-trust.json", "iam/README.md"):
        assert (package / "lifecycle-config" / name).is_file()
        assert name in guide or name == "install.sh"
    shipped = {path.name for path in (ROOT / "lifecycle-config/iam").glob("*.json")}
    assert {path.name for path in (package / "lifecycle-config/iam").glob("*.json")} == shipped
