"""The sandbox's AWS as a real process, and callers of it."""

from __future__ import annotations

import functools
import json
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any

import botocore.session
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.client import BaseClient
from botocore.config import Config
from botocore.credentials import Credentials

from sandbox.catalogue.model import EXTERNAL_ID, REGION, REGISTRY_ROLE

ROOT = Path(__file__).parents[2]
READY_SECONDS = 60.0


@functools.cache
def _session() -> botocore.session.Session:
    """One session, since each reads SageMaker's large service model anew."""
    return botocore.session.get_session()


@dataclass(frozen=True)
class Answer:
    """A raw answer."""

    status: int
    body: Any
    headers: dict[str, str]


class AwsProcess:
    """``python -m sandbox.aws`` on a free port.

    Args:
        options: of the command line, after ``--port 0``.
    """

    def __init__(self, *options: str) -> None:
        self._options = options
        self._process: subprocess.Popen[str] | None = None
        self.url = ""
        self.mlflow: dict[str, str] = {}
        """``gateway`` and ``managed``, with ``--mlflow``."""

    def __enter__(self) -> AwsProcess:
        self._process = subprocess.Popen(  # noqa: S603  (our own module)
            [sys.executable, "-m", "sandbox.aws", "--port", "0", *self._options],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            text=True,
        )
        # readline() has no time limit of its own.
        limit = threading.Timer(READY_SECONDS, self._process.kill)
        limit.start()
        try:
            assert self._process.stdout is not None
            line = self._process.stdout.readline()
        finally:
            limit.cancel()
        if not line:
            raise RuntimeError(f"sandbox.aws ended with {self._process.wait()}")
        said = json.loads(line)
        self.url = said["url"]
        self.mlflow = said.get("mlflow", {})
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        assert self._process is not None
        self._process.terminate()
        assert self._process.wait(timeout=20) == 0
        assert self._process.stdout is not None
        self._process.stdout.close()

    def control(self, method: str, path: str, body: Any = None) -> Any:
        """A privileged call; refusals come back as ``{"error": ...}``."""
        data = json.dumps(body).encode() if body is not None else None
        return json.loads(self.raw_control(method, path, data))

    def raw_control(self, method: str, path: str, data: bytes | None) -> bytes:
        """A privileged call with a raw body."""
        request = urllib.request.Request(  # noqa: S310  (http only, our own server)
            f"{self.url}/_sandbox/{path}", data=data, method=method
        )
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310  (as above)
                return bytes(answer.read())
        except urllib.error.HTTPError as refused:
            return bytes(refused.read())

    def credentials(self, persona: str, query: str = "") -> Credentials:
        """Credentials of a fresh session."""
        known = self.control("GET", f"credentials/{persona}{query}")
        return Credentials(known["AccessKeyId"], known["SecretAccessKey"], known["Token"])

    def client(
        self, service: str = "sagemaker", who: str | Credentials = "data-scientist"
    ) -> BaseClient:
        """A botocore client of a persona or of given credentials, without retries."""
        credentials = self.credentials(who) if isinstance(who, str) else who
        return _session().create_client(
            service,
            region_name=REGION,
            endpoint_url=self.url,
            aws_access_key_id=credentials.access_key,
            aws_secret_access_key=credentials.secret_key,
            aws_session_token=credentials.token,
            config=Config(retries={"total_max_attempts": 1}, s3={"addressing_style": "path"}),
        )

    def registry(
        self, account: str, who: str = "data-scientist", external_id: str = EXTERNAL_ID
    ) -> Credentials:
        """Credentials of the registry role of another account."""
        answer = self.client("sts", who).assume_role(
            RoleArn=f"arn:aws:iam::{account}:role/{REGISTRY_ROLE}",
            RoleSessionName="relay",
            ExternalId=external_id,
        )["Credentials"]
        return Credentials(answer["AccessKeyId"], answer["SecretAccessKey"], answer["SessionToken"])

    def call(
        self,
        operation: str,
        body: Any,
        credentials: Credentials | None,
        headers: dict[str, str] | None = None,
    ) -> Answer:
        """A SageMaker request over plain HTTP, so that nothing is hidden by a client.

        Args:
            body: JSON value, or bytes to send as they are.
            credentials: None: not signed.
            headers: sent besides, unsigned.
        """
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        request = AWSRequest(
            "POST",
            f"{self.url}/",
            data=data,
            headers={
                "X-Amz-Target": f"SageMaker.{operation}",
                "Content-Type": "application/x-amz-json-1.1",
            },
        )
        if credentials is not None:
            SigV4Auth(credentials, "sagemaker", REGION).add_auth(request)
        sent = urllib.request.Request(  # noqa: S310  (http only, our own server)
            request.url,
            data=data,
            headers=dict(request.headers.items()) | (headers or {}),
            method="POST",
        )
        try:
            with urllib.request.urlopen(sent, timeout=30) as answer:  # noqa: S310  (as above)
                return Answer(answer.status, json.loads(answer.read()), dict(answer.headers))
        except urllib.error.HTTPError as refused:
            return Answer(refused.code, json.loads(refused.read()), dict(refused.headers))
