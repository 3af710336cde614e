"""A gate: a transparent HTTP/1.1 reverse proxy for one upstream.

It passes on the client's own bytes, Host header included, so that an AWS signature made
for the gate's address stays valid behind it. Each client connection has one upstream
connection of its own.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import socket
import struct
from urllib.parse import urlsplit

from .answers import answer, refusal
from .faults import DOWN, Fault, FaultBoard
from .http1 import (
    BLOCK,
    HEAD_LIMIT,
    BadMessage,
    Head,
    body_of,
    operation_of,
    read_head,
    unchunk,
)

PEEK = 64 << 10
"""Bodies up to this many bytes are read before they are passed on."""
DRAIN = 8 << 20
"""Bytes of a body that are read and dropped before an answer of our own."""
GONE_SECONDS = 0.25
"""How often it is looked whether the client is still there."""
log = logging.getLogger(__name__)


class _Cut(Exception):
    """The connection to the client is to end now.

    ``reset``: by a reset (RST), as when a device on the way gives up; else by a close.
    """

    def __init__(self, reset: bool = False) -> None:
        self.reset = reset


class _Upstream:
    """A connection to the upstream, opened when first needed."""

    def __init__(self, host: str, port: int) -> None:
        self._host, self._port = host, port
        self.reader: asyncio.StreamReader | None = None
        self._writer: asyncio.StreamWriter | None = None

    async def open(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter, bool]:
        """Reader, writer, and whether they were used before. Raises OSError."""
        if self.reader and self._writer:
            if not self.reader.at_eof() and not self._writer.is_closing():
                return self.reader, self._writer, True
            self.close()
        self.reader, self._writer = await asyncio.open_connection(
            self._host, self._port, limit=HEAD_LIMIT
        )
        return self.reader, self._writer, False

    def close(self) -> None:
        if self._writer:
            self._writer.close()
        self.reader = self._writer = None


class Gate:
    """One upstream behind one port of 127.0.0.1.

    ``name`` is ``aws``, ``aws-<registry>``, ``openpages`` or ``mlflow``: it decides the
    words of the faults. With ``port`` 0 any free one is taken; :attr:`url` tells it after
    :meth:`start`. Raises ValueError for an upstream that is not ``http://host[:port]``.
    """

    def __init__(self, name: str, upstream: str, port: int = 0) -> None:
        parts = urlsplit(upstream)
        if parts.scheme != "http" or not parts.hostname:
            raise ValueError(f"upstream of gate {name} must be http://host:port, not {upstream}")
        self.name = name
        self.board = FaultBoard([name])
        """Its faults and counts; a control server replaces it by one for all gates."""
        self.upstream = upstream
        self._address = (parts.hostname, parts.port or 80)
        self._path = parts.path.rstrip("/")
        self._wanted_port = port
        self._server: asyncio.Server | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def url(self) -> str:
        """Address for clients; the upstream's own path, if any, at the end."""
        if not self._server:
            raise RuntimeError(f"gate {self.name} is not started")
        port = self._server.sockets[0].getsockname()[1]
        return f"http://127.0.0.1:{port}{self._path}"

    async def start(self) -> None:
        """Listen. Raises OSError when the port is taken."""
        self._server = await asyncio.start_server(
            self._accept, "127.0.0.1", self._wanted_port, limit=HEAD_LIMIT
        )

    async def stop(self) -> None:
        """Close the listener and every connection."""
        if self._server:
            self._server.close()
            self._server = None
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.get_running_loop().create_task(self._serve(reader, writer))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        upstream = _Upstream(*self._address)
        try:
            while await self._exchange(reader, writer, upstream):
                pass
        except _Cut as cut:
            if cut.reset:
                # No lingering on a close means a reset.
                linger = struct.pack("ii", 1, 0)
                connection = writer.get_extra_info("socket")
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
                writer.transport.abort()
        except (BadMessage, ConnectionError) as error:
            log.debug("%s: connection ended: %s", self.name, error)
            writer.transport.abort()
        finally:
            upstream.close()
            writer.close()
            with contextlib.suppress(ConnectionError):
                await writer.wait_closed()

    async def _exchange(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, upstream: _Upstream
    ) -> bool:
        """One request and its answer; False when the connection is over."""
        head = await read_head(reader)
        if head is None:
            return False
        peeked = await self._peek(reader, head)
        operation = operation_of(head, peeked or b"")
        hits = self.board.arrive(self.name, operation)
        if any(hit.name in DOWN for hit in hits):
            raise _Cut
        wait = self.board.wait_ms(self.name, hits)
        if wait:
            await asyncio.sleep(wait / 1000)
        for hit in hits:
            own = refusal(hit.name, self.name, head, operation)
            if own is not None or hit.name == "drop":
                if peeked is None:
                    await self._drain(reader, head)
                if own is None:
                    raise _Cut(reset=True)
                writer.write(own)
                await writer.drain()
                return False
        return await self._forward(head, peeked, hits, reader, writer, upstream)

    @staticmethod
    async def _peek(reader: asyncio.StreamReader, head: Head) -> bytes | None:
        """The whole body when it is small, None when it is to be streamed."""
        if head.chunked or head.get("expect"):
            return None
        length = head.length or 0
        if length > PEEK:
            return None
        try:
            return await reader.readexactly(length)
        except asyncio.IncompleteReadError as error:
            raise BadMessage("connection ended within a body") from error

    @staticmethod
    async def _drain(reader: asyncio.StreamReader, head: Head) -> None:
        if head.get("expect"):
            return
        dropped = 0
        async for block in body_of(reader, head.length, head.chunked, to_end=False):
            dropped += len(block)
            if dropped > DRAIN:
                return

    async def _forward(
        self,
        head: Head,
        peeked: bytes | None,
        hits: list[Fault],
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        upstream: _Upstream,
    ) -> bool:
        while True:
            try:
                up_reader, up_writer, used = await upstream.open()
            except OSError as error:
                text = f"The sandbox's {self.name} does not run: {error.strerror or error}"
                writer.write(answer(502, "text/plain", text))
                await writer.drain()
                return False
            up_writer.write(head.raw + (peeked or b""))
            pump: asyncio.Task[None] | None = None
            if peeked is None:
                pump = asyncio.create_task(self._pump(reader, head, up_writer))
            try:
                reply = await self._await_reply(reader, writer, up_reader, pump)
                if reply is None:
                    if used and peeked is not None:
                        # It had been closed while idle: nothing was answered, ask anew.
                        upstream.close()
                        continue
                    raise _Cut
                if reply.status == 101:
                    await self._tunnel(reader, writer, up_reader, up_writer, reply)
                    return False
                goes_on = await self._answer(head, reply, hits, up_reader, writer)
                if pump and not pump.done():
                    # Answered before the request ended: neither side can be used again.
                    goes_on = False
                elif pump:
                    await pump
            finally:
                if pump:
                    pump.cancel()
            if reply.closes or self._lasts_to_end(head, reply):
                upstream.close()
                goes_on = goes_on and not self._lasts_to_end(head, reply) and not reply.closes
            return goes_on and not head.closes

    @staticmethod
    async def _pump(
        reader: asyncio.StreamReader, head: Head, up_writer: asyncio.StreamWriter
    ) -> None:
        async for block in body_of(reader, head.length, head.chunked, to_end=False):
            up_writer.write(block)
            await up_writer.drain()

    async def _await_reply(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        up_reader: asyncio.StreamReader,
        pump: asyncio.Task[None] | None,
    ) -> Head | None:
        """The upstream's answer; a client that leaves meanwhile ends the upstream's call."""
        reply = asyncio.create_task(self._reply_head(up_reader, writer))
        try:
            while True:
                sending = {pump} if pump and not pump.done() else set()
                await asyncio.wait(
                    {reply, *sending}, timeout=GONE_SECONDS, return_when=asyncio.FIRST_COMPLETED
                )
                if reply.done():
                    return reply.result()
                if pump and pump.done():
                    pump.result()
                if reader.at_eof():
                    raise _Cut
        finally:
            reply.cancel()

    @staticmethod
    async def _reply_head(
        up_reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> Head | None:
        """Head of the final answer; informational ones are passed on."""
        try:
            while (reply := await read_head(up_reader)) is not None:
                if reply.status >= 200 or reply.status == 101:
                    return reply
                writer.write(reply.raw)
        except ConnectionError:
            return None
        return None

    @staticmethod
    def _has_body(head: Head, reply: Head) -> bool:
        return head.method != "HEAD" and reply.status not in (204, 304)

    def _lasts_to_end(self, head: Head, reply: Head) -> bool:
        return self._has_body(head, reply) and not reply.chunked and reply.length is None

    async def _answer(
        self,
        head: Head,
        reply: Head,
        hits: list[Fault],
        up_reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
    ) -> bool:
        if not self._has_body(head, reply):
            writer.write(reply.raw)
            await writer.drain()
            return True
        body = body_of(up_reader, reply.length, reply.chunked, to_end=True)
        if any(hit.name == "half-body" for hit in hits):
            wire = b"".join([block async for block in body])
            content = unchunk(wire) if reply.chunked else wire
            start = reply.without("content-length", "transfer-encoding")
            writer.write(start + f"\r\nContent-Length: {len(content)}\r\n\r\n".encode())
            writer.write(content[: len(content) // 2])
            await writer.drain()
            raise _Cut
        writer.write(reply.raw)
        async for block in body:
            writer.write(block)
            await writer.drain()
        return True

    @staticmethod
    async def _tunnel(
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        up_reader: asyncio.StreamReader,
        up_writer: asyncio.StreamWriter,
        reply: Head,
    ) -> None:
        """After a protocol switch: bytes both ways until one side ends."""

        async def copy(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
            while block := await source.read(BLOCK):
                target.write(block)
                await target.drain()

        writer.write(reply.raw)
        ways = [
            asyncio.create_task(copy(reader, up_writer)),
            asyncio.create_task(copy(up_reader, writer)),
        ]
        await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        for way in ways:
            way.cancel()
