"""The MLflow route: isolation of bytes, refused routes, read only, logins."""

from __future__ import annotations

import asyncio
import base64
import json
import threading

import pytest
from aiohttp import web

from ..allow import graphql_reads, is_artifact
from .conftest import AWS_SECRET, AWS_TOKEN, SECRETS
from .lab import Lab
from .sigv4 import verify
from .standin import Reply, StandIn, fixed


def test_bytes_come_as_octets_with_their_type_aside(lab: Lab, upstream: StandIn) -> None:
    page = "<html><script>alert(1)</script></html>"
    upstream.on(
        "/ml/",
        fixed(
            page,
            200,
            "text/html; charset=utf-8",
            Set_Cookie="a=b",
            Content_Security_Policy="frame-ancestors *",
            Access_Control_Allow_Origin="*",
            X_Frame_Options="ALLOWALL",
            Refresh="0; url=http://evil",
            Link="</x>; rel=preload",
            Service_Worker_Allowed="/",
            Clear_Site_Data='"*"',
            SourceMap="/x",
            Location="http://evil",
            WWW_Authenticate="Basic",
            Server="secret-server/1",
            Keep_Alive="timeout=5",
        ),
    )
    got = lab.get("mlflow/ml/")
    assert (got.status, got.body.decode()) == (200, page)
    assert got.headers["content-type"] == "application/octet-stream"
    assert got.headers["x-relay-content-type"] == "text/html; charset=utf-8"
    assert "sandbox" in got.headers["content-security-policy"]
    assert got.headers["x-frame-options"] == "DENY"
    assert "a=b" not in got.headers.get("set-cookie", "")
    assert set(got.headers) <= {
        "server",
        "content-type",
        "date",
        "x-content-type-options",
        "content-security-policy",
        "x-frame-options",
        "referrer-policy",
        "cross-origin-resource-policy",
        "cache-control",
        "x-relay-content-type",
        "content-length",
        "set-cookie",
    }
    assert "secret-server" not in got.headers["server"]


def test_request_headers_pass_by_list(lab: Lab, upstream: StandIn) -> None:
    lab.request(
        "POST",
        "mlflow/ml/api/2.0/mlflow/runs/search?x=1",
        {
            "Content-Type": "application/json",
            "Accept": "application/json",
            "Accept-Encoding": "gzip",
            "Range": "bytes=0-9",
            "If-None-Match": '"e"',
            "X-MLFLOW-WORKSPACE": "team",
            "Origin": "https://evil.example",
            "Referer": "https://evil.example/",
            "Authorization": "Basic mine",
            "Cookie": "_xsrf=6f6b; session=1",
            "X-Forwarded-For": "1.2.3.4",
            "Forwarded": "for=1.2.3.4",
            "Connection": "close, X-MLFLOW-X",
            "Proxy-Authorization": "x",
            "TE": "trailers",
            "X-Amz-Date": "now",
        },
        b'{"a":1}',
    )
    seen = upstream.seen[-1]
    assert {name.lower() for name, _ in seen.headers} == {
        "host",
        "content-type",
        "content-length",
        "accept",
        "accept-encoding",
        "range",
        "if-none-match",
        "x-mlflow-workspace",
        "user-agent",
    }
    assert seen.header("Host") == upstream.url.split("//")[1]
    assert seen.body == b'{"a":1}'


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "PATCH", "DELETE"])
def test_every_method_passes(lab: Lab, upstream: StandIn, method: str) -> None:
    body = None if method == "GET" else b"{}"
    assert lab.request(method, "mlflow/ml/api/2.0/mlflow/x", None, body).status == 200
    assert upstream.seen[-1].method == method


@pytest.mark.parametrize(
    "path",
    [
        "ajax-api/3.0/mlflow/assistant",
        "ajax-api/3.0/mlflow/assistant/sessions/1/stream",
        "api/3.0/mlflow/assistant",
        "ajax-api/3.0/mlflow/jobs/1",
        "ajax-api/2.0/mlflow/gateway-proxy",
        "ajax-api/3.0/mlflow/%61ssistant",
        "ajax-api/3.0/mlflow/Assistant",
        "AJAX-API/3.0/mlflow/assistant/",
        "ajax-api/3.0/mlflow/assistant;x",
        "prefix/ajax-api/3.0/mlflow/jobs",
        "ajax-api/2.0/preview/mlflow/gateway-proxy",
        "ajax-api/3.0/mlflow/prompt-optimization/jobs",
    ],
)
def test_dangerous_routes_are_refused(lab: Lab, upstream: StandIn, path: str) -> None:
    assert lab.post(f"mlflow/ml/{path}", b"{}").code == "path_not_allowed"
    assert not upstream.seen


def test_harmless_names_pass(lab: Lab) -> None:
    for path in (
        "static-files/assistant.js",
        "ajax-api/2.0/mlflow/experiments/get-by-name?experiment_name=jobs",
        "ajax-api/2.0/mlflow/jobsite",
    ):
        assert lab.get(f"mlflow/ml/{path}").status == 200, path


READS = [
    ("GET", "api/2.0/mlflow/runs/get?run_id=1", None),
    ("POST", "api/2.0/mlflow/runs/search", b"{}"),
    ("POST", "ajax-api/2.0/mlflow/experiments/search", b"{}"),
    ("POST", "ajax-api/2.0/mlflow/logged-models/search", b"{}"),
    ("POST", "ajax-api/3.0/mlflow/traces/search", b"{}"),
    ("POST", "graphql", b'{"query":"query A { mlflowGetRun { run } }"}'),
]
WRITES = [
    ("POST", "api/2.0/mlflow/runs/create", b"{}"),
    ("POST", "api/2.0/mlflow/runs/search/../create", b"{}"),
    ("POST", "api/2.0/mlflow/runs/searchx", b"{}"),
    ("PATCH", "api/2.0/mlflow/model-versions/update", b"{}"),
    ("DELETE", "api/2.0/mlflow/model-versions/delete", b"{}"),
    ("PUT", "api/2.0/mlflow-artifacts/artifacts/x", b"x"),
    ("POST", "graphql", b'{"query":"mutation M { x }"}'),
    ("POST", "graphql", b'{"query":"query Q { a } mutation M { x }","operationName":"M"}'),
    ("POST", "graphql", b'{"query":"\\u006dutation M { x }"}'),
    ("POST", "graphql", b"not json"),
    ("POST", "graphql", b'[{"query":"query Q { a }"}]'),
]


@pytest.mark.parametrize(("method", "path", "body"), READS)
def test_read_only_lets_reads_through(
    lab: Lab, upstream: StandIn, method: str, path: str, body: bytes | None
) -> None:
    assert lab.request(method, f"mlflow/ml-ro/{path}", None, body).status == 200


@pytest.mark.parametrize(("method", "path", "body"), WRITES)
def test_read_only_refuses_writes(
    lab: Lab, upstream: StandIn, method: str, path: str, body: bytes
) -> None:
    got = lab.request(method, f"mlflow/ml-ro/{path}", None, body)
    assert got.code == ("bad_path" if ".." in path else "read_only")
    assert not upstream.seen


def test_graphql_reads_is_strict() -> None:
    assert graphql_reads(b'{"query":"{ a }","variables":{"x":"mutation"}}')
    assert not graphql_reads(b'{"query":null}')
    assert not graphql_reads(b'{"query":"subscription S { a }"}')


def test_basic_and_bearer(lab: Lab, upstream: StandIn) -> None:
    lab.get("mlflow/ml-basic/version")
    expected = base64.b64encode(f"lab:{SECRETS['ML_PASSWORD']}".encode()).decode()
    assert upstream.seen[-1].header("Authorization") == f"Basic {expected}"
    lab.get("mlflow/ml-bearer/version")
    assert upstream.seen[-1].header("Authorization") == f"Bearer {SECRETS['ML_TOKEN']}"


def test_sigv4(lab: Lab, upstream: StandIn) -> None:
    path = "mlflow/ml-signed/api/2.0/mlflow/runs/get?z=1&run_id=a+b&f=c%20d"
    assert lab.get(path, {"X-MLFLOW-WORKSPACE": "t", "Range": "bytes=0-1"}).status == 200
    seen = upstream.requests("/ml-signed")[-1]
    region, service, names = verify(seen, AWS_SECRET, AWS_TOKEN)
    assert (region, service) == ("eu-west-1", "sagemaker-mlflow")
    assert "x-mlflow-sm-tracking-server-arn" in names
    assert "x-amz-content-sha256" in names
    assert "range" not in names
    assert seen.raw_path.endswith("?z=1&run_id=a%20b&f=c%20d")
    body = json.dumps({"filter": "é" * 5}).encode()
    assert lab.post("mlflow/ml-signed/api/2.0/mlflow/r%C3%A9/search", body).status == 200
    verify(upstream.requests("/ml-signed")[-1], AWS_SECRET, AWS_TOKEN)


def test_a_refused_login_does_not_look_like_the_labs(lab: Lab, upstream: StandIn) -> None:
    upstream.on("/ml-bearer", fixed("no", 401, "text/html", WWW_Authenticate="Basic"))
    got = lab.get("mlflow/ml-bearer/version")
    assert (got.status, got.code) == (502, "upstream_unauthorized")
    assert "www-authenticate" not in got.headers
    assert b"tok-" not in got.body


def test_a_forbidden_answer_passes_with_its_text(lab: Lab, upstream: StandIn) -> None:
    upstream.on("/ml/", fixed('{"error_code":"PERMISSION_DENIED"}', 403))
    got = lab.get("mlflow/ml/api/2.0/mlflow/runs/get")
    assert (got.status, got.code) == (403, None)
    assert b"PERMISSION_DENIED" in got.body
    assert got.headers["x-relay-content-type"] == "application/json"


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirects_are_not_followed(lab: Lab, upstream: StandIn, status: int) -> None:
    upstream.on("/ml/", fixed("", status, "text/html", Location=f"{upstream.url}/creds"))
    got = lab.get("mlflow/ml/")
    assert (got.status, got.code) == (502, "upstream_redirect")
    assert "location" not in got.headers
    assert not upstream.requests("/creds")


def test_a_server_that_is_down(lab: Lab) -> None:
    got = lab.get("mlflow/ml-down/version")
    assert (got.status, got.code) == (502, "upstream_unreachable")
    error = got.json["error"]
    assert isinstance(error, dict)
    assert error["connection"] == "ml-down"
    assert error["hint"]


def test_hashed_assets_keep_their_cache_headers(lab: Lab, upstream: StandIn) -> None:
    upstream.on(
        "/ml/static-files",
        fixed("x", 200, "text/javascript", ETag='"e1"', Cache_Control="public, max-age=9"),
    )
    got = lab.get("mlflow/ml/static-files/main.1a2b.js")
    assert got.headers["etag"] == '"e1"'
    assert got.headers["cache-control"] == "private, max-age=9"
    upstream.on("/ml/static-files", fixed("", 304, "text/javascript", ETag='"e1"'))
    got = lab.get("mlflow/ml/static-files/main.1a2b.js", {"If-None-Match": '"e1"'})
    assert (got.status, got.body) == (304, b"")
    assert lab.get("mlflow/ml/api/2.0/mlflow/runs/get").headers["cache-control"] == "no-store"


def test_ranges_and_encodings_pass(lab: Lab, upstream: StandIn) -> None:
    upstream.on(
        "/ml/",
        fixed(
            b"\x1f\x8b",
            206,
            "text/plain",
            Content_Encoding="gzip",
            Content_Range="bytes 0-1/9",
            Accept_Ranges="bytes",
        ),
    )
    got = lab.get("mlflow/ml/x", {"Range": "bytes=0-1", "Accept-Encoding": "gzip"})
    assert (got.status, got.body) == (206, b"\x1f\x8b")
    assert got.headers["content-encoding"] == "gzip"
    assert got.headers["content-range"] == "bytes 0-1/9"


ARTIFACT = "get-artifact?path=plots%2Froc.html&run_uuid=1"


@pytest.mark.parametrize(
    ("path", "name"),
    [
        (ARTIFACT, "roc.html"),
        ("model-versions/get-artifact?path=MLmodel&name=m&version=1", "MLmodel"),
        (
            "ajax-api/2.0/mlflow/logged-models/m-1/artifacts/files?artifact_file_path=a/b.svg",
            "b.svg",
        ),
        ("api/2.0/mlflow-artifacts/artifacts/1/x/p%20q.html", "p%20q.html"),
    ],
)
def test_a_download_may_be_a_navigation_and_is_saved(
    lab: Lab, upstream: StandIn, path: str, name: str
) -> None:
    upstream.on("/ml/", fixed("<script>1</script>", 200, "text/html"))
    got = lab.get(f"mlflow/ml/{path}", {"Sec-Fetch-Dest": "document", "Sec-Fetch-Mode": "navigate"})
    assert got.status == 200
    assert got.headers["content-disposition"] == f"attachment; filename*=UTF-8''{name}"
    assert got.headers["content-type"] == "application/octet-stream"
    assert "sandbox" in got.headers["content-security-policy"]


def test_a_download_from_another_site_or_in_a_frame_is_refused(lab: Lab) -> None:
    for headers in (
        {"Sec-Fetch-Dest": "document", "Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Dest": "iframe"},
    ):
        assert lab.get(f"mlflow/ml/{ARTIFACT}", headers).status == 403
    assert lab.get("mlflow/ml/", {"Sec-Fetch-Dest": "document"}).code == "not_a_fetch"


@pytest.mark.parametrize(
    "disposition",
    [
        'inline; filename="x.html"',
        "attachment; filename*=UTF-8''..%2F..%2Fx.html",
        'inline; filename="a\\\\b\\\\x.html"',
    ],
)
def test_the_upstream_chooses_neither_place_nor_name(
    lab: Lab, upstream: StandIn, disposition: str
) -> None:
    upstream.on("/ml/", fixed("x", 200, "text/html", Content_Disposition=disposition))
    got = lab.get(f"mlflow/ml/{ARTIFACT}")
    assert got.headers["content-disposition"] == "attachment; filename*=UTF-8''roc.html"


def test_is_artifact() -> None:
    assert is_artifact("get-artifact")
    assert not is_artifact("get-artifactory")
    assert not is_artifact("ajax-api/2.0/mlflow/artifacts/list")


def test_events_stream_as_they_come(lab: Lab, upstream: StandIn) -> None:
    read = threading.Event()

    async def reply(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await response.prepare(request)
        await response.write(b"data: x\n\n")
        # The second comes when the browser has the first.
        await asyncio.to_thread(read.wait)
        await response.write(b"data: y\n\n")
        return response

    upstream.on("/ml/events", reply)
    connection = lab.connect()
    try:
        connection.request("GET", "/jupyterlab/default/sagemaker-governance/mlflow/ml/events")
        response = connection.getresponse()
        assert response.read(9) == b"data: x\n\n"
    finally:
        read.set()
    assert response.read() == b"data: y\n\n"
    connection.close()


def test_secrets_of_the_configuration_do_not_come_out(lab: Lab, upstream: StandIn) -> None:
    async def echo(request: web.Request) -> web.StreamResponse:
        return web.Response(status=500, text="broken", content_type="text/html")

    reply: Reply = echo
    upstream.on("/ml-basic", reply)
    got = lab.get("mlflow/ml-basic/x?secret-query=Huckleberry")
    assert got.status == 500
    log = lab.log.read_text()
    assert "Huckleberry" not in log
    for secret in SECRETS.values():
        assert secret not in lab.get("config").body.decode()
