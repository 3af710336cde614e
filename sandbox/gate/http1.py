"""Just enough of HTTP/1.1 to pass messages on byte for byte.

Heads are kept as they came; bodies are framed by Content-Length, by chunks, or by the end
of the connection, and are streamed without being changed.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass

HEAD_LIMIT = 64 << 10
BLOCK = 64 << 10
_ID = re.compile(r"^(?:\d+|[0-9a-f]{32}|m-[0-9a-f]{32})$")


class BadMessage(Exception):
    """A message that is not HTTP/1.1 as we understand it."""


@dataclass
class Head:
    """First line and headers; ``raw`` is exactly what came, with the empty line."""

    raw: bytes
    start: str
    headers: list[tuple[str, str]]

    def get(self, name: str, default: str = "") -> str:
        """Value of a header (name in lower case), the first if there are more."""
        return next((value for key, value in self.headers if key == name), default)

    @property
    def chunked(self) -> bool:
        """Whether the body comes in chunks."""
        return "chunked" in self.get("transfer-encoding").lower()

    @property
    def length(self) -> int | None:
        """Content-Length in bytes, None without. Raises BadMessage."""
        text = self.get("content-length")
        if not text:
            return None
        if not text.isdecimal():
            raise BadMessage(f"Content-Length {text!r}")
        return int(text)

    @property
    def closes(self) -> bool:
        """Whether the connection ends after this message."""
        tokens = self.get("connection").lower()
        if "HTTP/1.0" in self.start:
            return "keep-alive" not in tokens
        return "close" in tokens

    @property
    def method(self) -> str:
        """Method of a request."""
        return self.start.partition(" ")[0]

    @property
    def target(self) -> str:
        """Request target, raw."""
        return self.start.split(" ")[1]

    @property
    def status(self) -> int:
        """Status of an answer. Raises BadMessage."""
        text = self.start.split(" ")[1] if " " in self.start else ""
        if not text.isdecimal():
            raise BadMessage(f"status line {self.start!r}")
        return int(text)

    def without(self, *names: str) -> bytes:
        """The raw head without some headers (names in lower case), without its end."""
        lines = self.raw.rstrip(b"\r\n").split(b"\r\n")
        kept = lines[:1] + [
            line
            for line in lines[1:]
            if line.partition(b":")[0].strip().lower().decode("latin-1") not in names
        ]
        return b"\r\n".join(kept)


async def read_head(reader: asyncio.StreamReader) -> Head | None:
    """Next head; None when the connection ended before one began.

    Raises BadMessage, also when the connection ends within it.
    """
    try:
        raw = await reader.readuntil(b"\r\n\r\n")
    except asyncio.IncompleteReadError as error:
        if error.partial:
            raise BadMessage("connection ended within a head") from error
        return None
    except asyncio.LimitOverrunError as error:
        raise BadMessage(f"head over {HEAD_LIMIT} bytes") from error
    lines = raw[:-4].decode("latin-1").split("\r\n")
    headers = []
    for line in lines[1:]:
        name, colon, value = line.partition(":")
        if not colon:
            raise BadMessage(f"header line {line!r}")
        headers.append((name.strip().lower(), value.strip()))
    if lines[0].count(" ") < 1:
        raise BadMessage(f"first line {lines[0]!r}")
    return Head(raw, lines[0], headers)


async def body_of(
    reader: asyncio.StreamReader, length: int | None, chunked: bool, to_end: bool
) -> AsyncIterator[bytes]:
    """The bytes of a body as they stand on the wire, in blocks.

    ``to_end``: without other framing the body lasts until the connection ends. Raises
    BadMessage when it ends too early.
    """
    if chunked:
        async for block in _chunks(reader):
            yield block
    elif length is not None:
        while length:
            block = await reader.read(min(length, BLOCK))
            if not block:
                raise BadMessage("connection ended within a body")
            length -= len(block)
            yield block
    elif to_end:
        while block := await reader.read(BLOCK):
            yield block


async def _chunks(reader: asyncio.StreamReader) -> AsyncIterator[bytes]:
    try:
        while True:
            line = await reader.readuntil(b"\r\n")
            try:
                size = int(line.split(b";")[0], 16)
            except ValueError:
                raise BadMessage(f"chunk size {line!r}") from None
            yield line
            if size == 0:
                break
            left = size + 2
            while left:
                block = await reader.readexactly(min(left, BLOCK))
                left -= len(block)
                yield block
        while True:
            trailer = await reader.readuntil(b"\r\n")
            yield trailer
            if trailer == b"\r\n":
                return
    except asyncio.IncompleteReadError as error:
        raise BadMessage("connection ended within a chunked body") from error


def unchunk(wire: bytes) -> bytes:
    """The content of a whole chunked body."""
    content = b""
    while True:
        line, _, wire = wire.partition(b"\r\n")
        size = int(line.split(b";")[0], 16)
        if size == 0:
            return content
        content += wire[:size]
        wire = wire[size + 2 :]


def operation_of(head: Head, body: bytes) -> str:
    """What a call is counted as: AWS operation, form ``Action``, or method and path.

    Ids in a path become ``{id}``, so that the counts stay readable.
    """
    target = head.get("x-amz-target")
    if target:
        return target.rpartition(".")[2]
    if head.get("content-type").startswith("application/x-www-form-urlencoded"):
        action = re.search(rb"(?:^|&)Action=([A-Za-z]+)", body)
        if action:
            return action[1].decode()
    path = head.target.partition("?")[0]
    segments = ["{id}" if _ID.match(one) else one for one in path.split("/")]
    return f"{head.method} {'/'.join(segments)}"
