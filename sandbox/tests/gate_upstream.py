"""An upstream that tells exactly what arrived, and a raw client: bytes, no library."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from sandbox.gate import ControlServer, Gate


@dataclass
class Upstream:
    """A bare server; keeps the bytes of every request, answers what it is told."""

    reply: bytes = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
    requests: list[bytes] = field(default_factory=list)
    connections: int = 0
    closes_after: int = 0
    """Requests after which a connection is closed without a word; 0: never."""
    url: str = ""

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection."""
        self.connections += 1
        served = 0
        try:
            while True:
                raw = await reader.readuntil(b"\r\n\r\n")
                lower = raw.lower()
                if b"transfer-encoding: chunked" in lower:
                    raw += await reader.readuntil(b"0\r\n\r\n")
                elif b"content-length:" in lower:
                    length = int(lower.partition(b"content-length:")[2].split(b"\r\n")[0])
                    raw += await reader.readexactly(length)
                self.requests.append(raw)
                writer.write(self.reply)
                await writer.drain()
                served += 1
                if b"connection: close" in self.reply.lower() or served == self.closes_after:
                    break
        except (asyncio.IncompleteReadError, ConnectionError):
            # The other side is done with this connection.
            pass
        finally:
            writer.close()


@dataclass
class Rig:
    """Gates before one upstream, under one control server."""

    upstream: Upstream
    gates: dict[str, Gate]
    control: ControlServer

    def port(self, name: str = "aws") -> int:
        """Port of a gate."""
        return int(self.gates[name].url.rpartition(":")[2].partition("/")[0])

    async def send(self, raw: bytes, name: str = "aws") -> bytes:
        """Send bytes to a gate, then read until the connection ends.

        Raises ConnectionResetError when it is cut.
        """
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port(name))
        try:
            writer.write(raw)
            await writer.drain()
            return await asyncio.wait_for(reader.read(), 10)
        finally:
            writer.close()


@asynccontextmanager
async def rig(upstream: Upstream | None = None) -> AsyncIterator[Rig]:
    """Everything up; down at the end."""
    upstream = upstream or Upstream()
    server = await asyncio.start_server(upstream.serve, "127.0.0.1", 0)
    upstream.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    names = ("aws", "aws-claims", "aws-markets", "openpages", "mlflow")
    gates = {name: Gate(name, upstream.url) for name in names}
    for gate in gates.values():
        await gate.start()
    control = ControlServer(gates.values())
    await control.start()
    try:
        yield Rig(upstream, gates, control)
    finally:
        await control.stop()
        for gate in gates.values():
            await gate.stop()
        server.close()


def request(
    method: str = "GET", target: str = "/", *headers: str, body: bytes = b"", close: bool = True
) -> bytes:
    """A request as bytes."""
    lines = [f"{method} {target} HTTP/1.1", "Host: registry.example", *headers]
    if body:
        lines.append(f"Content-Length: {len(body)}")
    if close:
        lines.append("Connection: close")
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def search(body: bytes = b"{}", close: bool = True) -> bytes:
    """SageMaker's Search."""
    return request(
        "POST",
        "/",
        "X-Amz-Target: SageMaker.Search",
        "Content-Type: application/x-amz-json-1.1",
        body=body,
        close=close,
    )


def assume_role() -> bytes:
    """STS's AssumeRole."""
    return request(
        "POST",
        "/",
        "Content-Type: application/x-www-form-urlencoded; charset=utf-8",
        body=b"Action=AssumeRole&Version=2011-06-15",
    )
