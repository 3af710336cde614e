"""A small upstream in a thread: records what arrives, answers as told."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from aiohttp import web

Reply = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass(frozen=True)
class Seen:
    """A request as it arrived."""

    method: str
    raw_path: str
    headers: list[tuple[str, str]]
    body: bytes

    def header(self, name: str) -> str | None:
        """The header's value; None if absent, an error if sent twice."""
        values = [value for key, value in self.headers if key.lower() == name.lower()]
        assert len(values) < 2, f"{name} sent twice"
        return values[0] if values else None


class StandIn:
    """HTTP server on a free port of the loopback interface."""

    def __init__(self) -> None:
        self.seen: list[Seen] = []
        self.replies: dict[str, Reply] = {}
        self.url = ""
        self._started = threading.Event()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> StandIn:
        self._thread.start()
        assert self._started.wait(10)
        return self

    def __exit__(self, *exc: object) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)

    def clear(self) -> None:
        """Forget requests and replies."""
        self.seen.clear()
        self.replies.clear()

    def on(self, path: str, reply: Reply) -> None:
        """Answer requests whose raw path starts so; the longest match wins."""
        self.replies[path] = reply

    def requests(self, path: str) -> list[Seen]:
        """Requests whose raw path starts so."""
        return [seen for seen in self.seen if seen.raw_path.startswith(path)]

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_until_complete(self._start())
        self._started.set()
        self._loop.run_forever()

    async def _start(self) -> None:
        app = web.Application(client_max_size=1 << 30)
        app.router.add_route("*", "/{tail:.*}", self._answer)
        runner = web.AppRunner(app, auto_decompress=False)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        port = runner.addresses[0][1]
        self.url = f"http://127.0.0.1:{port}"

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        raw = request.raw_path
        matching = [path for path in self.replies if raw.startswith(path)]
        streamed = raw.startswith("/big-upload")
        body = b"" if streamed else await request.read()
        headers = [(k.decode("latin1"), v.decode("latin1")) for k, v in request.raw_headers]
        self.seen.append(Seen(request.method, raw, headers, body))
        if matching:
            return await self.replies[max(matching, key=len)](request)
        return json_reply({"path": raw, "method": request.method})


def json_reply(data: object, status: int = 200, **headers: str) -> web.Response:
    """An answer as an API gives it."""
    return web.Response(
        body=json.dumps(data).encode(),
        status=status,
        headers={"Content-Type": "application/json", **headers},
    )


def fixed(
    body: bytes | str, status: int = 200, kind: str = "application/json", **headers: str
) -> Reply:
    """A reply that is always the same; header names with _ for -."""
    data = body.encode() if isinstance(body, str) else body
    named = {name.replace("_", "-"): value for name, value in headers.items()}

    async def reply(request: web.Request) -> web.StreamResponse:
        return web.Response(body=data, status=status, headers={"Content-Type": kind, **named})

    return reply
