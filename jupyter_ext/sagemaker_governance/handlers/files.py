"""`mlflow-files/<connection>`: many files of MLflow's UI in one answer."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from tornado import web
from tornado.iostream import StreamClosedError

from ..allow import check_mlflow
from ..connections import MLflowConnection
from ..errors import RelayError
from ..headers import request_headers
from ..paths import check_path
from ..tracking.ask import is_stale_login
from ..tracking.assets import content_type, nearest, none_installed
from ..tracking.bundle import (
    DATA,
    END,
    FAIL,
    HEAD,
    MAX_PAGE,
    MAX_REQUEST,
    named_in,
    read_request,
    record,
)
from ..tracking.refusals import explain
from .upstream import UpstreamHandler

if TYPE_CHECKING:
    from ..forward import Answer

#: Requests to MLflow at once; more than the six of a browser, for one that is far away.
_LANES = 16


class FilesHandler(UpstreamHandler):
    """`POST mlflow-files/<connection>`: for a page far away one round trip, not dozens.

    Names the files in the body. Nothing else than files of the UI can be asked for, and
    the answer is no document in itself: see `tracking.bundle`.
    """

    kind = "mlflow-files"
    max_body = MAX_REQUEST

    @web.authenticated
    async def post(self) -> None:
        """Read them."""
        await self.run(self._gather)

    async def _gather(self) -> None:
        identifier, rest = self.split()
        connection = await self.relay.mlflow(identifier)
        self._connection_id = connection.id
        if rest:
            raise RelayError("bad_path", "The files are named in the body.")
        wanted = read_request(await self.body.read())
        for path in wanted.paths:
            check_mlflow(check_path(path), connection.id, self.relay.mlflow_open_routes)
        if connection.assets != "installed":
            await self.relay.ready()
        self.set_header("Content-Type", "application/octet-stream")
        self._lanes = asyncio.Semaphore(_LANES)
        self._turn = asyncio.Lock()
        self._numbers: dict[str, int] = {}
        await self._all(connection, wanted.paths, wanted.follow)
        self.finish()

    async def _all(
        self, connection: MLflowConnection, paths: tuple[str, ...], follow: bool
    ) -> None:
        fresh = [path for path in paths if path not in self._numbers]
        for path in fresh:
            self._numbers[path] = len(self._numbers)
        tasks = [asyncio.ensure_future(self._one(connection, path, follow)) for path in fresh]
        try:
            await asyncio.gather(*tasks)
        finally:
            for task in tasks:
                task.cancel()

    async def _one(self, connection: MLflowConnection, path: str, follow: bool) -> None:
        number = self._numbers[path]
        page = bytearray()
        is_page = follow and path in ("", "index.html")
        try:
            async with self._lanes:
                if connection.assets == "installed":
                    await self._installed(connection, path, number, page)
                else:
                    await self._upstream(connection, path, number, page if is_page else None)
        except RelayError as error:
            fail: dict[str, object] = {
                "path": path,
                "code": error.code,
                "message": error.message,
                "hint": error.hint,
                "status": error.status_code,
            }
            await self._send(record(FAIL, number, fail))
        if is_page:
            await self._all(connection, tuple(named_in(bytes(page))), False)

    async def _installed(
        self, connection: MLflowConnection, path: str, number: int, page: bytearray
    ) -> None:
        """A file of an installed mlflow."""
        servers = self.relay.servers
        if connection.managed is not None and not servers.looked:
            await servers.listed()
        version = servers.version(connection)
        build = nearest(await self.relay.builds(), version)
        if build is None:
            raise none_installed(connection.label, version, connection.id)
        if path == "version":
            body, kind = (version or build.version).encode(), "text/plain"
        else:
            file = build.file(path)
            if file is None:
                raise RelayError(
                    "no_artifact",
                    f"The UI of MLflow {build.version} has no such file.",
                    "Reload MLflow's tab: it may show another version.",
                )
            body, kind = await asyncio.to_thread(file.read_bytes), content_type(file)
        page += body
        head: dict[str, object] = {"path": path, "status": 200, "type": kind, "encoding": ""}
        await self._send(record(HEAD, number, head) + record(DATA, number, body))
        await self._send(record(END, number))

    async def _upstream(
        self, connection: MLflowConnection, path: str, number: int, page: bytearray | None
    ) -> None:
        """A file as MLflow sends it, compressed or not."""
        from ..forward import Outgoing

        headers = request_headers(self.request.headers, False)
        headers["Accept"] = "*/*"
        if page is not None:
            # It is read here.
            headers["Accept-Encoding"] = "identity"
        # What the browser knows of another file says nothing of these.
        for name in ("Range", "If-Range", "If-None-Match", "If-Modified-Since"):
            headers.pop(name, None)
        forwarder = await self.relay.ready()
        answer = await forwarder.send(
            Outgoing(connection.id, "GET", f"{connection.url}/{path}", headers, retry_safe=True),
            self.relay.authorizer(connection),
            lambda answer: self._is_stale(connection, answer),
        )
        try:
            error = explain(answer, connection)
            if error is not None:
                raise error
            head: dict[str, object] = {
                "path": path,
                "status": answer.status,
                "type": answer.content_type,
                "encoding": answer.encoding,
            }
            await self._send(record(HEAD, number, head) + record(DATA, number, answer.start))
            if page is not None:
                page += answer.start
            async for chunk in answer.rest():
                if page is not None and len(page) <= MAX_PAGE:
                    page += chunk
                await self._send(record(DATA, number, chunk))
            await self._send(record(END, number))
        finally:
            answer.close()

    def _is_stale(self, connection: MLflowConnection, answer: Answer) -> bool:
        if connection.auth.type == "sigv4":
            return is_stale_login(answer)
        return answer.status == 401

    async def _send(self, data: bytes) -> None:
        """One record or more, whole: others may be written in between."""
        # One at a time: of two that wait for the browser, tornado wakes the last alone.
        async with self._turn:
            try:
                self.write(data)
                # Nothing piles up in between.
                await self.flush()
            except StreamClosedError:
                raise web.Finish from None
