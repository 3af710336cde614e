"""`mlflow/<connection>/<path>`: MLflow's REST API and the bytes of its UI."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from tornado import web

from .. import allow
from ..connections import MLflowConnection
from ..errors import RelayError
from ..headers import attachment, request_headers
from ..paths import check_path, check_query
from ..tracking import answers, graphql
from ..tracking.artifacts import locate
from ..tracking.ask import Ask, Said, is_stale_login, not_mlflow
from ..tracking.assets import cache_headers, content_type, is_asset, nearest, none_installed
from ..tracking.refusals import explain, of_store
from ..tracking.twins import Twin, twin
from .upstream import UpstreamHandler

if TYPE_CHECKING:
    from ..forward import Answer

#: A GraphQL query of the UI has a few kB.
_MAX_GRAPHQL = 1 << 20
#: Methods of the calls that are answered here; else GET.
_METHODS = {"datasets": ("POST",), "graphql": ("POST",), "telemetry": ("GET", "POST")}


class MLflowHandler(UpstreamHandler):
    """Any path of an MLflow server but those that are never passed on.

    Whatever comes back is `application/octet-stream` here, the real type is in
    `X-Relay-Content-Type`: an artifact must not become a page of the lab.
    """

    kind = "mlflow"

    def may_load(self, destination: str) -> bool:
        """A click on a download is a navigation; it is forced to be saved."""
        try:
            return (
                destination == "document"
                and self.request.method == "GET"
                and allow.is_artifact(check_path(self.split()[1]))
            )
        except RelayError:
            return False

    @web.authenticated
    async def get(self) -> None:
        """Read."""
        await self.run(self._pass_on)

    @web.authenticated
    async def post(self) -> None:
        """Search or write."""
        await self.run(self._pass_on)

    @web.authenticated
    async def put(self) -> None:
        """Upload an artifact."""
        await self.run(self._pass_on)

    @web.authenticated
    async def patch(self) -> None:
        """Change."""
        await self.run(self._pass_on)

    @web.authenticated
    async def delete(self) -> None:
        """Delete."""
        await self.run(self._pass_on)

    async def _pass_on(self) -> None:
        identifier, raw = self.split()
        connection = await self.relay.mlflow(identifier)
        self._connection_id = connection.id
        self._connection = connection
        path = check_path(raw)
        query = check_query(self.request.query)
        self._path, self._query = path, query
        self._artifact = allow.is_artifact(path)
        allow.check_mlflow(path, connection.id, self.relay.mlflow_open_routes)
        method = self.request.method or ""
        reads = allow.is_mlflow_search(method, path) or await self._reads_graphql(method, path)
        if connection.read_only and not reads:
            raise allow.read_only_refusal(connection.id)
        if connection.assets == "installed" and method == "GET" and is_asset(path):
            await self._show(connection, path)
            return
        await self.relay.ready()
        if connection.routes == "api":
            stand = twin(raw, path, connection.id)
            if stand.path is None:
                await self._answer(connection, stand)
                return
            raw = stand.path
        if connection.auth.type == "sigv4":
            # Signing services read a plus as a plus, MLflow as a space.
            query = query.replace("+", "%20")
        await self._forward(
            connection, f"{connection.url}/{raw}" + (f"?{query}" if query else ""), reads
        )

    async def _forward(self, connection: MLflowConnection, url: str, reads: bool) -> None:
        from ..forward import Outgoing

        method = self.request.method or ""
        body = self.body if method != "GET" else None
        outgoing = Outgoing(
            connection.id,
            method,
            url,
            request_headers(self.request.headers, body is not None),
            body,
            retry_safe=reads,
        )
        try:
            await self.send(
                outgoing,
                self.relay.authorizer(connection),
                self._refused,
                self._judge,
                cacheable=method == "GET",
            )
        except RelayError as error:
            if not error.code.startswith("upstream_") or error.code == "upstream_forbidden":
                raise
            # A server that is stopped refuses in words that nobody has written down.
            raise await self.relay.servers.explain(connection) or error from error

    # -------------------------------------------- what the server does not have

    async def _show(self, connection: MLflowConnection, path: str) -> None:
        """A file of the UI from an installed mlflow."""
        servers = self.relay.servers
        if connection.managed is not None and not servers.looked:
            await servers.listed()
        version = servers.version(connection)
        build = nearest(await self.relay.builds(), version)
        if build is None:
            raise none_installed(connection.label, version, connection.id)
        file = build.file(path)
        if file is None:
            raise RelayError(
                "no_artifact",
                f"The UI of MLflow {build.version} has no such file.",
                "Reload MLflow's tab: it may show another version.",
            )
        headers = cache_headers(build, file)
        for name, value in headers.items():
            self.set_header(name, value)
        if self.request.headers.get("If-None-Match") == headers["ETag"]:
            self.set_status(304)
            self.clear_header("Content-Type")
            self.finish()
            return
        await self._give(await asyncio.to_thread(file.read_bytes), content_type(file))

    async def _answer(self, connection: MLflowConnection, stand: Twin) -> None:
        """Answer from other calls what has no place below `api/`."""
        method = self.request.method or ""
        if method not in _METHODS.get(stand.answer or "", ("GET",)):
            raise RelayError("method_not_allowed", "MLflow has no such call.")
        ask = Ask(self.relay, connection, request_headers(self.request.headers, False))
        try:
            if stand.answer in ("run-file", "version-file", "model-file"):
                await self._file(connection, ask, stand)
            elif stand.answer == "version":
                await self._version(connection)
            else:
                made = await self._made(connection, ask, stand.answer or "")
                await self._give(json.dumps(made).encode(), "application/json")
        except Said as error:
            self.set_status(error.status)
            await self._give(error.body, error.content_type or "text/plain")
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            # Each member of an answer may be of any type: what is made of it may fail anywhere.
            self.log.debug("%s: %s", stand.answer, type(error).__name__)
            raise not_mlflow(connection.id) from error
        except RelayError as error:
            if not error.code.startswith("upstream_"):
                raise
            raise await self.relay.servers.explain(connection) or error from error

    async def _made(self, connection: MLflowConnection, ask: Ask, name: str) -> dict[str, Any]:
        if name == "histories":
            return await answers.histories(ask, self._query)
        if name == "telemetry":
            return answers.telemetry()
        body = self.body
        if body.size > _MAX_GRAPHQL:
            raise RelayError("too_large", "The request is too large to be answered here.")
        if name == "datasets":
            return await answers.datasets(ask, await body.read())
        try:
            return await graphql.answer(ask, await body.read())
        except graphql.NotUnderstood as error:
            raise RelayError(
                "no_twin",
                "This GraphQL request does not work with a server that takes calls under /api/"
                f" only ({str(error)[:60]}).",
                "Open MLflow in a browser tab for it.",
                connection.id,
            ) from error

    async def _version(self, connection: MLflowConnection) -> None:
        """The server's version, else that of the UI that is shown for it."""
        servers = self.relay.servers
        if connection.managed is not None and not servers.looked:
            await servers.listed()
        version = servers.version(connection)
        if version is None:
            build = nearest(await self.relay.builds(), None)
            if build is None:
                raise none_installed(connection.label, None, connection.id)
            version = build.version
        await self._give(version.encode(), "text/plain; charset=utf-8")

    async def _file(self, connection: MLflowConnection, ask: Ask, stand: Twin) -> None:
        """Bytes of an artifact, from where they are."""
        place = await locate(ask, stand, self._query, connection, self.relay.servers)
        if place.path is not None:
            await self._forward(connection, f"{connection.url}/{place.path}", True)
            return
        from ..forward import Outgoing

        outgoing = Outgoing(
            connection.id,
            "GET",
            self.relay.object_url(connection, place.bucket, place.key),
            {
                name: value
                for name, value in request_headers(self.request.headers, False).items()
                if not name.lower().startswith("x-mlflow-")
            },
            retry_safe=True,
        )

        def judge(answer: Answer) -> Mapping[str, str]:
            error = of_store(answer, connection, place.bucket)
            if error is not None:
                raise error
            return self._described(answer)

        await self.send(
            outgoing, self.relay.authorizer(connection, "s3"), self._refused, judge, cacheable=True
        )

    async def _give(self, body: bytes, kind: str) -> None:
        """Bytes of our own in the envelope of all that is MLflow's."""
        self.set_header("Content-Type", "application/octet-stream")
        self.set_header("X-Relay-Content-Type", kind)
        if self.request.headers.get("Sec-Fetch-Dest", "empty") != "empty" and not self._artifact:
            raise RelayError("not_a_fetch", "Only artifacts can be downloaded.")
        if self._artifact:
            self.set_header("Content-Disposition", attachment("", self._path, self._query))
        self.finish(body)

    # ------------------------------------------------------ what has been said

    async def _reads_graphql(self, method: str, path: str) -> bool:
        if method != "POST" or not allow.is_graphql(path) or self.body.size > _MAX_GRAPHQL:
            return False
        if self._query:
            # A query in the address would stand beside the one that is read.
            return False
        return allow.graphql_reads(await self.body.read())

    def _refused(self, answer: Answer) -> bool:
        if self._connection.auth.type == "sigv4":
            return is_stale_login(answer)
        return answer.status == 401

    def _judge(self, answer: Answer) -> Mapping[str, str]:
        connection = self._connection
        error = explain(answer, connection)
        if error is not None:
            raise error
        return self._described(answer)

    def _described(self, answer: Answer) -> Mapping[str, str]:
        described = {
            "Content-Type": "application/octet-stream",
            "X-Relay-Content-Type": answer.content_type or "application/octet-stream",
        }
        if self._artifact:
            described["Content-Disposition"] = attachment(
                answer.headers.get("Content-Disposition", ""), self._path, self._query
            )
        elif self.request.headers.get("Sec-Fetch-Dest", "empty") != "empty":
            raise RelayError("not_a_fetch", "Only artifacts can be downloaded.")
        return described
