"""The server extension: traits, start and stop."""

from __future__ import annotations

import asyncio

from jupyter_server.extension.application import ExtensionApp
from jupyter_server.serverapp import ServerApp
from traitlets import Any, Bool, Float, Int, List, Unicode, Union

from .environment import METADATA_PATH, read_environment
from .limits import Limits
from .relay import MLflowSettings, Relay
from .routes import routes

#: Seconds after the server's start when heavy modules are imported.
_WARM_AFTER = 5.0


class SageMakerGovernance(ExtensionApp):
    """Relays the lab to SageMaker, OpenPages and MLflow."""

    name = "sagemaker_governance"
    extension_url = "/lab"
    load_other_extensions = True

    # Any, not List: a mistake in it must become a line in the panel, not keep
    # the extension from loading.
    connections = Any(
        None, allow_none=True, help="Connections, a list of objects; see the documentation."
    ).tag(config=True)
    metadata_path = Unicode(METADATA_PATH, help="Studio's resource metadata file.").tag(config=True)
    mlflow_open_routes = List(
        Unicode(),
        help="Routes of MLflow to pass on although risky: assistant, jobs, gateway-proxy.",
    ).tag(config=True)
    mlflow_discovery = Union(
        [Bool(), List(Unicode())],
        default_value=True,
        help="Search accounts for MLflow servers: true, false, or ids of connections.",
    ).tag(config=True)
    mlflow_start = Bool(
        True, help="Offer to start stopped tracking servers of SageMaker; IAM decides."
    ).tag(config=True)
    mlflow_assets = List(
        Unicode(),
        help="Folders of installed mlflow packages whose UI files are shown where a server"
        " gives none; searched first.",
    ).tag(config=True)
    connect_timeout = Float(10.0, help="Seconds to connect to an upstream.").tag(config=True)
    read_timeout = Float(60.0, help="Seconds without a byte of an answer.").tag(config=True)
    total_timeout = Float(3600.0, help="Seconds for a whole exchange, 0: no limit.").tag(
        config=True
    )
    max_request_bytes = Int(1 << 30, help="Largest request body.").tag(config=True)
    max_response_bytes = Int(5 << 30, help="Largest answer.").tag(config=True)
    spool_memory = Int(1 << 20, help="Bytes of a request kept in memory, not on disk.").tag(
        config=True
    )

    relay: Relay

    def initialize_settings(self) -> None:
        """Read configuration and environment; no network, no heavy import."""
        self.relay = self.make_relay()
        for problem in self.relay.configuration.problems:
            self.log.warning("sagemaker_governance: %s %s", problem.message, problem.hint)

    def make_relay(self) -> Relay:
        """What the handlers share, by the configuration; no network."""
        discovery = self.mlflow_discovery
        relay = Relay(
            self.connections,
            read_environment(self.metadata_path),
            self._limits(),
            MLflowSettings(
                tuple(self.mlflow_open_routes),
                discovery if isinstance(discovery, bool) else tuple(discovery),
                self.mlflow_start,
                tuple(self.mlflow_assets),
            ),
        )
        server = self.serverapp.loaded_config_files if self.serverapp is not None else []
        relay.config_files = tuple(dict.fromkeys([*self.loaded_config_files, *server]))
        return relay

    def initialize_handlers(self) -> None:
        """Register our routes."""
        self.handlers.extend(routes(self.relay, self._limits()))

    async def _start_jupyter_server_extension(self, serverapp: ServerApp) -> None:
        # Newer servers call this once their loop runs; older ones do without,
        # and the first request warms up instead.
        asyncio.get_running_loop().call_later(_WARM_AFTER, self.relay.import_soon)

    async def stop_extension(self) -> None:
        """Close the connections."""
        await self.relay.close()

    def _limits(self) -> Limits:
        return Limits(
            connect_timeout=self.connect_timeout,
            read_timeout=self.read_timeout,
            total_timeout=self.total_timeout,
            max_request_bytes=self.max_request_bytes,
            max_response_bytes=self.max_response_bytes,
            spool_memory=self.spool_memory,
        )
