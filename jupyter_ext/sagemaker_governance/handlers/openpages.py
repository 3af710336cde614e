"""`openpages/<connection>/<path>`: the REST API of watsonx.governance."""

from __future__ import annotations

from tornado import web

from .. import allow, openpages
from ..connections import OpenPagesConnection
from ..errors import RelayError
from ..headers import request_headers
from ..paths import check_path, check_query
from .upstream import UpstreamHandler


class OpenPagesHandler(UpstreamHandler):
    """The paths that the lab uses, with the server's token."""

    kind = "openpages"
    max_body = 8 << 20

    @web.authenticated
    async def get(self) -> None:
        """Read."""
        await self.run(self._pass_on)

    @web.authenticated
    async def post(self) -> None:
        """Query, associate, move a workflow."""
        await self.run(self._pass_on)

    @web.authenticated
    async def delete(self) -> None:
        """Take associations away."""
        await self.run(self._pass_on)

    async def _pass_on(self) -> None:
        identifier, raw = self.split()
        connection = self.relay.connection(identifier, "openpages")
        assert isinstance(connection, OpenPagesConnection)
        self._connection_id = connection.id
        path = check_path(raw)
        query = check_query(self.request.query)
        method = self.request.method or ""
        allow.check_openpages(method, path, connection.id, query)
        await self.relay.ready()
        from ..forward import Outgoing

        body = self.body if method == "POST" else None
        outgoing = Outgoing(
            connection.id,
            method,
            f"{connection.url}/{raw}" + (f"?{query}" if query else ""),
            {
                **request_headers(self.request.headers, body is not None),
                "Accept": "application/json",
            },
            body,
            retry_safe=method == "GET" or path == "api/v2/query",
        )
        try:
            await self.send(
                outgoing,
                self.relay.authorizer(connection),
                openpages.refused,
                lambda answer: openpages.judge(answer, connection),
            )
        except RelayError as error:
            raise openpages.unreached(error) from error
