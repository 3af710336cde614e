"""Single flight: however many wait for it, the work is done once."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

T = TypeVar("T")


class SingleFlight(Generic[T]):
    """Shares one running call among all who ask while it runs.

    A caller who is cancelled does not cancel the work of the others.
    """

    def __init__(self, work: Callable[[], Awaitable[T]]) -> None:
        self._work = work
        self._running: asyncio.Future[T] | None = None

    async def __call__(self) -> T:
        running = self._running
        if running is None:
            running = asyncio.ensure_future(self._work())
            self._running = running
            running.add_done_callback(self._landed)
        return await asyncio.shield(running)

    def _landed(self, future: asyncio.Future[T]) -> None:
        self._running = None
        if not future.cancelled():
            # Seen here, so that a failure nobody waits for any more is not
            # reported as never retrieved.
            future.exception()
