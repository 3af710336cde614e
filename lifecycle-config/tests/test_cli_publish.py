"""The admin command line: publish and render."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from rollout import (
    Cli,
    Release,
)
from studio import BUCKET, sha256

from sandbox.catalogue.model import OWN, REGION

#: Many processes, one after the other, on a machine that may be busy.
pytestmark = pytest.mark.timeout(300)

SHELLCHECK = Path(sys.executable).with_name("shellcheck")


def test_publish_puts_the_wheel_once(cli: Cli, release: Release) -> None:
    wheel = release("1.0.0")
    words = ("publish", "--wheel", str(wheel), "--bucket", BUCKET, "--json")
    assert cli(*words, "--dry-run").json()["action"] == "would upload"
    first = cli(*words).json()
    assert first["action"] == "uploaded"
    assert first["sha256"] == sha256(wheel)
    assert first["key"] == f"sagemaker-governance/{sha256(wheel)[:12]}/{wheel.name}"
    stored = cli.aws.client("s3", "admin").get_object(Bucket=BUCKET, Key=first["key"])
    assert stored["Body"].read() == wheel.read_bytes()
    assert cli(*words).json() == first | {"action": "kept"}


def test_publish_prints_what_the_script_needs(cli: Cli, release: Release) -> None:
    wheel = release("1.0.0")
    done = cli("publish", "--wheel", str(wheel), "--bucket", BUCKET)
    assert f"sha256   {sha256(wheel)}\n" in done.out
    assert "Putting" not in done.out
    assert "Putting" in done.err


def test_publish_encrypts_with_the_key_that_is_named(cli: Cli, release: Release) -> None:
    wheel = release("1.0.0")
    key = f"arn:aws:kms:{REGION}:{OWN}:key/6b2f8c1e-0000-4000-8000-000000000000"
    words = ("publish", "--wheel", str(wheel), "--bucket", BUCKET, "--kms-key", key, "--json")
    told = cli(*words).json()
    stored = cli.aws.client("s3", "admin").head_object(Bucket=BUCKET, Key=told["key"])
    assert (stored["ServerSideEncryption"], stored["SSEKMSKeyId"]) == ("aws:kms", key)


def test_publish_never_replaces_another_file(cli: Cli, published: Path) -> None:
    key = f"sagemaker-governance/{sha256(published)[:12]}/{published.name}"
    cli.aws.client("s3", "admin").put_object(Bucket=BUCKET, Key=key, Body=b"PK other")
    done = cli("publish", "--wheel", str(published), "--bucket", BUCKET, code=4)
    assert "is another file than its name says" in done.err


@pytest.mark.parametrize("name", ["other-1.0.0-py3-none-any.whl", "wheel.zip"])
def test_publish_takes_only_our_wheels(cli: Cli, release: Release, name: str) -> None:
    renamed = release("1.0.0").rename(cli.folder / name)
    done = cli("publish", "--wheel", str(renamed), "--bucket", BUCKET, code=2)
    assert "is not a wheel of jupyterlab-sagemaker-governance" in done.err


def test_render_fills_the_script_in(cli: Cli, release: Release) -> None:
    wheel = release("1.0.0")
    config = cli.folder / "connections.json"
    connection = {"id": "own", "kind": "sagemaker", "label": "O'Hara's $HOME `id` \\ registry"}
    content = {"SageMakerGovernance": {"connections": [connection]}}
    config.write_text(json.dumps(content, indent=2))
    script = cli.folder / "install.sh"
    words = ("--wheel", str(wheel), "--bucket", BUCKET, "--config", str(config))
    told = cli("render", *words, "--output", str(script), "--json").json()
    assert told["bytes"] == script.stat().st_size <= 12288
    # SC2016 guesses that the label was meant to be expanded.
    done = subprocess.run(  # noqa: S603 (own arguments)
        [str(SHELLCHECK), "--exclude=SC2016", str(script)],
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stdout
    # What bash reads in it is what was given.
    head = "".join(
        line + "\n"
        for line in script.read_text().splitlines()
        if line.startswith(("BUCKET=", "KEY=", "SHA256=", "VERSION=", "CONFIG="))
    )
    ask = head + r'printf "%s\n" "$BUCKET" "$KEY" "$SHA256" "$VERSION" "$CONFIG"'
    said = subprocess.run(  # noqa: S603 (the script under test)
        ["/bin/bash", "-c", ask], capture_output=True, text=True, timeout=10, check=True
    ).stdout.splitlines()
    assert said[:4] == [BUCKET, told["key"], sha256(wheel), "1.0.0"]
    assert json.loads(said[4]) == content


def test_render_prints_the_script_alone(cli: Cli, release: Release) -> None:
    done = cli("render", "--wheel", str(release("1.0.0")), "--bucket", BUCKET)
    assert done.out.startswith("#!/bin/bash\n")
    assert "12288 bytes" in done.err


def test_render_refuses_what_studio_would_refuse(cli: Cli, release: Release) -> None:
    config = cli.folder / "connections.json"
    config.write_text(json.dumps({"SageMakerGovernance": {"connections": ["x" * 12000]}}))
    words = ("render", "--wheel", str(release("1.0.0")), "--bucket", BUCKET)
    done = cli(*words, "--config", str(config), code=2)
    assert "Studio takes 12288" in done.err
    assert "Shorten the configuration by" in done.err


@pytest.mark.parametrize("member", ["password", "apikey", "token"])
def test_render_takes_no_secret(cli: Cli, release: Release, member: str) -> None:
    """Everybody who may describe the lifecycle configuration would read it."""
    words = ("render", "--wheel", str(release("1.0.0")), "--bucket", BUCKET, "--json")
    config = cli.folder / "connections.json"

    def write(secret: object) -> None:
        login = {"type": "basic", "username": "u", member: secret}
        content = {"connections": [{"id": "one"}, {"id": "two", "auth": login}]}
        config.write_text(json.dumps({"SageMakerGovernance": content}))

    write("hunter2-hunter2")
    done = cli(*words, "--config", str(config), code=2)
    assert f"SageMakerGovernance.connections.1.auth.{member}" in done.err
    assert "hunter2" not in done.out + done.err
    write({"secretsmanager": "governance/login", "key": member})
    cli(*words, "--config", str(config))


def test_the_same_content_has_the_same_name(cli: Cli, release: Release) -> None:
    def name(version: str, bucket: str = BUCKET) -> str:
        words = ("render", "--wheel", str(release(version)), "--bucket", bucket, "--json")
        return str(cli(*words).json()["name"])

    first = name("1.0.0rc1+local.7")
    assert first == name("1.0.0rc1+local.7")
    assert first.startswith("sagemaker-governance-1-0-0rc1-local-7-")
    assert len({first, name("1.0.1"), name("1.0.1", "other")}) == 3
