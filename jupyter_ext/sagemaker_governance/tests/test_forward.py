"""Connections that a server closes while a request is on its way to it."""

from __future__ import annotations

import asyncio
import contextlib
import re

import pytest

from ..forward import Forwarder, Outgoing
from ..limits import Limits
from ..spool import Spool


class Impatient:
    """Keeps a connection after its answer, and drops it when it is used again.

    So does gunicorn, which serves MLflow 2, and whose connections rest for two seconds
    at most, to whoever asks just when they end.
    """

    def __init__(self) -> None:
        self.url = ""
        #: Methods of requests that were answered, and of those that were dropped.
        self.answered: list[str] = []
        self.dropped: list[str] = []

    async def __aenter__(self) -> Impatient:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        port = self._server.sockets[0].getsockname()[1]
        self.url = f"http://127.0.0.1:{port}/api/2.0/mlflow/x"
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()
        await self._server.wait_closed()

    async def _request(self, reader: asyncio.StreamReader) -> str:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        size = re.search(r"content-length: (\d+)", head, re.IGNORECASE)
        if size:
            await reader.readexactly(int(size[1]))
        return head.split(" ")[0]

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
            method = await self._request(reader)
            await asyncio.sleep(0.05)
            self.answered.append(method)
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")
            await writer.drain()
            self.dropped.append(await self._request(reader))
        writer.close()


async def ask(forwarder: Forwarder, url: str, method: str, body: bytes | None = None) -> int:
    spool = None
    if body is not None:
        spool = Spool(1024, 1024)
        await spool.write(body)
    safe = method == "GET"
    answer = await forwarder.send(
        Outgoing("ml", method, url, body=spool, retry_safe=safe), Nothing()
    )
    async for _ in answer.rest():
        pass
    answer.close()
    return answer.status


class Nothing:
    """No login."""

    async def authorize(self, *_: object) -> dict[str, str]:
        return {}

    async def renew(self, *_: object) -> bool:
        return False


@pytest.mark.parametrize(("method", "body"), [("PATCH", b"{}"), ("POST", b""), ("DELETE", None)])
def test_what_writes_is_not_sent_into_a_connection_that_ends(
    method: str, body: bytes | None
) -> None:
    async def scene() -> None:
        forwarder = Forwarder(Limits())
        async with Impatient() as server:
            assert await ask(forwarder, server.url, "GET") == 200
            assert await ask(forwarder, server.url, method, body) == 200
            assert await ask(forwarder, server.url, method, body) == 200
            assert server.dropped == []
            assert server.answered == ["GET", method, method]
            await forwarder.close()

    asyncio.run(scene())


def test_what_reads_outlives_any_number_of_connections_that_end() -> None:
    async def scene() -> None:
        forwarder = Forwarder(Limits())
        async with Impatient() as server:
            asked = [ask(forwarder, server.url, "GET") for _ in range(6)]
            assert await asyncio.gather(*asked) == [200] * 6
            # Six connections rest now, and each will be dropped. aiohttp itself tries a
            # second one for what is idempotent.
            assert await ask(forwarder, server.url, "GET") == 200
            assert server.dropped in (["GET"], ["GET"] * 2)
            await forwarder.close()

    asyncio.run(scene())
