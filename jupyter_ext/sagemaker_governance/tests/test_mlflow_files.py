"""Many files of MLflow's UI in one answer."""

from __future__ import annotations

import asyncio
import gzip
import http.client
import json
import socket
import struct
import time
from collections.abc import Iterator

import pytest
from aiohttp import web

from ..tracking.bundle import DATA, END, FAIL, HEAD, named_in
from .lab import FETCH, PREFIX, XSRF, Lab
from .standin import StandIn, fixed

PAGE = (
    '<!doctype html><html><head><link rel="icon" href="./static-files/favicon.ico">'
    '<script defer="defer" src="static-files/static/js/main.0123abcd.js"></script>'
    '<link href="./static-files/static/css/main.0123abcd.css" rel="stylesheet">'
    '<script src="https://elsewhere.example/static-files/x.js"></script>'
    '<script src="static-files/../api/2.0/x.js"></script></head>'
    '<body><div id="root"></div></body></html>'
)


def records(body: bytes) -> Iterator[tuple[int, int, bytes]]:
    """Kind, file and content of each record."""
    at = 0
    while at < len(body):
        kind, file, length = struct.unpack_from(">BHI", body, at)
        at += 7
        yield kind, file, body[at : at + length]
        at += length


def unpack(body: bytes) -> dict[str, tuple[dict[str, object], bytes]]:
    """Head (or failure) and bytes of each file."""
    heads: dict[int, dict[str, object]] = {}
    data: dict[int, bytes] = {}
    ended = set()
    for kind, file, content in records(body):
        assert file not in ended
        if kind in (HEAD, FAIL):
            heads[file] = json.loads(content)
        elif kind == DATA:
            data[file] = data.get(file, b"") + content
        if kind in (END, FAIL):
            ended.add(file)
    assert ended == set(heads)
    return {str(head["path"]): (head, data.get(file, b"")) for file, head in heads.items()}


def ask(
    lab: Lab, body: object, connection: str = "ml"
) -> dict[str, tuple[dict[str, object], bytes]]:
    got = lab.post(f"mlflow-files/{connection}", json.dumps(body))
    assert got.status == 200, got.body
    assert got.headers["content-type"] == "application/octet-stream"
    return unpack(got.body)


def test_a_page_with_all_that_it_names(lab: Lab, upstream: StandIn) -> None:
    upstream.on("/ml/", fixed(PAGE, 200, "text/html"))
    upstream.on("/ml/version", fixed("3.4.0", 200, "text/plain"))
    upstream.on("/ml/static-files/static/js/", fixed(b"x" * 400_000, 200, "text/javascript"))
    upstream.on("/ml/static-files/static/css/", fixed("a{}", 200, "text/css"))
    files = ask(lab, {"paths": ["", "version"], "follow": True})
    assert set(files) == {
        "",
        "version",
        "static-files/static/js/main.0123abcd.js",
        "static-files/static/css/main.0123abcd.css",
    }
    assert files[""][1].decode() == PAGE
    assert files["version"][1] == b"3.4.0"
    head, script = files["static-files/static/js/main.0123abcd.js"]
    assert (head["status"], head["type"], len(script)) == (200, "text/javascript", 400_000)


def test_without_follow_only_what_is_named(lab: Lab, upstream: StandIn) -> None:
    upstream.on("/ml/", fixed(PAGE, 200, "text/html"))
    assert set(ask(lab, {"paths": [""]})) == {""}
    assert len(upstream.requests("/ml/")) == 1


def test_compressed_bytes_stay_as_they_are(lab: Lab, upstream: StandIn) -> None:
    packed = gzip.compress(b"let a = 1;" * 1000)
    upstream.on(
        "/ml/static-files/a.js", fixed(packed, 200, "text/javascript", Content_Encoding="gzip")
    )
    got = lab.post(
        "mlflow-files/ml", '{"paths": ["static-files/a.js"]}', {"Accept-Encoding": "gzip, br"}
    )
    head, body = unpack(got.body)["static-files/a.js"]
    assert (head["encoding"], body) == ("gzip", packed)
    assert upstream.seen[-1].header("Accept-Encoding") == "gzip"


def test_files_come_side_by_side(lab: Lab, upstream: StandIn) -> None:
    async def slow(request: web.Request) -> web.StreamResponse:
        await asyncio.sleep(0.3)
        return web.Response(text=request.path)

    upstream.on("/ml/static-files/slow", slow)
    upstream.on("/ml/static-files/quick.js", fixed("quick"))
    got = lab.post(
        "mlflow-files/ml", '{"paths": ["static-files/slow.js", "static-files/quick.js"]}'
    )
    ends = [file for kind, file, _ in records(got.body) if kind == END]
    assert ends == [1, 0]


def test_all_come_to_a_browser_that_reads_slowly(lab: Lab, upstream: StandIn) -> None:
    upstream.on("/ml/static-files/", fixed(b"x" * (8 << 20), 200, "text/javascript"))
    paths = [f"static-files/{name}.js" for name in "abcd"]
    body = json.dumps({"paths": paths}).encode()
    host, length = f"127.0.0.1:{lab.port}", str(len(body))
    headers = {**FETCH, **XSRF, "Host": host, "Content-Length": length}
    head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    with socket.socket() as slow:
        # Less than a file: several wait for the browser at once.
        slow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 16 << 10)
        slow.settimeout(20)
        slow.connect(("127.0.0.1", lab.port))
        slow.sendall(f"POST {PREFIX}mlflow-files/ml HTTP/1.1\r\n{head}\r\n".encode() + body)
        time.sleep(1)
        response = http.client.HTTPResponse(slow)
        response.begin()
        assert response.status == 200
        files = unpack(response.read())
    assert [len(files[path][1]) for path in paths] == [8 << 20] * len(paths)


def test_one_that_fails_leaves_the_others(lab: Lab, upstream: StandIn) -> None:
    upstream.on("/ml/static-files/a.js", fixed("a"))
    upstream.on("/ml/static-files/b.js", fixed("", 302, Location="http://evil"))
    upstream.on("/ml/static-files/c.js", fixed('{"error_code": "X"}', 404))
    files = ask(lab, {"paths": [f"static-files/{name}.js" for name in "abc"]})
    assert files["static-files/a.js"][1] == b"a"
    assert files["static-files/b.js"][0]["code"] == "upstream_redirect"
    assert files["static-files/c.js"][0]["status"] == 404


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "bad_request"),
        (b"[]", "bad_request"),
        (b'{"paths": []}', "bad_request"),
        (b'{"paths": [1]}', "bad_request"),
        (b'{"paths": ["version"], "follow": 1}', "bad_request"),
        (json.dumps({"paths": ["version"] * 257}).encode(), "bad_request"),
        (b'{"paths": ["ajax-api/2.0/mlflow/runs/get"]}', "path_not_allowed"),
        (b'{"paths": ["static-files/../api/2.0/x"]}', "bad_path"),
        (b'{"paths": ["static-files/%2e%2e/api"]}', "bad_path"),
        (b'{"paths": ["static-files/a.js?x=1"]}', "bad_path"),
        (b'{"paths": ["//evil.example/static-files/a.js"]}', "bad_path"),
        (b'{"paths": ["get-artifact"]}', "path_not_allowed"),
    ],
)
def test_nothing_but_files_of_the_ui(lab: Lab, upstream: StandIn, body: bytes, code: str) -> None:
    got = lab.post("mlflow-files/ml", body)
    assert got.code == code
    assert not upstream.requests("/ml")


def test_a_login_is_added_and_the_browser_s_conditions_are_not(lab: Lab, upstream: StandIn) -> None:
    upstream.on("/ml-basic/static-files/a.js", fixed("a"))
    lab.post(
        "mlflow-files/ml-basic",
        '{"paths": ["static-files/a.js"]}',
        {"Range": "bytes=0-1", "If-None-Match": '"x"'},
    )
    seen = upstream.requests("/ml-basic/")[-1]
    assert (seen.header("Authorization") or "").startswith("Basic ")
    assert (seen.header("Range"), seen.header("If-None-Match")) == (None, None)


def test_names_in_a_page() -> None:
    assert named_in(PAGE.encode()) == [
        "static-files/static/js/main.0123abcd.js",
        "static-files/static/css/main.0123abcd.css",
    ]
