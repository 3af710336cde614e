"""Common part of the three routes that pass requests on."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING

from tornado import web
from tornado.http1connection import HTTP1Connection
from tornado.iostream import StreamClosedError

from ..errors import RelayError
from ..headers import response_headers
from ..spool import Spool
from .base import ROUTE, RelayHandler, signed_out

if TYPE_CHECKING:
    from ..auth import Authorizer
    from ..forward import Answer, Outgoing
    from ..limits import Limits
    from ..relay import Relay

#: What is read and thrown away of a body beyond the limit, so that the browser
#: gets the reason instead of a broken connection.
_GRACE = 64 << 20


@web.stream_request_body
class UpstreamHandler(RelayHandler):
    """Takes a body in, sends the request, streams the answer back."""

    #: Second segment of the route.
    kind = ""
    #: Largest body of this route in bytes, None: the trait.
    max_body: int | None = None

    def initialize(self, relay: Relay, limits: Limits) -> None:  # type: ignore[override] # one more
        """Take the shared state (tornado calls it)."""
        super().initialize(relay)
        self._limits = limits
        self._spool: Spool | None = None
        self._exchange: asyncio.Future[None] | None = None
        self._gone = False

    # ------------------------------------------------------------ the way in

    async def prepare(self, *args: object, **kwargs: object) -> None:
        """Open the spool, once it is known that the request may come in."""
        await super().prepare(*args, **kwargs)
        if self._finished:
            return
        if not self.current_user:
            # `web.authenticated` acts only when the whole body is in.
            raise signed_out()
        limit = min(self.max_body or self._limits.max_request_bytes, self._limits.max_request_bytes)
        length = self.request.headers.get("Content-Length", "0")
        connection = self.request.connection
        # A little over the limit is read to the end and refused then: an answer
        # in the middle of an upload reaches no browser.
        if length.isdecimal() and int(length) > limit + _GRACE:
            raise _too_large(limit)
        if isinstance(connection, HTTP1Connection):
            connection.set_max_body_size(limit + _GRACE)
        self._spool = Spool(self._limits.spool_memory, limit)

    async def data_received(self, chunk: bytes) -> None:
        """Take a part of the body; tornado waits for us before reading on."""
        if self._spool is not None:
            await self._spool.write(chunk)

    @property
    def body(self) -> Spool:
        """The complete body.

        Raises
        ------
        RelayError
            `too_large` or `no_space`
        """
        spool = self._spool
        assert spool is not None
        if spool.over:
            raise _too_large(min(self.max_body or 1 << 62, self._limits.max_request_bytes))
        if spool.error is not None:
            raise RelayError(
                "no_space",
                "The request could not be kept while it is sent: the disk refused it.",
                "Free space in the temporary directory of the Jupyter server.",
            )
        return spool

    def split(self) -> tuple[str, str]:
        """Connection id and raw path below it."""
        below = self.request.path[len(self.base_url) + len(f"{ROUTE}/{self.kind}/") :]
        identifier, _, path = below.partition("/")
        return identifier, path

    # ----------------------------------------------------------- the way out

    async def run(self, work: Callable[[], Awaitable[None]]) -> None:
        """Do the exchange; end it when the browser goes away."""
        if self._gone:
            raise web.Finish
        self._exchange = asyncio.ensure_future(work())
        try:
            await self._exchange
        except asyncio.CancelledError:
            if self._gone:
                raise web.Finish from None
            self._exchange.cancel()
            raise
        finally:
            if self._spool is not None:
                self._spool.close()

    def on_connection_close(self) -> None:
        """The browser went away: stop asking the upstream."""
        super().on_connection_close()
        self._gone = True
        if self._exchange is not None:
            self._exchange.cancel()
        elif self._spool is not None:
            self._spool.close()

    def on_finish(self) -> None:
        """Free the spool, also after a refusal."""
        if self._spool is not None and (self._exchange is None or self._exchange.done()):
            self._spool.close()
        super().on_finish()

    async def send(
        self,
        outgoing: Outgoing,
        authorizer: Authorizer,
        refused: Callable[[Answer], bool],
        judge: Callable[[Answer], Mapping[str, str]],
        cacheable: bool = False,
    ) -> None:
        """Send, judge the answer and stream it.

        Parameters
        ----------
        refused
            Whether an answer means that a renewed proof is worth a try.
        judge
            Gives the headers that describe the body, or raises `RelayError`
            for an answer that must not reach the browser.
        """
        forwarder = await self.relay.ready()
        answer = await forwarder.send(outgoing, authorizer, refused)
        try:
            described = judge(answer)
            self.set_status(answer.status)
            for name, value in response_headers(answer.headers, cacheable).items():
                self.set_header(name, value)
            if answer.status in (204, 304):
                self.clear_header("Content-Type")
                self.finish()
                return
            for name, value in described.items():
                self.set_header(name, value)
            if answer.length is not None:
                self.set_header("Content-Length", str(answer.length))
            await self._stream(answer)
        finally:
            answer.close()

    async def _stream(self, answer: Answer) -> None:
        try:
            if answer.start:
                self.write(answer.start)
            await self.flush()
            async for chunk in answer.rest():
                self.write(chunk)
                # Wait for the browser: nothing piles up in between.
                await self.flush()
        except StreamClosedError:
            raise web.Finish from None
        except RelayError as error:
            # Status and headers are out; only a broken connection tells the
            # browser that the body is not whole.
            self.log.warning("%s %s: %s", self.request.method, self.request.path, error.message)
            connection = self.request.connection
            if isinstance(connection, HTTP1Connection):
                connection.close()
            raise web.Finish from None
        self.finish()


def _too_large(limit: int) -> RelayError:
    return RelayError(
        "too_large",
        f"The request is larger than the {limit} bytes that are passed on.",
        "An administrator can raise SageMakerGovernance.max_request_bytes.",
    )
