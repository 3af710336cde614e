"""Fixtures: an S3 that checks signatures and policies, a wheel, a container."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.config import Config
from person import Image, Person
from rollout import Cli, compile_cli, make_wheel
from studio import BUCKET, FOLDER, ROOT, Studio

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


def _client(service: str, url: str) -> Any:
    return boto3.client(
        service,
        endpoint_url=url,
        region_name=REGION,
        aws_access_key_id="setup",
        aws_secret_access_key="setup",  # noqa: S106 (moto asks for any)
        config=Config(retries={"max_attempts": 1}),
    )


class S3:
    """The sandbox's S3, for somebody who starts an app."""

    def __init__(self, aws: AwsProcess) -> None:
        self._aws = aws
        aws.control("POST", f"s3/{BUCKET}")

    def upload(self, file: Path, key: str | None = None, query: str = "") -> None:
        """Put a file where the script looks for it.

        Args:
            query: of the sandbox's control call, such as ``?kms=ARN``.
        """
        key = key or f"{FOLDER}/{file.name}"
        said = self._aws.raw_control("PUT", f"s3/{BUCKET}/{key}{query}", file.read_bytes())
        assert b"error" not in said, said

    def env(self) -> dict[str, str]:
        """Environment with the credentials of an execution role."""
        role = self._aws.credentials("reader")
        return {
            "AWS_ENDPOINT_URL": self._aws.url,
            "AWS_REGION": REGION,
            "AWS_DEFAULT_REGION": REGION,
            "AWS_ACCESS_KEY_ID": role.access_key,
            "AWS_SECRET_ACCESS_KEY": role.secret_key,
            "AWS_SESSION_TOKEN": role.token,
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


@pytest.fixture
def s3(aws_process: AwsProcess) -> S3:
    """A running S3."""
    return S3(aws_process)


@pytest.fixture(scope="session")
def account(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], Any]]:
    """Clients of an empty account, for what CloudFormation makes."""
    with moto(tmp_path_factory.mktemp("account") / "log") as url:
        yield lambda service: _client(service, url)


@pytest.fixture(scope="session")
def person() -> Person:
    """Who the installer runs as."""
    return Person.find()


@pytest.fixture(scope="session")
def ground() -> Iterator[Path]:
    """A folder that a second user may enter; pytest's own are closed to others."""
    with tempfile.TemporaryDirectory(prefix="sg-studio-") as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


@pytest.fixture(scope="session")
def image(person: Person, ground: Path) -> Image:
    """The image of the Python that runs the tests."""
    return Image.of(Path(sys.base_prefix), person, ground)


@pytest.fixture
def place(ground: Path) -> Iterator[Path]:
    """A folder for one test."""
    folder = Path(tempfile.mkdtemp(dir=ground))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def new_studio(place: Path, s3: S3, person: Person, image: Image) -> Callable[[], Studio]:
    """Makes a container that may read the bucket."""
    return lambda: Studio(place / "studio", s3.env(), person, image)


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
