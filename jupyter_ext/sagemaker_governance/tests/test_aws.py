"""The AWS route: operations, signatures, credentials, roles, failures."""

from __future__ import annotations

import asyncio
import json
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from aiohttp import web

from ..allow import SAGEMAKER_OPERATIONS
from .conftest import AWS_SECRET, AWS_TOKEN, ROLE_SECRET, ROLE_TOKEN, expiry
from .lab import FETCH, XSRF, Lab
from .sigv4 import verify
from .standin import StandIn, fixed, json_reply

EXPIRED = json.dumps({"__type": "ExpiredTokenException", "message": "expired"})


def test_a_call_is_signed_as_sent(lab: Lab, upstream: StandIn) -> None:
    upstream.on("/registry-own", fixed('{"Results":[]}', x_amzn_RequestId="r-1"))
    got = lab.sagemaker("Search", '{"Resource":"ModelPackageGroup","x":"é"}')
    assert (got.status, got.body) == (200, b'{"Results":[]}')
    assert got.headers["x-amzn-requestid"] == "r-1"
    assert got.headers["cache-control"] == "no-store"
    seen = upstream.requests("/registry-own")[-1]
    assert seen.raw_path == "/registry-own/"
    assert seen.body == '{"Resource":"ModelPackageGroup","x":"é"}'.encode()
    assert seen.header("X-Amz-Target") == "SageMaker.Search"
    assert seen.header("Host") == upstream.url.split("//")[1]
    region, service, names = verify(seen, AWS_SECRET, AWS_TOKEN)
    assert (region, service) == ("eu-west-1", "sagemaker")
    assert {"content-type", "host", "x-amz-date", "x-amz-security-token", "x-amz-target"} == set(
        names
    )


@pytest.mark.parametrize("operation", sorted(SAGEMAKER_OPERATIONS))
def test_allowed_operations_pass(lab: Lab, upstream: StandIn, operation: str) -> None:
    assert lab.sagemaker(operation).status == 200
    assert upstream.seen[-1].header("X-Amz-Target") == f"SageMaker.{operation}"


@pytest.mark.parametrize(
    "target",
    [
        "SageMaker.DeleteModelPackage",
        "SageMaker.CreatePresignedDomainUrl",
        "SageMaker.search",
        "SageMaker.Search ",
        "SageMaker.Search,SageMaker.DeleteModelPackage",
        "Search",
        "Other.Search",
        "SageMaker.",
        "",
    ],
)
def test_other_operations_are_refused(lab: Lab, upstream: StandIn, target: str) -> None:
    # An HTTP server strips the space at the end: then it is Search.
    expected = 200 if target == "SageMaker.Search " else 403
    got = lab.post("aws/own/sagemaker/", b"{}", {"X-Amz-Target": target})
    assert got.status == expected
    if expected == 403:
        assert got.code == "operation_not_allowed"
        assert not upstream.requests("/registry-own")


def test_two_targets_are_refused(lab: Lab, upstream: StandIn) -> None:
    for first, second in (("Search", "DeleteModelPackage"), ("Search", "Search")):
        got = lab.request(
            "POST",
            "aws/own/sagemaker/",
            [
                ("X-Amz-Target", f"SageMaker.{first}"),
                ("x-amz-target", f"SageMaker.{second}"),
                *FETCH.items(),
                *XSRF.items(),
            ],
            b"{}",
            plain=True,
        )
        assert got.code == "operation_not_allowed"
    assert not upstream.requests("/registry-own")


def test_no_target_and_action_in_query_are_refused(lab: Lab) -> None:
    assert lab.post("aws/own/sagemaker/", b"{}").code == "operation_not_allowed"
    got = lab.post(
        "aws/own/sagemaker/?Action=DeleteModelPackage", b"{}", {"X-Amz-Target": "SageMaker.Search"}
    )
    assert got.code == "operation_not_allowed"


def test_foreign_headers_do_not_pass(lab: Lab, upstream: StandIn) -> None:
    got = lab.post(
        "aws/own/sagemaker/",
        b"{}",
        {
            "X-Amz-Target": "SageMaker.Search",
            "X-Amz-Content-SHA256": "0" * 64,
            "X-Amz-Security-Token": "mine",
            "X-Amz-Date": "19990101T000000Z",
            "Authorization": "AWS4-HMAC-SHA256 forged",
            "Content-Type": "text/plain",
            "X-Forwarded-Host": "evil",
            "Origin": "https://evil.example",
            "Referer": "https://evil.example/",
            "Transfer-Encoding-X": "chunked",
        },
    )
    assert got.status == 200
    seen = upstream.requests("/registry-own")[-1]
    verify(seen, AWS_SECRET, AWS_TOKEN)
    assert {name.lower() for name, _ in seen.headers} == {
        "host",
        "content-type",
        "content-length",
        "x-amz-target",
        "x-amz-date",
        "x-amz-security-token",
        "authorization",
        "user-agent",
    }
    assert seen.header("Content-Type") == "application/x-amz-json-1.1"


def test_header_injection_is_refused(lab: Lab, upstream: StandIn) -> None:
    connection = lab.connect()
    connection.connect()
    connection.sock.sendall(
        b"POST /jupyterlab/default/sagemaker-governance/aws/own/sagemaker/ HTTP/1.1\r\n"
        b"Host: 127.0.0.1\r\nCookie: _xsrf=6f6b\r\nX-XSRFToken: 6f6b\r\nContent-Length: 2\r\n"
        b"X-Amz-Target: SageMaker.Search\r\n X-Amz-Target: SageMaker.DeleteModelPackage\r\n\r\n{}"
    )
    answer = connection.sock.recv(65536)
    connection.close()
    assert answer.startswith((b"HTTP/1.1 400", b"HTTP/1.1 403")), answer[:200]
    assert not upstream.requests("/registry-own")


@pytest.mark.parametrize(
    ("body", "fine"),
    [
        ("Action=GetCallerIdentity&Version=2011-06-15", True),
        ("Action=GetCallerIdentity", True),
        ("Version=2011-06-15&Action=GetCallerIdentity", True),
        ("Action=AssumeRole&Version=2011-06-15", False),
        ("Action=GetCallerIdentity&Action=AssumeRole", False),
        ("Action=AssumeRole&Action=GetCallerIdentity", False),
        ("Action=GetCallerIdentity&RoleArn=x", False),
        ("action=GetCallerIdentity", False),
        ("Action=GetCallerIdentity&%41ction=AssumeRole", False),
        ("", False),
        ("{}", False),
    ],
)
def test_sts_is_one_operation(lab: Lab, upstream: StandIn, body: str, fine: bool) -> None:
    got = lab.post("aws/own/sts/", body)
    if fine:
        assert got.status == 200
        assert b"111122223333" in got.body
        assert got.headers["content-type"].startswith("text/xml")
        assert verify(upstream.requests("/sts")[-1], AWS_SECRET, AWS_TOKEN)[1] == "sts"
    else:
        assert got.code == "operation_not_allowed"
        assert not upstream.requests("/sts")


def test_sts_action_in_query_is_refused(lab: Lab) -> None:
    body = "Action=GetCallerIdentity"
    assert lab.post("aws/own/sts/?Action=AssumeRole", body).code == "operation_not_allowed"
    got = lab.post("aws/own/sts/", body, {"X-Amz-Target": "SageMaker.Search"})
    assert got.code == "operation_not_allowed"


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("aws/nobody/sagemaker/", "unknown_connection"),
        ("aws/ml/sagemaker/", "unknown_connection"),
        ("aws/own/s3/", "path_not_allowed"),
        ("aws/own/sagemaker/runtime", "path_not_allowed"),
        ("aws/own/", "path_not_allowed"),
        ("aws/own", "path_not_allowed"),
        ("aws/", "unknown_connection"),
        ("aws/..%2fown/sagemaker/", "unknown_connection"),
    ],
)
def test_other_places_are_refused(lab: Lab, path: str, code: str) -> None:
    got = lab.post(path, b"{}", {"X-Amz-Target": "SageMaker.Search"})
    assert got.code == code


def test_upstream_errors_pass_as_they_are(lab: Lab, upstream: StandIn) -> None:
    body = json.dumps({"__type": "AccessDeniedException", "Message": "not authorized"})
    upstream.on("/registry-own", fixed(body, 400, "application/x-amz-json-1.1"))
    got = lab.sagemaker("UpdateModelPackage")
    assert (got.status, got.body.decode(), got.code) == (400, body, None)
    assert len(upstream.requests("/registry-own")) == 1


def test_expired_credentials_are_renewed_once(lab: Lab, upstream: StandIn) -> None:
    calls: list[int] = []

    async def reply(request: web.Request) -> web.StreamResponse:
        calls.append(1)
        if len(calls) == 1:
            return web.Response(text=EXPIRED, status=400, content_type="application/json")
        return json_reply({"fine": True})

    upstream.on("/registry-own", reply)
    before = len(upstream.requests("/creds"))
    got = lab.sagemaker("CreateModelPackage", '{"ModelPackageGroupName":"g"}')
    assert (got.status, got.json) == (200, {"fine": True})
    assert [r.body for r in upstream.requests("/registry-own")] == [
        b'{"ModelPackageGroupName":"g"}'
    ] * 2
    assert len(upstream.requests("/creds")) == before + 1


def test_expired_for_good_is_said(lab: Lab, upstream: StandIn) -> None:
    upstream.on("/registry-own", fixed(EXPIRED, 400))
    got = lab.sagemaker("Search")
    assert (got.status, got.code) == (503, "credentials_expired")
    assert len(upstream.requests("/registry-own")) == 2


def test_many_expired_calls_renew_together(lab: Lab, upstream: StandIn) -> None:
    gate = threading.Barrier(8)
    renewed: list[int] = []

    async def credentials(request: web.Request) -> web.StreamResponse:
        renewed.append(1)
        await asyncio.sleep(0.3)
        return json_reply(
            {
                "AccessKeyId": "ASIANEW",
                "SecretAccessKey": AWS_SECRET,
                "Token": AWS_TOKEN,
                "Expiration": expiry(3600),
            }
        )

    async def reply(request: web.Request) -> web.StreamResponse:
        if "ASIANEW" in request.headers["Authorization"]:
            return json_reply({"fine": True})
        return web.Response(text=EXPIRED, status=400, content_type="application/json")

    upstream.on("/creds", credentials)
    upstream.on("/registry-own", reply)

    def call(_: int) -> int:
        gate.wait()
        return lab.sagemaker("Search").status

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(call, range(8))) == [200] * 8
    assert len(renewed) == 1


def test_a_role_is_assumed_once_and_used(lab: Lab, upstream: StandIn) -> None:
    with ThreadPoolExecutor(6) as pool:
        got = list(pool.map(lambda _: lab.sagemaker("Search", "{}", "claims"), range(6)))
    assert [g.status for g in got] == [200] * 6
    assumed = [r for r in upstream.requests("/sts") if b"AssumeRole" in r.body]
    # The connection may have been used by an earlier test.
    assert len(assumed) <= 1
    for request in assumed:
        assert b"ExternalId=ext-1" in request.body
        assert b"RoleSessionName=jupyter-ds-042" in request.body
    for request in upstream.requests("/registry-claims"):
        verify(request, ROLE_SECRET, ROLE_TOKEN)


def test_a_refused_role_fails_alone(lab: Lab, upstream: StandIn) -> None:
    got = lab.sagemaker("Search", "{}", "refused")
    assert (got.status, got.code) == (403, "assume_role_denied")
    error = got.json["error"]
    assert isinstance(error, dict)
    assert error["connection"] == "refused"
    assert "sts:AssumeRole" in error["hint"]
    assert "sts:SetSourceIdentity" in error["hint"]
    assert "external id" in error["hint"]
    assert lab.sagemaker("Search").status == 200


@pytest.mark.parametrize(
    ("reply", "status", "code"),
    [
        (fixed("<html>login</html>", 200, "text/html"), 502, "upstream_not_json"),
        (fixed("<html>503</html>", 503, "text/html; charset=utf-8"), 502, "upstream_not_json"),
        (fixed("hello", 200, "text/plain"), 502, "upstream_not_json"),
        (fixed("", 302, "text/html", Location="http://127.0.0.1/"), 502, "upstream_redirect"),
        (fixed("", 307, Location="http://169.254.169.254/"), 502, "upstream_redirect"),
    ],
)
def test_pages_and_redirects_do_not_pass(
    lab: Lab, upstream: StandIn, reply: object, status: int, code: str
) -> None:
    upstream.on("/registry-own", reply)  # type: ignore[arg-type] # parametrize loses the type
    got = lab.sagemaker("Search")
    assert (got.status, got.code) == (status, code)
    assert b"<html" not in got.body
    assert len(upstream.requests("/registry-own")) == 1


def test_a_silent_upstream_is_a_timeout(lab: Lab, upstream: StandIn) -> None:
    told = threading.Event()

    async def reply(request: web.Request) -> web.StreamResponse:
        await asyncio.to_thread(told.wait)
        return json_reply({})

    upstream.on("/registry-own", reply)
    try:
        got = lab.sagemaker("Search")
    finally:
        told.set()
    assert (got.status, got.code) == (504, "upstream_timeout")
    # Who waits that long once does not wait again.
    assert len(upstream.requests("/registry-own")) == 1


@pytest.mark.parametrize(
    ("operation", "attempts"),
    [("Search", 2), ("CreateModelPackage", 1), ("AddTags", 1), ("DeleteTags", 1)],
)
def test_a_dropped_connection_is_retried_for_reads_only(
    lab: Lab, upstream: StandIn, operation: str, attempts: int
) -> None:
    async def reply(request: web.Request) -> web.StreamResponse:
        assert request.transport is not None
        request.transport.abort()
        return web.Response()

    upstream.on("/registry-own", reply)
    got = lab.sagemaker(operation)
    assert (got.status, got.code) == (502, "upstream_closed")
    assert len(upstream.requests("/registry-own")) == attempts
    if attempts == 1:
        assert b"not known whether" in got.body


def test_half_a_body_is_an_error(lab: Lab, upstream: StandIn) -> None:
    async def reply(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(
            headers={"Content-Type": "application/json", "Content-Length": "1000"}
        )
        await response.prepare(request)
        await response.write(b'{"Results":[')
        assert request.transport is not None
        request.transport.close()
        return response

    upstream.on("/registry-own", reply)
    got = lab.sagemaker("Search")
    assert (got.status, got.code) == (502, "upstream_closed")


def test_a_body_over_the_limit_is_refused(lab: Lab, upstream: StandIn) -> None:
    got = lab.sagemaker("CreateModelPackage", "x" * ((4 << 20) + 1))
    assert (got.status, got.code) == (413, "too_large")
    assert not upstream.requests("/registry-own")
    assert lab.sagemaker("CreateModelPackage", "x" * (4 << 20)).status == 200
