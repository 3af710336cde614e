"""What an attacker tried, each with the answer it must get."""

from __future__ import annotations

import asyncio
import json
import socket
import time
from pathlib import Path

import pytest
from aiohttp import web

from ..allow import check_mlflow, graphql_reads
from ..errors import RelayError
from .conftest import ALL_SECRETS, SECRETS
from .lab import PREFIX, Lab
from .standin import Reply, StandIn, fixed, json_reply


def raw(lab: Lab, request: str, seconds: float = 60) -> bytes:
    """Send bytes as they stand, give back all that comes."""
    with socket.create_connection(("127.0.0.1", lab.port), timeout=seconds) as wire:
        wire.sendall(request.encode("latin1"))
        answer = b""
        while chunk := wire.recv(65536):
            answer += chunk
    return answer


def head(lab: Lab, method: str, path: str, *lines: str) -> str:
    """Head of a request as the lab's page sends it."""
    common = (
        f"Host: 127.0.0.1:{lab.port}",
        "Sec-Fetch-Site: same-origin",
        "Cookie: _xsrf=6f6b",
        "X-XSRFToken: 6f6b",
        "Connection: close",
    )
    return "\r\n".join((f"{method} {PREFIX}{path} HTTP/1.1", *common, *lines, "", ""))


def wire(answer: bytes) -> Reply:
    """An upstream that writes these bytes and closes."""

    async def reply(request: web.Request) -> web.StreamResponse:
        transport = request.transport
        assert transport is not None
        transport.write(answer)
        await asyncio.sleep(0.2)
        transport.close()
        return web.Response()

    return reply


@pytest.mark.parametrize(
    "path",
    [
        # Where MLflow 3 really keeps them (CVE-2026-0545).
        "ajax-api/3.0/jobs",
        "ajax-api/3.0/jobs/",
        "ajax-api/3.0/jobs/search",
        "api/3.0/jobs/1",
        "prefix/ajax-api/3.0/jobs/1",
        # Read as the plain name by some server on the way.
        "ajax-api/3.0/mlflow;x/jobs",
        "ajax-api;a=b/3.0/mlflow/assistant",
        "ajax-api/3.0/mlflow/%EF%BC%8Fjobs",
        "ajax-api/3.0/mlflow/assistant%C2%A0",
        "ajax-api/3.0/mlflow/%EF%BD%81ssistant",
        "ajax-api/3.0/mlflow/jobs%3Fx",
    ],
)
def test_dangerous_routes_under_other_names(lab: Lab, upstream: StandIn, path: str) -> None:
    assert lab.post(f"mlflow/ml/{path}", b"{}").code == "path_not_allowed"
    assert lab.get(f"mlflow/ml/{path}").code == "path_not_allowed"
    assert not upstream.seen


def test_files_may_have_any_name(lab: Lab) -> None:
    for path in ("artifacts/1/jobs/a.txt", "mpu/create/1/assistant"):
        assert lab.get(f"mlflow/ml/api/2.0/mlflow-artifacts/{path}").status == 200


def test_an_opened_route_opens_no_other() -> None:
    check_mlflow("ajax-api/3.0/jobs/1", "ml", ["Jobs"])
    with pytest.raises(RelayError):
        check_mlflow("ajax-api/3.0/mlflow/jobs/assistant", "ml", ["jobs"])


def test_a_long_path_does_not_stop_the_server() -> None:
    def work(segments: int) -> float:
        spent: list[float] = []
        for _ in range(5):
            started = time.process_time()
            check_mlflow("api/1/mlflow/" * segments + "x", "ml", [])
            spent.append(time.process_time() - started)
        return min(spent)

    # Ten times as long, ten times the work; an expression that tries all ways to read
    # the path would need a hundred times.
    assert work(4500) < 35 * work(450)


@pytest.mark.parametrize("path", [";/b", "a/;x/b", "a/;", "..;a/b"])
def test_a_segment_that_is_only_a_parameter_is_refused(
    lab: Lab, upstream: StandIn, path: str
) -> None:
    assert lab.get(f"mlflow/ml/{path}").code == "bad_path"
    assert not upstream.seen


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "graphql", b'{"query":"mutation M {x}","query":"{a}"}'),
        ("POST", "graphql", b'{"query":"{a}","query":"mutation M {x}"}'),
        ("POST", "graphql?query=mutation", b'{"query":"{a}"}'),
        ("GET", "graphql?query=mutation", None),
        ("GET", "graphql/", None),
    ],
)
def test_read_only_and_two_queries(
    lab: Lab, upstream: StandIn, method: str, path: str, body: bytes | None
) -> None:
    assert lab.request(method, f"mlflow/ml-ro/{path}", None, body).code == "read_only"
    assert not upstream.seen
    assert not graphql_reads(b'{"query":"{a}","variables":{"x":1,"x":2}}')


def test_a_method_override_does_not_pass(lab: Lab, upstream: StandIn) -> None:
    names = ("X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override")
    headers = dict.fromkeys(names, "DELETE")
    assert lab.post("mlflow/ml-ro/api/2.0/mlflow/runs/search", b"{}", headers).status == 200
    assert not {name for name, _ in upstream.seen[-1].headers} & set(names)


@pytest.mark.parametrize("connection", ["ml-signed", "ml"])
def test_the_browser_cannot_choose_the_tracking_server(
    lab: Lab, upstream: StandIn, connection: str
) -> None:
    lab.get(f"mlflow/{connection}/version", {"X-MLFLOW-SM-Tracking-Server-Arn": "arn:other"})
    sent = upstream.requests(f"/{connection}")[-1]
    configured = "arn:aws:sagemaker:x" if connection == "ml-signed" else None
    assert sent.header("x-mlflow-sm-tracking-server-arn") == configured


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("mlflow/ml-basic/echo", 200),
        ("mlflow/ml-bearer/echo", 200),
        ("mlflow/ml-signed/echo", 403),
        ("openpages/op/api/v2/types", 400),
        ("openpages/op-zen/api/v2/types", 200),
    ],
)
def test_an_answer_that_repeats_the_login_is_held_back(
    lab: Lab, upstream: StandIn, path: str, status: int
) -> None:
    async def echo(request: web.Request) -> web.StreamResponse:
        return json_reply(dict(request.headers), status)

    for place in ("/ml-", "/op"):
        upstream.on(place, echo)
    got = lab.get(path)
    assert (got.status, got.code) == (502, "upstream_unauthorized")
    assert b"Basic" not in got.body
    assert b"Bearer" not in got.body


def test_aws_repeats_the_session_token(lab: Lab, upstream: StandIn) -> None:
    """`InvalidSignatureException` prints the canonical request."""

    async def refuse(request: web.Request) -> web.StreamResponse:
        token = request.headers["X-Amz-Security-Token"]
        text = f"The Canonical String should have been 'POST\n/\n\nx-amz-security-token:{token}'"
        return json_reply({"__type": "InvalidSignatureException", "message": text}, 403)

    upstream.on("/registry-own", refuse)
    got = lab.sagemaker("Search")
    assert got.code == "upstream_unauthorized"
    for body in (got.body, lab.post("doctor").body):
        for secret in (*ALL_SECRETS, *SECRETS.values()):
            assert secret.encode() not in body


@pytest.mark.parametrize("status", [b"101", b"600", b"999", b"000"])
def test_a_status_that_is_no_answer(lab: Lab, upstream: StandIn, status: bytes) -> None:
    upstream.on(
        "/ml/",
        wire(
            b"HTTP/1.1 " + status + b" X\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n"
            b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi"
        ),
    )
    answer = raw(lab, head(lab, "GET", "mlflow/ml/x"))
    assert answer.startswith(b"HTTP/1.1 502 ")
    assert answer.count(b"HTTP/1.1") == 1


@pytest.mark.parametrize(
    "line",
    [
        b"Content-Type: text/html; x=\xff\xfe",
        b"Content-Type: text/html\xc3\xa9",
        b"Content-Type: a/" + b"b" * 7000,
        b'Content-Disposition: attachment; filename="\xff.txt"',
        b"Content-Disposition: attachment; filename*=UTF-8''%ff%fe%0d%0ax",
        b'ETag: "\xff"',
        b"Content-Encoding: gzip\xff",
    ],
)
def test_bytes_in_an_upstreams_headers(lab: Lab, upstream: StandIn, line: bytes) -> None:
    answer = b"\r\n".join(
        (b"HTTP/1.1 200 OK", line, b"Connection: close", b"Content-Length: 2", b"", b"hi")
    )
    upstream.on("/ml/", wire(answer))
    got = lab.get("mlflow/ml/get-artifact")
    assert (got.status, got.body) == (200, b"hi")
    assert got.headers["content-disposition"].isascii()
    upstream.on("/op/", wire(answer))
    got = lab.get("openpages/op/api/v2/types")
    assert got.code in ("upstream_not_json", "upstream_login_page")
    assert len(got.body) < 1000


@pytest.mark.parametrize(
    ("lines", "body"),
    [
        (("Content-Length: 4", "Transfer-Encoding: chunked"), "0\r\n\r\n"),
        (("Transfer-Encoding: xchunked",), "2\r\n{}\r\n0\r\n\r\n"),
        (("Content-Length: 2", "Content-Length: 3"), "{}x"),
        (("Content-Length: +2",), "{}"),
        (("Content-Length: -1",), "{}"),
        (("Content-Length: \u00b2",), "{}"),
        (("Content-Length: 99999999999999999999999",), "{}"),
        (("Transfer-Encoding: chunked",), "-2\r\n{}\r\n0\r\n\r\n"),
    ],
)
def test_a_body_of_doubtful_length_goes_nowhere(
    lab: Lab, upstream: StandIn, lines: tuple[str, ...], body: str
) -> None:
    answer = raw(lab, head(lab, "POST", "mlflow/ml/api/2.0/mlflow/runs/search", *lines) + body)
    assert answer.startswith((b"HTTP/1.1 400", b"HTTP/1.1 413")) or not answer
    assert answer.count(b"HTTP/1.1") <= 1
    assert not upstream.seen


@pytest.mark.parametrize("authority", ["http://evil.example", "http://127.0.0.1", "/", "//x"])
def test_a_target_in_another_form_finds_no_route(
    lab: Lab, upstream: StandIn, authority: str
) -> None:
    request = head(lab, "GET", "mlflow/ml/version").replace("GET ", f"GET {authority}", 1)
    assert raw(lab, request).startswith((b"HTTP/1.1 404", b"HTTP/1.1 400"))
    assert not upstream.seen


def test_a_stranger_cannot_fill_the_disk(upstream: StandIn, tmp_path: Path) -> None:
    """Refused at the head of the request, not after a gigabyte of body."""
    lab = Lab(
        tmp_path,
        {"connections": [{"id": "ml", "kind": "mlflow", "url": f"{upstream.url}/ml"}]},
        {"AWS_REGION": "eu-west-1"},
        token="letmein",  # noqa: S106 - of this test's server only
    )
    try:
        upload = head(lab, "PUT", "mlflow/ml/x", f"Content-Length: {1 << 29}")
        # The rest of the body never comes: who waits for it does not answer.
        answer = raw(lab, upload + "x" * 4096)
        assert answer.startswith(b"HTTP/1.1 403")
        assert json.loads(answer.partition(b"\r\n\r\n")[2])["error"]["code"] == "signed_out"
    finally:
        lab.stop()


def test_a_websocket_gets_no_further(lab: Lab, upstream: StandIn) -> None:
    upstream.on("/ml/", fixed("{}"))
    lines = ("Upgrade: websocket", "Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: eA==")
    answer = raw(lab, head(lab, "GET", "mlflow/ml/ws", *lines))
    assert answer.startswith(b"HTTP/1.1 200")
    assert upstream.seen[-1].header("Upgrade") is None
