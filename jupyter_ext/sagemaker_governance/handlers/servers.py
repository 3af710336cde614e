"""MLflow servers: which there are, starting one, an address for a browser tab."""

from __future__ import annotations

import json

from tornado import web

from ..connections import MLflowConnection
from .base import ROUTE, RelayHandler


class ServersHandler(RelayHandler):
    """`GET mlflow-servers`: all MLflow servers, configured and found, with their state."""

    @web.authenticated
    async def get(self) -> None:
        """Look, or answer with what was seen some seconds ago."""
        servers = self.relay.servers
        fresh = "fresh" in self.request.query_arguments
        listing = await servers.listed(fresh)
        self.set_header("Content-Type", "application/json; charset=utf-8")
        builds = await self.relay.builds(fresh)
        self.finish(json.dumps(servers.to_json(listing, builds), ensure_ascii=False))


class _ServerHandler(RelayHandler):
    """Something done with one server, named by the last part of the path."""

    route = ""

    async def _connection(self) -> MLflowConnection:
        identifier = self.request.path[len(self.base_url) + len(f"{ROUTE}/{self.route}/") :]
        connection = await self.relay.mlflow(identifier)
        self._connection_id = connection.id
        return connection

    def _answer(self, body: dict[str, str]) -> None:
        self.set_header("Content-Type", "application/json; charset=utf-8")
        self.finish(json.dumps(body))


class StartHandler(_ServerHandler):
    """`POST mlflow-start/<connection>`: start a stopped tracking server."""

    route = "mlflow-start"

    @web.authenticated
    async def post(self) -> None:
        """Ask SageMaker to start it; it answers before the server runs."""
        connection = await self._connection()
        self.log.info("Starting MLflow tracking server of %s", connection.id)
        await self.relay.servers.start(connection)
        self._answer({"state": "starting"})


class LinkHandler(_ServerHandler):
    """`POST mlflow-link/<connection>`: an address that opens the UI once.

    The address is a key to the server. It is made on a person's click, goes to
    that person's browser and is neither kept nor logged.
    """

    route = "mlflow-link"

    @web.authenticated
    async def post(self) -> None:
        """Let SageMaker make the address."""
        connection = await self._connection()
        self._answer({"url": await self.relay.servers.link(connection)})
