"""Settings that are newer than the SDK of the command line survive it."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from rollout import Cli, Release
from studio import BUCKET

ARN = "arn:aws:sagemaker:eu-west-1:111122223333"
#: No SDK knows these members.
SETTINGS = (
    '{"ExecutionRole": "arn:aws:iam::111122223333:role/x", "FutureSettings": {"Deep": [1, 2.50]},'
    ' "JupyterLabAppSettings": {"FutureThing": {"Level": 3, "Names": ["ä", null]}}}'
)


@dataclass
class Future:
    """SageMaker of a later year: merges members of settings, whatever they are."""

    domain: dict[str, Any] = field(
        default_factory=lambda: {
            "DomainId": "d-future",
            "DomainArn": f"{ARN}:domain/d-future",
            "Status": "InService",
            "DefaultUserSettings": json.loads(SETTINGS),
        }
    )
    sent: list[dict[str, Any]] = field(default_factory=list)

    def answer(self, operation: str, asked: dict[str, Any]) -> dict[str, Any]:
        """Carry an operation out."""
        if operation == "UpdateDomain":
            self.sent.append(asked)
            self.domain["DefaultUserSettings"] |= asked["DefaultUserSettings"]
        if operation == "DescribeDomain":
            return self.domain
        if operation == "CreateStudioLifecycleConfig":
            name = asked["StudioLifecycleConfigName"]
            return {"StudioLifecycleConfigArn": f"{ARN}:studio-lifecycle-config/{name}"}
        return {}


@pytest.fixture
def future() -> Iterator[tuple[Future, str]]:
    """It, and its address."""
    service = Future()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:  # the name that the base class calls
            body = self.rfile.read(int(self.headers["Content-Length"]))
            operation = self.headers["X-Amz-Target"].partition(".")[2]
            answer = json.dumps(service.answer(operation, json.loads(body))).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/x-amz-json-1.1")
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_: object) -> None:
            """Say nothing of each request."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield service, f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def test_what_the_sdk_does_not_know_is_sent_back_unchanged(
    cli: Cli, release: Release, future: tuple[Future, str]
) -> None:
    service, url = future
    wheel = release("1.0.0")
    cli("publish", "--wheel", str(wheel), "--bucket", BUCKET)
    words = ("--domain-id", "d-future", "--yes", "--json")
    there = {"AWS_ENDPOINT_URL_SAGEMAKER": url}
    cli("attach", "--wheel", str(wheel), "--bucket", BUCKET, *words, **there)
    (sent,) = service.sent
    lab = sent["DefaultUserSettings"]["JupyterLabAppSettings"]
    assert lab.pop("BuiltInLifecycleConfigArn").startswith(ARN)
    assert lab == json.loads(SETTINGS)["JupyterLabAppSettings"]
    # What is beside that structure is never sent.
    assert set(sent["DefaultUserSettings"]) == {"JupyterLabAppSettings"}
    assert set(sent) == {"DomainId", "DefaultUserSettings"}
    cli("detach", *words, **there)
    assert service.domain["DefaultUserSettings"] == json.loads(SETTINGS)
