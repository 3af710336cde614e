"""The gate lets messages through byte for byte, quickly, and signatures stay valid."""

from __future__ import annotations

import asyncio
import contextlib
import os
import time

import pytest
from aiohttp import ClientSession, web
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from sandbox.gate import Gate
from sandbox.tests.gate_upstream import Upstream, assume_role, request, rig, search

CHUNKED = b"HTTP/1.1 200 Fine\r\nX-Odd:  two  \r\nTransfer-Encoding: chunked\r\n\r\n"


@pytest.mark.asyncio
@pytest.mark.parametrize(
    "raw",
    [
        request("GET", "/a//b/%2e%2e/%41?x=1&x=2&empty=&q=a+b%20c"),
        request("GET", "/%E2%82%AC;v=1?"),
        request(
            "POST", "/", "x-mixed-CASE:   spaced  ", "X-Twice: 1", "X-Twice: 2", body=b"\0\xff"
        ),
        request("HEAD", "/x"),
        request("PUT", "/x", "Transfer-Encoding: chunked") + b"3;ext=1\r\nabc\r\n0\r\n\r\n",
        request("DELETE", "/x", "Content-Length: 0"),
        search(b'{"Resource": "ModelPackageGroup"}'),
        request("POST", "/", body=os.urandom(300_000)),
    ],
)
async def test_a_request_arrives_as_it_was_sent(raw: bytes) -> None:
    async with rig() as it:
        await it.send(raw)
        assert it.upstream.requests == [raw]


@pytest.mark.asyncio
@pytest.mark.parametrize(
    "reply",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nX-B: 1\r\nx-a:2\r\n\r\n\0\1\2\r\n",
        b"HTTP/1.1 204 No Content\r\n\r\n",
        b"HTTP/1.1 304 Not Modified\r\nContent-Length: 99\r\n\r\n",
        b"HTTP/1.1 418 I am odd\r\nContent-Length: 0\r\n\r\n",
        CHUNKED + b"3\r\nabc\r\n2;x=y\r\nde\r\n0\r\nX-Trailer: 1\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nuntil the end",
        b"HTTP/1.0 200 OK\r\nServer: old\r\nConnection: close\r\n\r\nuntil the end",
        b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"
        b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n!",
    ],
)
async def test_an_answer_comes_as_it_was_given(reply: bytes) -> None:
    async with rig(Upstream(reply=reply)) as it:
        assert await it.send(request()) == reply


@pytest.mark.asyncio
async def test_connections_are_kept() -> None:
    async with rig() as it:
        reader, writer = await asyncio.open_connection("127.0.0.1", it.port())
        for _ in range(3):
            writer.write(search(close=False))
            assert (await reader.readuntil(b"ok")).startswith(b"HTTP/1.1 200 OK")
        writer.close()
        assert len(it.upstream.requests) == 3
        assert it.upstream.connections == 1


@pytest.mark.asyncio
async def test_an_upstream_that_closed_while_idle_is_asked_anew() -> None:
    async with rig(Upstream(closes_after=1)) as it:
        reader, writer = await asyncio.open_connection("127.0.0.1", it.port())
        for _ in range(3):
            writer.write(search(close=False))
            assert (await reader.readuntil(b"ok")).startswith(b"HTTP/1.1 200 OK")
        writer.close()
        assert it.upstream.connections == 3


@pytest.mark.asyncio
async def test_an_upstream_that_is_not_there_is_named() -> None:
    gate = Gate("mlflow", "http://127.0.0.1:9")
    await gate.start()
    async with ClientSession() as session, session.get(gate.url) as answer:
        assert answer.status == 502
        assert "mlflow" in await answer.text()
    await gate.stop()


@pytest.mark.asyncio
async def test_rubbish_ends_the_connection_only() -> None:
    async with rig() as it:
        for raw in (b"rubbish\r\n\r\n", request("GET", "/", "Content-Length: x"), b"x" * 70_000):
            # A reset is allowed too: it closed before all of it was read.
            with contextlib.suppress(ConnectionResetError):
                assert await it.send(raw) == b""
        assert (await it.send(request())).endswith(b"ok")
        assert len(it.upstream.requests) == 1


@pytest.mark.asyncio
async def test_a_signature_made_for_the_gate_is_valid_behind_it() -> None:
    credentials = Credentials("AKIDEXAMPLE", "secret", "session-token")
    async with rig() as it:
        url = f"{it.gates['aws'].url}/"
        body = b'{"Resource": "ModelPackageGroup", "MaxResults": 100}'
        signed = AWSRequest(
            "POST",
            url,
            data=body,
            headers={
                "Content-Type": "application/x-amz-json-1.1",
                "X-Amz-Target": "SageMaker.Search",
            },
        )
        SigV4Auth(credentials, "sagemaker", "eu-west-1").add_auth(signed)
        async with (
            ClientSession() as session,
            session.post(url, data=body, headers=dict(signed.headers.items())) as answer,
        ):
            assert answer.status == 200
        head, _, arrived = it.upstream.requests[0].partition(b"\r\n\r\n")
    headers = dict(line.split(": ", 1) for line in head.decode().split("\r\n")[1:])
    lower = {name.lower(): value for name, value in headers.items()}
    # Recomputed from what arrived, with the Host that arrived and not the upstream's own.
    assert lower["host"] == url.split("/")[2]
    again = AWSRequest("POST", f"http://{lower['host']}/", data=arrived)
    names = lower["authorization"].partition("SignedHeaders=")[2].partition(",")[0].split(";")
    for name in names:
        again.headers[name] = lower[name]
    again.context["timestamp"] = lower["x-amz-date"]
    signer = SigV4Auth(credentials, "sagemaker", "eu-west-1")
    signature = signer.signature(
        signer.string_to_sign(again, signer.canonical_request(again)), again
    )
    assert lower["authorization"].endswith(f"Signature={signature}")


async def _streaming_upstream(total: int) -> tuple[web.AppRunner, str, dict[str, int]]:
    got = {"bytes": 0}

    async def echo(incoming: web.Request) -> web.StreamResponse:
        async for block in incoming.content.iter_any():
            got["bytes"] += len(block)
        out = web.StreamResponse()
        await out.prepare(incoming)
        for _ in range(total >> 20):
            await out.write(b"x" * (1 << 20))
        return out

    app = web.Application(client_max_size=1 << 40)
    app.router.add_route("*", "/{tail:.*}", echo)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    return runner, f"http://127.0.0.1:{runner.addresses[0][1]}", got


@pytest.mark.asyncio
async def test_big_bodies_stream_both_ways() -> None:
    total = 64 << 20
    runner, url, got = await _streaming_upstream(total)
    gate = Gate("mlflow", url)
    await gate.start()

    async def upload() -> object:
        for _ in range(total >> 20):
            yield b"y" * (1 << 20)

    async with ClientSession() as session, session.put(f"{gate.url}/up", data=upload()) as answer:
        received = 0
        async for block in answer.content.iter_any():
            received += len(block)
    assert received == total
    assert got["bytes"] == total
    await gate.stop()
    await runner.cleanup()


@pytest.mark.asyncio
async def test_the_first_bytes_do_not_wait_for_the_last() -> None:
    release = asyncio.Event()

    async def slowly(incoming: web.Request) -> web.StreamResponse:
        out = web.StreamResponse()
        await out.prepare(incoming)
        await out.write(b"first")
        await release.wait()
        await out.write(b"last")
        return out

    app = web.Application()
    app.router.add_get("/", slowly)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    gate = Gate("mlflow", f"http://127.0.0.1:{runner.addresses[0][1]}")
    await gate.start()
    async with ClientSession() as session, session.get(gate.url) as answer:
        assert await asyncio.wait_for(answer.content.readany(), 5) == b"first"
        release.set()
        assert await answer.content.read() == b"last"
    await gate.stop()
    await runner.cleanup()


@pytest.mark.asyncio
async def test_an_early_answer_to_a_long_upload_gets_through() -> None:
    refused = b"HTTP/1.1 413 Too Large\r\nContent-Length: 3\r\nConnection: close\r\n\r\nbig"

    async def refuse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(refused)
        await writer.drain()

    server = await asyncio.start_server(refuse, "127.0.0.1", 0)
    gate = Gate("mlflow", f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}")
    await gate.start()
    reader, writer = await asyncio.open_connection("127.0.0.1", int(gate.url.rpartition(":")[2]))
    writer.write(request("PUT", "/", "Content-Length: 100000000") + b"only the beginning")
    assert await asyncio.wait_for(reader.readuntil(b"big"), 5) == refused
    writer.close()
    await gate.stop()
    server.close()


@pytest.mark.asyncio
@pytest.mark.parametrize(
    "raw",
    [
        search(close=False),
        request("PUT", "/", "Content-Length: 100000000") + b"only the beginning",
        request("PUT", "/", "Transfer-Encoding: chunked") + b"5\r\nonly",
    ],
)
async def test_a_client_that_leaves_ends_the_upstreams_call(raw: bytes) -> None:
    began, ended = asyncio.Event(), asyncio.Event()

    async def never(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        began.set()
        await reader.read()
        ended.set()
        writer.close()

    server = await asyncio.start_server(never, "127.0.0.1", 0)
    gate = Gate("mlflow", f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}")
    await gate.start()
    _, writer = await asyncio.open_connection("127.0.0.1", int(gate.url.rpartition(":")[2]))
    writer.write(raw)
    await asyncio.wait_for(began.wait(), 5)
    writer.close()
    await asyncio.wait_for(ended.wait(), 5)
    await gate.stop()
    server.close()


@pytest.mark.asyncio
async def test_the_gate_waits_for_nothing_and_keeps_its_connection() -> None:
    async with rig() as it, ClientSession() as session:
        headers = {"X-Amz-Target": "SageMaker.Search"}

        async def once(url: str) -> float:
            start = time.perf_counter()
            async with session.post(url, data=b"{}", headers=headers) as answer:
                await answer.read()
            return time.perf_counter() - start

        direct: list[float] = []
        through: list[float] = []
        for _ in range(200):
            direct.append(await once(it.upstream.url))
            through.append(await once(it.gates["aws"].url))
        assert it.upstream.connections == 2
        # A busy machine adds to both. Held back by Nagle's algorithm and late
        # acknowledgements, as small writes are, a call would take a hundred times as long.
        assert min(through) < 30 * min(direct)


@pytest.mark.asyncio
async def test_calls_are_counted_by_operation() -> None:
    async with rig() as it, ClientSession() as session:
        await it.send(search())
        await it.send(search())
        await it.send(assume_role())
        await it.send(search(), "aws-claims")
        await it.send(request("POST", "/opgrc/api/v2/query?x=1"), "openpages")
        await it.send(request("GET", "/opgrc/api/v2/contents/15001/associations"), "openpages")
        run = "0123456789abcdef0123456789abcdef"
        await it.send(request("GET", f"/ajax-api/2.0/mlflow/logged-models/m-{run}"), "mlflow")
        async with session.get(f"{it.control.url}/counts") as answer:
            counts = await answer.json()
        assert counts == {
            "aws": {"Search": 2, "AssumeRole": 1},
            "aws-claims": {"Search": 1},
            "aws-markets": {},
            "openpages": {
                "POST /opgrc/api/v2/query": 1,
                "GET /opgrc/api/v2/contents/{id}/associations": 1,
            },
            "mlflow": {"GET /ajax-api/2.0/mlflow/logged-models/{id}": 1},
        }
        async with session.delete(f"{it.control.url}/counts") as answer:
            assert not any((await answer.json()).values())


@pytest.mark.parametrize("url", ["https://127.0.0.1:1", "ftp://x", "127.0.0.1:5000"])
def test_an_upstream_must_be_plain_http(url: str) -> None:
    with pytest.raises(ValueError, match="gate aws"):
        Gate("aws", url)
