"""`POST doctor`: runs the checks and streams each as it finishes."""

from __future__ import annotations

import asyncio
import json

from tornado import web
from tornado.iostream import StreamClosedError

from ..doctor import examine
from .base import RelayHandler


class DoctorHandler(RelayHandler):
    """One JSON object a line."""

    def on_connection_close(self) -> None:
        """Nobody reads on: stop the checks."""
        super().on_connection_close()
        if self._running is not None:
            self._running.cancel()

    _running: asyncio.Future[None] | None = None

    @web.authenticated
    async def post(self) -> None:
        """Check versions, environment, credentials and every connection."""
        self.set_header("Content-Type", "application/x-ndjson; charset=utf-8")
        self._running = asyncio.ensure_future(self._stream())
        try:
            await self._running
        except (asyncio.CancelledError, StreamClosedError):
            raise web.Finish from None

    async def _stream(self) -> None:
        async for finding in examine(self.relay):
            self.write(json.dumps(finding.to_json(), ensure_ascii=False) + "\n")
            await self.flush()
