"""`POST doctor`: runs the checks and streams each as it finishes."""

from __future__ import annotations

import asyncio
import json
import re

from tornado import web
from tornado.iostream import StreamClosedError

from ..doctor import Page, examine
from ..errors import RelayError
from ..foreign import parse_json
from .base import RelayHandler

_VERSION = re.compile(r"[0-9A-Za-z][\w.+-]{0,63}", re.ASCII)
_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,62}", re.ASCII)
#: Bytes of the largest body that makes sense.
_MAX = 4096


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
        """Check versions, environment, credentials and every connection.

        The body may be empty, or `{"page": {"version", "api", "lab"}, "only": []}`.
        """
        page, only = _asked(self.request.body)
        self.set_header("Content-Type", "application/x-ndjson; charset=utf-8")
        self._running = asyncio.ensure_future(self._stream(page, only))
        try:
            await self._running
        except (asyncio.CancelledError, StreamClosedError):
            raise web.Finish from None

    async def _stream(self, page: Page, only: tuple[str, ...]) -> None:
        async for line in examine(self.relay, page, only):
            self.write(json.dumps(line, ensure_ascii=False) + "\n")
            await self.flush()


def _asked(body: bytes) -> tuple[Page, tuple[str, ...]]:
    """What the body asks for.

    Raises
    ------
    RelayError
        `bad_request`
    """
    if not body.strip():
        return Page(), ()
    try:
        data = parse_json(body) if len(body) <= _MAX else None
    except ValueError:
        data = None
    page = data.get("page", {}) if isinstance(data, dict) else None
    only = data.get("only", []) if isinstance(data, dict) else None
    if not isinstance(page, dict) or not isinstance(only, list) or not _good(page, only):
        raise RelayError(
            "bad_request",
            "The body of the request for checks is not understood.",
            "Reload the page: it may belong to another version of the extension.",
        )
    return Page(page.get("version"), page.get("api"), page.get("lab")), tuple(only)


def _good(page: dict[str, object], only: list[object]) -> bool:
    api = page.get("api")
    return (
        all(
            page.get(name) is None or _VERSION.fullmatch(str(page[name]))
            for name in ("version", "lab")
        )
        and (api is None or (isinstance(api, int) and not isinstance(api, bool)))
        and all(isinstance(name, str) and _NAME.fullmatch(name) for name in only)
    )
