"""Large bodies in both directions, and browsers that go away."""

from __future__ import annotations

import asyncio
import hashlib
import http.client
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from aiohttp import web

from .conftest import connections
from .lab import PREFIX, XSRF, Lab
from .standin import StandIn, json_reply

MB = 1 << 20
SIZE = 200 * MB
BLOCK = bytes(range(256)) * 4096
LIMIT = 32 * MB


@pytest.fixture
def lab(upstream: StandIn, tmp_path: Path) -> Iterator[Lab]:
    """A fresh server: one that did large transfers before has room left over."""
    lab = Lab(tmp_path, {"connections": connections(upstream.url)}, {"AWS_REGION": "eu-west-1"})
    yield lab
    lab.stop()


@pytest.fixture
def settled(lab: Lab) -> int:
    """Resident memory of the server once it is warm, in bytes."""
    for _ in range(3):
        assert lab.get("mlflow/ml/version").status == 200
    return lab.rss


@pytest.mark.parametrize("pause", [0.0, 0.002])
def test_a_large_download_streams(lab: Lab, upstream: StandIn, settled: int, pause: float) -> None:
    async def reply(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(
            headers={"Content-Type": "application/zip", "Content-Length": str(SIZE)}
        )
        await response.prepare(request)
        for _ in range(SIZE // len(BLOCK)):
            await response.write(BLOCK)
        return response

    upstream.on("/ml/big", reply)
    connection = lab.connect()
    connection.request("GET", f"{PREFIX}mlflow/ml/big")
    response = connection.getresponse()
    assert response.headers["Content-Length"] == str(SIZE)
    digest, size, peak = hashlib.sha256(), 0, 0
    while chunk := response.read(MB):
        digest.update(chunk)
        size += len(chunk)
        peak = max(peak, lab.rss)
        # A slow browser must not make the server collect what comes in.
        time.sleep(pause)
    connection.close()
    assert size == SIZE
    assert digest.digest() == hashlib.sha256(BLOCK * (SIZE // len(BLOCK))).digest()
    print(f"download: RSS grew by {(peak - settled) / MB:.1f} MB")
    assert peak - settled < LIMIT


def test_a_large_upload_streams(lab: Lab, upstream: StandIn, settled: int) -> None:
    got: dict[str, object] = {}

    async def reply(request: web.Request) -> web.StreamResponse:
        digest, size = hashlib.sha256(), 0
        async for chunk in request.content.iter_any():
            digest.update(chunk)
            size += len(chunk)
        got.update(digest=digest.digest(), size=size)
        return json_reply({"size": size})

    upstream.on("/big-upload", reply)
    connection = lab.connect()
    connection.putrequest("PUT", f"{PREFIX}mlflow/big/x")
    for name, value in {**XSRF, "Content-Length": str(SIZE)}.items():
        connection.putheader(name, value)
    connection.endheaders()
    peak = 0
    for _ in range(SIZE // len(BLOCK)):
        connection.send(BLOCK)
        peak = max(peak, lab.rss)
    response = connection.getresponse()
    peak = max(peak, lab.rss)
    assert response.status == 200, response.read()
    connection.close()
    assert got["size"] == SIZE
    assert got["digest"] == hashlib.sha256(BLOCK * (SIZE // len(BLOCK))).digest()
    print(f"upload: RSS grew by {(peak - settled) / MB:.1f} MB")
    assert peak - settled < LIMIT


def test_a_browser_that_leaves_ends_the_download(lab: Lab, upstream: StandIn) -> None:
    ended: list[int] = []

    async def reply(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": "application/zip"})
        await response.prepare(request)
        sent = 0
        try:
            while sent < 400 * MB:
                await response.write(BLOCK)
                sent += len(BLOCK)
        finally:
            ended.append(sent)
        return response

    upstream.on("/ml/endless", reply)
    connection = lab.connect()
    connection.request("GET", f"{PREFIX}mlflow/ml/endless")
    connection.getresponse().read(MB)
    connection.sock.close()
    connection.close()
    wait_for(ended)
    assert ended[0] < 100 * MB


def test_a_browser_that_leaves_ends_the_waiting(lab: Lab, upstream: StandIn) -> None:
    started: list[int] = []
    ended: list[int] = []

    async def reply(request: web.Request) -> web.StreamResponse:
        started.append(1)
        for _ in range(5000):
            if request.transport is None or request.transport.is_closing():
                ended.append(1)
                break
            await asyncio.sleep(0.02)
        return json_reply({})

    upstream.on("/ml/slow", reply)
    connection = lab.connect()
    connection.request("GET", f"{PREFIX}mlflow/ml/slow")
    wait_for(started)
    connection.sock.close()
    connection.close()
    # Well before the relay would give up by itself, after 60 s.
    wait_for(ended, 40)


def test_a_broken_off_download_is_seen_by_the_browser(lab: Lab, upstream: StandIn) -> None:
    async def reply(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": "application/zip"})
        response.enable_chunked_encoding()
        await response.prepare(request)
        await response.write(BLOCK)
        await asyncio.sleep(0.1)
        assert request.transport is not None
        request.transport.close()
        return response

    upstream.on("/ml/torn", reply)
    connection = lab.connect()
    connection.request("GET", f"{PREFIX}mlflow/ml/torn")
    response = connection.getresponse()
    with pytest.raises((OSError, http.client.IncompleteRead)):
        response.read()
    connection.close()


def wait_for(facts: list[int], seconds: float = 40.0) -> None:
    until = time.monotonic() + seconds
    while not facts and time.monotonic() < until:
        time.sleep(0.02)
    assert facts
