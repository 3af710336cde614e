"""A request body on its way: in memory while small, on disk when large."""

from __future__ import annotations

import asyncio
import hashlib
import tempfile
from collections.abc import AsyncIterator

_CHUNK = 256 * 1024


class Spool:
    """Collects a body, counts and hashes it, gives it back as often as needed.

    A signature needs the hash before the first byte is sent, and a request may
    have to be sent again with renewed credentials.

    Parameters
    ----------
    memory
        Bytes kept in memory; a larger body goes to a temporary file.
    limit
        Bytes accepted; the rest is counted and dropped, see `over`.
    """

    def __init__(self, memory: int, limit: int) -> None:
        self._file = tempfile.SpooledTemporaryFile(max_size=memory)  # noqa: SIM115 - closed by close()
        self._memory = memory
        self._limit = limit
        self._hash = hashlib.sha256()
        #: Bytes seen.
        self.size = 0
        #: Set when the disk failed.
        self.error: OSError | None = None

    @property
    def over(self) -> bool:
        """Whether the body was larger than the limit."""
        return self.size > self._limit

    @property
    def sha256(self) -> str:
        """Hash of the body, as signatures want it."""
        return self._hash.hexdigest()

    async def write(self, chunk: bytes) -> None:
        """Add bytes; a full disk is remembered in `error`, not raised."""
        self.size += len(chunk)
        if self.over or self.error is not None:
            return
        self._hash.update(chunk)
        try:
            if self.size <= self._memory:
                self._file.write(chunk)
            else:
                await asyncio.to_thread(self._file.write, chunk)
        except OSError as error:
            self.error = error

    async def read(self) -> bytes:
        """The whole body; for small ones."""
        return b"".join([chunk async for chunk in self.chunks()])

    async def chunks(self) -> AsyncIterator[bytes]:
        """The body from the start."""
        if self.size <= self._memory:
            self._file.seek(0)
            data = self._file.read()
            if data:
                yield data
            return
        position = 0
        while position < self.size:
            chunk = await asyncio.to_thread(self._read_at, position)
            if not chunk:
                return
            position += len(chunk)
            yield chunk

    def _read_at(self, position: int) -> bytes:
        self._file.seek(position)
        return self._file.read(_CHUNK)

    def close(self) -> None:
        """Free memory and disk."""
        self._file.close()
