"""`mlflow/<connection>/<path>`: MLflow's REST API and the bytes of its UI."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from tornado import web

from .. import allow
from ..connections import MLflowConnection
from ..errors import RelayError
from ..headers import attachment, request_headers
from ..paths import check_path, check_query
from .upstream import UpstreamHandler

if TYPE_CHECKING:
    from ..forward import Answer

#: A GraphQL query of the UI has a few kB.
_MAX_GRAPHQL = 1 << 20


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
        connection = self.relay.connection(identifier, "mlflow")
        assert isinstance(connection, MLflowConnection)
        self._connection_id = connection.id
        path = check_path(raw)
        query = check_query(self.request.query)
        self._path, self._query = path, query
        allow.check_mlflow(path, connection.id, self.relay.mlflow_open_routes)
        method = self.request.method or ""
        reads = allow.is_mlflow_search(method, path) or await self._reads_graphql(method, path)
        if connection.read_only and not reads:
            raise allow.read_only_refusal(connection.id)
        if connection.auth.type == "sigv4":
            # Signing services read a plus as a plus, MLflow as a space.
            query = query.replace("+", "%20")
        await self.relay.ready()
        from ..forward import Outgoing

        body = self.body if method != "GET" else None
        outgoing = Outgoing(
            connection.id,
            method,
            f"{connection.url}/{raw}" + (f"?{query}" if query else ""),
            request_headers(self.request.headers, body is not None),
            body,
            retry_safe=reads,
        )
        self._artifact = allow.is_artifact(path)
        self._auth = connection.auth.type
        await self.send(
            outgoing,
            self.relay.authorizer(connection),
            self._refused,
            self._judge,
            cacheable=method == "GET",
        )

    async def _reads_graphql(self, method: str, path: str) -> bool:
        if method != "POST" or not allow.is_graphql(path) or self.body.size > _MAX_GRAPHQL:
            return False
        if self._query:
            # A query in the address would stand beside the one that is read.
            return False
        return allow.graphql_reads(await self.body.read())

    def _refused(self, answer: Answer) -> bool:
        if answer.status == 401:
            return True
        # API Gateway and SageMaker say it with a 403.
        return (
            self._auth == "sigv4"
            and answer.status in (400, 403)
            and b"expired" in answer.start[:4096].lower()
        )

    def _judge(self, answer: Answer) -> Mapping[str, str]:
        name = self._connection_id
        if answer.status == 401:
            raise RelayError(
                "upstream_unauthorized",
                f"{name}: MLflow does not accept the configured login ({self._auth}).",
                "An administrator must check auth of the connection.",
            )
        if 300 <= answer.status < 400 and answer.status != 304:
            raise RelayError(
                "upstream_redirect",
                f"{name}: MLflow answered with a redirect (HTTP {answer.status}).",
                "Check url of the connection; a server that wants a login in the browser"
                " needs another auth.type.",
            )
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
