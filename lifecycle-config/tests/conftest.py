"""Fixtures: a real S3 that checks signatures and policies, a wheel, a container."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import boto3
import pytest
import requests
from botocore.config import Config
from rollout import Cli, compile_cli, make_wheel
from studio import BUCKET, ROOT, Studio

from sandbox.tests.aws_fixture import AwsProcess

REGION = "eu-west-1"


@pytest.fixture(scope="session")
def wheel() -> Path:
    """The built wheel."""
    named = os.environ.get("SG_WHEEL")
    found = [Path(named)] if named else sorted((ROOT / "dist").glob("*.whl"))
    if not found or not found[0].exists():
        pytest.fail("There is no wheel in dist/: run npm test -- --only lifecycle.")
    return found[0]


def _client(service: str, url: str, access_key: dict[str, str]) -> Any:
    return boto3.client(
        service,
        endpoint_url=url,
        region_name=REGION,
        aws_access_key_id=access_key["AccessKeyId"],
        aws_secret_access_key=access_key["SecretAccessKey"],
        config=Config(s3={"addressing_style": "path"}, retries={"max_attempts": 1}),
    )


class S3:
    """moto's S3 behind IAM, with an execution role's and an admin's keys."""

    def __init__(self, url: str) -> None:
        self.url = url
        anybody = {"AccessKeyId": "setup", "SecretAccessKey": "setup"}
        iam = _client("iam", url, anybody)
        self._admin = self._user(iam, "admin", "s3:*", "*")
        self.reader = self._user(iam, "execution", "s3:GetObject", f"arn:aws:s3:::{BUCKET}/*")
        self.stranger = self._user(iam, "stranger", "s3:GetObject", "arn:aws:s3:::other/*")
        # From here on signatures and policies are checked.
        requests.post(f"{url}/moto-api/reset-auth", data="0", timeout=10).raise_for_status()
        self._s3 = _client("s3", url, self._admin)
        self._s3.create_bucket(
            Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": REGION}
        )

    @staticmethod
    def _user(iam: Any, name: str, action: str, resource: str) -> dict[str, str]:
        statement = {"Effect": "Allow", "Action": action, "Resource": resource}
        document = {"Version": "2012-10-17", "Statement": [statement]}
        iam.create_user(UserName=name)
        iam.put_user_policy(UserName=name, PolicyName="own", PolicyDocument=json.dumps(document))
        key = iam.create_access_key(UserName=name)["AccessKey"]
        return {part: str(key[part]) for part in ("AccessKeyId", "SecretAccessKey")}

    def upload(self, file: Path, key: str | None = None) -> None:
        """Put a file where the script looks for it."""
        self._s3.upload_file(str(file), BUCKET, key or f"governance/{file.name}")

    def env(self, access_key: dict[str, str] | None = None) -> dict[str, str]:
        """Environment that reaches this S3 with the given keys."""
        key = access_key or self.reader
        return {
            "AWS_ENDPOINT_URL": self.url,
            "AWS_REGION": REGION,
            "AWS_DEFAULT_REGION": REGION,
            "AWS_ACCESS_KEY_ID": key["AccessKeyId"],
            "AWS_SECRET_ACCESS_KEY": key["SecretAccessKey"],
        }


@contextmanager
def moto(log: Path) -> Iterator[str]:
    """A moto server of its own; what is set up before `reset-auth` needs no rights."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    env = {k: v for k, v in os.environ.items() if not k.startswith("AWS_")}
    # Calls before reset-auth set up, those after it are checked.
    env |= {"INITIAL_NO_AUTH_ACTION_COUNT": "1000000", "NO_PROXY": "127.0.0.1"}
    with log.open("wb") as output:
        server = subprocess.Popen(  # noqa: S603 (own arguments)
            [str(Path(sys.executable).with_name("moto_server")), "-p", str(port)],
            env=env,
            stdout=output,
            stderr=output,
        )
    try:
        for _ in range(200):
            assert server.poll() is None, log.read_text()
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.1)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait(10)


@pytest.fixture(scope="session")
def s3(tmp_path_factory: pytest.TempPathFactory) -> Iterator[S3]:
    """A running S3."""
    with moto(tmp_path_factory.mktemp("moto") / "log") as url:
        yield S3(url)


@pytest.fixture(scope="session")
def account(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], Any]]:
    """Clients of an empty account, for what CloudFormation makes."""
    with moto(tmp_path_factory.mktemp("account") / "log") as url:
        anybody = {"AccessKeyId": "setup", "SecretAccessKey": "setup"}
        yield lambda service: _client(service, url, anybody)


@pytest.fixture
def new_studio(tmp_path: Path, s3: S3) -> Callable[[], Studio]:
    """Makes a container that may read the bucket."""
    return lambda: Studio(tmp_path / "studio", s3.env())


@pytest.fixture
def studio(new_studio: Callable[[], Studio], s3: S3, wheel: Path) -> Studio:
    """A container whose script is set up for the built wheel, which is in S3."""
    made = new_studio()
    s3.upload(wheel)
    made.pin(wheel)
    return made


@pytest.fixture
def silent_port() -> Iterator[int]:
    """A port that takes connections and never answers."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(16)
        yield listener.getsockname()[1]


@pytest.fixture(scope="session")
def cli_main() -> Path:
    """Entry of the admin command line, compiled."""
    return compile_cli(ROOT / ".cache" / "cli-test")


@pytest.fixture(scope="session")
def aws_process() -> Iterator[AwsProcess]:
    """The sandbox's AWS, with Studio's domain."""
    with AwsProcess() as process:
        yield process


@pytest.fixture
def aws(aws_process: AwsProcess) -> AwsProcess:
    """AWS as it was seeded, with an empty bucket for the wheels."""
    aws_process.control("POST", "reset")
    aws_process.control("POST", f"s3/{BUCKET}")
    s3 = aws_process.client("s3", "admin")
    for row in s3.list_objects_v2(Bucket=BUCKET).get("Contents", []):
        s3.delete_object(Bucket=BUCKET, Key=row["Key"])
    return aws_process


@pytest.fixture
def cli(cli_main: Path, aws: AwsProcess, tmp_path: Path) -> Cli:
    """The command line for a cloud admin who has the shipped rights and no others."""
    return Cli(cli_main, aws, aws.credentials("cloud-admin"), tmp_path)


@pytest.fixture
def release(tmp_path: Path) -> Callable[[str], Path]:
    """Makes the wheel of a version."""
    return lambda version: make_wheel(tmp_path / "releases", version)


@pytest.fixture
def sagemaker(aws: AwsProcess) -> Iterator[Any]:
    """SageMaker for somebody who may do all."""
    yield aws.client("sagemaker", "admin")
    aws.control("PUT", "studio", {"merge": "member", "settle": 0, "lag": 0})


@pytest.fixture
def published(cli: Cli, release: Callable[[str], Path]) -> Path:
    """A wheel that is in the bucket."""
    wheel = release("1.0.0")
    cli("publish", "--wheel", str(wheel), "--bucket", BUCKET)
    return wheel
