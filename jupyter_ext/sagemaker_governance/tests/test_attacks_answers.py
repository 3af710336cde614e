"""What a hostile upstream sent back: headers, bytes, names; see `test_attacks`."""

from __future__ import annotations

import asyncio
import time

import pytest
from aiohttp import web

from ..headers import attachment
from .lab import Lab
from .standin import StandIn, fixed
from .test_attacks import head, raw, wire
from .test_attacks_mlflow import FILE, stored_at

HOSTILE = {
    "Set-Cookie": "_xsrf=stolen; Path=/",
    "Clear-Site-Data": '"*"',
    "Refresh": "0;url=https://evil.example",
    "Location": "https://evil.example",
    "Link": "<https://evil.example/a.js>; rel=preload; as=script",
    "SourceMap": "https://evil.example/a.map",
    "Service-Worker-Allowed": "/",
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Allow-Credentials": "true",
    "Cross-Origin-Resource-Policy": "cross-origin",
    "Cross-Origin-Opener-Policy": "unsafe-none",
    "Content-Security-Policy": "default-src *",
    "Content-Security-Policy-Report-Only": "default-src *; report-uri https://evil.example",
    "X-Content-Type-Options": "none",
    "X-Frame-Options": "ALLOWALL",
    "Permissions-Policy": "camera=*",
    "Referrer-Policy": "unsafe-url",
    "Report-To": '{"endpoints":[{"url":"https://evil.example"}]}',
    "Reporting-Endpoints": 'a="https://evil.example"',
    "NEL": '{"report_to":"a"}',
    "Alt-Svc": 'h2="evil.example:443"',
    "Strict-Transport-Security": "max-age=99999999",
    "WWW-Authenticate": 'Basic realm="lab"',
    "Proxy-Authenticate": 'Basic realm="lab"',
    "Authentication-Info": "x",
    "Upgrade": "websocket",
    "Trailer": "Set-Cookie",
    "Origin-Agent-Cluster": "?0",
    "Document-Policy": "x",
    "Speculation-Rules": '"https://evil.example/rules"',
    "Vary": "*",
    "X-Relay-Error": "signed_out",
    "X-Relay-Content-Type": "text/html",
    "X-Jupyter": "1",
}


@pytest.mark.parametrize("status", [200, 206, 302, 304, 400, 401, 407, 500, 511])
@pytest.mark.parametrize("path", ["mlflow/ml/x", "mlflow/ml/get-artifact?path=a.html", FILE])
def test_no_header_of_a_hostile_server_acts(
    lab: Lab, upstream: StandIn, path: str, status: int
) -> None:
    async def reply(request: web.Request) -> web.StreamResponse:
        body = b"" if status == 304 else b"<script>1</script>"
        return web.Response(
            body=body, status=status, headers={**HOSTILE, "Content-Type": "text/html"}
        )

    upstream.on("/ml/", reply)
    upstream.on("/ml-gateway/", stored_at("s3://models-bucket/mlflow/1"))
    upstream.on("/s3/", reply)
    got = lab.get(path)
    for name, value in HOSTILE.items():
        assert got.headers.get(name.lower()) != value or name == "X-Relay-Content-Type", name
    assert got.headers["content-security-policy"].startswith("sandbox")
    assert got.headers["x-frame-options"] == "DENY"
    assert "html" not in got.headers.get("content-type", "")


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n"
        b"2\r\nhi\r\n0\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil",
        b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 4\r\n\r\nevil",
        b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhiHTTP/1.1 200 OK\r\n\r\nevil",
        b"HTTP/1.1 204 No\r\nContent-Length: 4\r\n\r\nevil",
        b"HTTP/1.1 304 No\r\nContent-Length: 4\r\n\r\nevil",
        b"HTTP/1.1 200 OK\r\nX: a\rSet-Cookie: a=evil\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nRetry-After: 1\nSet-Cookie: a=evil\r\nContent-Length: 0\r\n\r\n",
        b'HTTP/1.1 200 OK\r\nETag: "a"\r\n Set-Cookie: a=folded\r\nContent-Length: 0\r\n\r\n',
        b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Hints\r\nLink: </evil>\r\n\r\n"
        b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/0.9 evil",
        b"<html>evil",
        b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\nhi",
    ],
)
def test_an_answer_is_one_answer(lab: Lab, upstream: StandIn, answer: bytes) -> None:
    upstream.on("/ml/", wire(answer))
    got = raw(lab, head(lab, "GET", "mlflow/ml/x"))
    assert got.count(b"HTTP/1.1 ") == 1
    assert b"evil" not in got
    assert b"\r\nSet-Cookie: a=" not in got
    # Nor does the rest of it become the answer to somebody else's request.
    upstream.on("/ml/", fixed("mine"))
    for _ in range(3):
        assert lab.get("mlflow/ml/x").body == b"mine"


def test_a_login_repeated_in_a_stream_of_events(lab: Lab, upstream: StandIn) -> None:
    async def echo(request: web.Request) -> web.StreamResponse:
        login = request.headers["Authorization"]
        response = web.StreamResponse(headers={"Content-Type": "Text/Event-Stream"})
        await response.prepare(request)
        for piece in ("data: ", login[:20], login[20:], "\n\n"):
            await response.write(piece.encode())
            await asyncio.sleep(0.05)
        return response

    upstream.on("/ml-bearer/", echo)
    got = raw(lab, head(lab, "GET", "mlflow/ml-bearer/x"))
    assert b"tok-Rhubarb-5522" not in got


def test_who_drips_is_left(lab: Lab, upstream: StandIn) -> None:
    """A head that comes byte by byte does not keep others of the server waiting."""

    async def drip(request: web.Request) -> web.StreamResponse:
        transport = request.transport
        assert transport is not None
        for byte in b"HTTP/1.1 200 OK\r\nX: ":
            if transport.is_closing():
                break
            transport.write(bytes([byte]))
            await asyncio.sleep(1)
        return web.Response()

    upstream.on("/ml/drip", drip)
    open_ones = [lab.connect() for _ in range(12)]
    for one in open_ones:
        one.request(
            "GET",
            "/jupyterlab/default/sagemaker-governance/mlflow/ml/drip",
            None,
            {"Sec-Fetch-Site": "same-origin"},
        )
    started = time.monotonic()
    assert lab.get("mlflow/ml/version").status == 200
    assert lab.get("config").status == 200
    assert time.monotonic() - started < 10
    for one in open_ones:
        one.close()


@pytest.mark.parametrize(
    ("disposition", "query", "name"),
    [
        ("attachment; filename=../../.bashrc", "path=plots/roc.png", "roc.png"),
        ("attachment; filename=a.desktop", "path=plots/roc.png", "roc.png"),
        ("attachment; filename=a.html", "", "a.html"),
        ("attachment; filename*=UTF-8''..%2F..%2F.bashrc", "", "bashrc"),
        ("attachment; filename*=UTF-8''cod%E2%80%AEfdp.exe", "", "codfdp.exe"),
        ("", "path=cod%E2%80%AEfdp.exe", "codfdp.exe"),
        ("", "path=a%E2%81%A6b%E2%80%8Bc%EF%BB%BF.txt", "abc.txt"),
        ("", "path=C%3A%5Ctemp%5Cx.bat%20.", "x.bat"),
        ("", "path=a%3Ab%22%3C%3E%7C%3F*.txt", "ab.txt"),
        ("", "path=..", "artifact"),
        ("", "path=%0D%0ASet-Cookie%3Aa", "Set-Cookiea"),
        ("", "path=" + "a" * 500 + ".parquet", "a" * 112 + ".parquet"),
        ("", "path=caf%C3%A9.png", "caf%C3%A9.png"),
    ],
)
def test_the_name_of_a_file(disposition: str, query: str, name: str) -> None:
    assert attachment(disposition, "get-artifact", query) == f"attachment; filename*=UTF-8''{name}"
