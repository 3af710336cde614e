"""What lives as long as the server: configuration, credentials, connections."""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote

from . import __version__
from .auth import Authorizer
from .auth.flight import SingleFlight
from .config import configure
from .connections import (
    Configuration,
    Connection,
    MLflowConnection,
    Role,
    SageMakerConnection,
)
from .environment import Environment
from .errors import RelayError
from .limits import Limits
from .spool import Spool
from .tracking.assets import Build, builds, kernel_folders
from .tracking.servers import Servers

if TYPE_CHECKING:
    from .auth.aws import Aws, Source
    from .auth.roles import AssumedRole
    from .auth.secrets import Secrets
    from .forward import Forwarder

#: Version of the contract with the front end, `API_VERSION` of `src/tokens.ts`.
API_VERSION = 1

_ID = re.compile(r"[a-z0-9-]{1,80}", re.ASCII)

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class MLflowSettings:
    """Traits of the app that concern MLflow."""

    #: Names of risky routes that pass all the same.
    open_routes: tuple[str, ...] = ()
    #: Whether accounts are searched for servers; a tuple: these connections only.
    discovery: bool | tuple[str, ...] = True
    #: Whether stopped servers may be started.
    start: bool = True
    #: Folders with files of MLflow's UI.
    assets: tuple[str, ...] = ()


class Relay:
    """Everything that the handlers share.

    botocore and aiohttp are imported by `ready`, not before: the server's
    start must not wait for them.
    """

    def __init__(
        self,
        raw_connections: object,
        environment: Environment,
        limits: Limits,
        mlflow: MLflowSettings | None = None,
    ) -> None:
        self.environment = environment
        #: As it stands in the files; may hold secrets that nobody should put there.
        self.raw_connections = raw_connections
        #: Files that the configuration was read from.
        self.config_files: tuple[str, ...] = ()
        self.configuration: Configuration = configure(raw_connections, environment)
        settings = mlflow or MLflowSettings()
        self.mlflow_open_routes = settings.open_routes
        self._mlflow_assets = settings.assets
        self._builds: list[Build] = []
        self._look_for_builds = SingleFlight(self._find_builds)
        self.servers = Servers(self, self._searched(settings.discovery), settings.start)
        self._limits = limits
        self._aws: Aws | None = None
        self._forwarder: Forwarder | None = None
        self._secrets: Secrets | None = None
        self._roles: dict[str, AssumedRole] = {}
        self._authorizers: dict[tuple[str, str], Authorizer] = {}
        self._load = SingleFlight(self._loading)
        self._own_account: str | None = environment.account
        self._learning: asyncio.Future[None] | None = None
        self._warming: asyncio.Future[Forwarder] | None = None

    # --------------------------------------------------------------- lifetime

    async def ready(self) -> Forwarder:
        """Import what is heavy and open the pool, once."""
        if self._forwarder is None:
            await self._load()
        assert self._forwarder is not None
        return self._forwarder

    async def _loading(self) -> None:
        aws, forwarder = await asyncio.to_thread(self._import)
        from .auth.secrets import Secrets

        self._aws, self._forwarder = aws, forwarder
        self._secrets = Secrets(aws, self.environment.region)

    def _import(self) -> tuple[Aws, Forwarder]:
        from .auth.aws import Aws
        from .forward import Forwarder

        aws = Aws()
        for connection in self.configuration.connections.values():
            if isinstance(connection, SageMakerConnection):
                for service in ("sagemaker", "sts"):
                    try:
                        aws.endpoint(service, connection.region, connection.id)
                    except RelayError as error:
                        # Comes up again, with this text, when it is needed.
                        log.debug("%s", error.message)
        return aws, Forwarder(self._limits)

    def import_soon(self) -> None:
        """Import in the background, so that the first click does not wait."""
        if self._forwarder is None:
            self._warming = asyncio.ensure_future(self.ready())

    async def warm(self) -> None:
        """Have ready what the first request needs; failures come up there."""
        await self.ready()
        try:
            await self.aws.frozen()
        except RelayError as error:
            log.debug("No AWS credentials yet: %s", error.message)

    async def close(self) -> None:
        """Close all connections."""
        if self._learning is not None:
            self._learning.cancel()
        if self._forwarder is not None:
            await self._forwarder.close()

    def secrets_in_use(self) -> Iterator[str]:
        """Every secret that is in memory now, so that it can be kept out of a text."""
        if self._aws is not None:
            yield from self._aws.secrets_in_use()
        if self._secrets is not None:
            yield from self._secrets.secrets_in_use()
        for role in self._roles.values():
            yield from role.secrets_in_use()
        for authorizer in self._authorizers.values():
            yield from getattr(authorizer, "secrets_in_use", tuple)()

    @property
    def aws(self) -> Aws:
        """Credentials of the space; after `ready`."""
        assert self._aws is not None
        return self._aws

    @property
    def secrets(self) -> Secrets:
        """What resolves references to secrets; after `ready`."""
        assert self._secrets is not None
        return self._secrets

    # ------------------------------------------------------------ connections

    def connection(self, identifier: str, kind: str) -> Connection:
        """A configured connection.

        Raises
        ------
        RelayError
            `unknown_connection`
        """
        found = self.configuration.connections.get(identifier)
        if found is None or found.kind != kind:
            raise _unknown(kind)
        return found

    async def mlflow(self, identifier: str) -> MLflowConnection:
        """A connection to MLflow, configured or found by listing.

        Raises
        ------
        RelayError
            `unknown_connection`
        """
        found: Connection | None = self.configuration.connections.get(identifier)
        if found is None and _ID.fullmatch(identifier):
            found = await self.servers.find(identifier)
        if not isinstance(found, MLflowConnection):
            raise _unknown("mlflow")
        return found

    async def builds(self, fresh: bool = False) -> list[Build]:
        """UIs of MLflow that are installed; looked for again while there is none."""
        if fresh or not self._builds:
            self._builds = await self._look_for_builds()
        return self._builds

    async def _find_builds(self) -> list[Build]:
        return await asyncio.to_thread(builds, self._mlflow_assets, kernel_folders())

    def _searched(self, discovery: bool | tuple[str, ...]) -> Iterator[SageMakerConnection]:
        """Connections whose accounts are searched for MLflow servers."""
        for connection in self.configuration.connections.values():
            if isinstance(connection, SageMakerConnection) and (
                discovery if isinstance(discovery, bool) else connection.id in discovery
            ):
                yield connection

    def endpoint(self, connection: SageMakerConnection, service: str) -> str:
        """Endpoint of an AWS service for a connection."""
        own = connection.endpoint_url if service == "sagemaker" else connection.sts_endpoint_url
        return own or self.aws.endpoint(service, connection.region, connection.id)

    def object_url(self, connection: MLflowConnection, bucket: str, key: str) -> str:
        """Address of an object in S3, escaped."""
        region = connection.auth.region or self.environment.region or ""
        root = self.aws.endpoint("s3", region, connection.id)
        scheme, _, host = root.partition("://")
        path = quote(key, safe="/~")
        # A bucket with dots would not fit AWS's certificate.
        if "." not in bucket and ".amazonaws.com" in host:
            return f"{scheme}://{bucket}.{host}/{path}"
        return f"{root}/{bucket}/{path}"

    def authorizer(self, connection: Connection, service: str = "") -> Authorizer:
        """What authorises requests of a connection; one object for its life."""
        key = (connection.id, service)
        if key not in self._authorizers:
            self._authorizers[key] = self._authorizer(connection, service)
        return self._authorizers[key]

    def _authorizer(self, connection: Connection, service: str) -> Authorizer:
        from .auth.aws import SigV4
        from .auth.tokens import Exchanged, Static

        assert self._forwarder is not None
        assert self._secrets is not None
        if isinstance(connection, SageMakerConnection):
            return SigV4(self.source(connection), service, connection.region)
        auth = connection.auth
        if auth.type == "sigv4" or service == "s3":
            region = auth.region or self.environment.region or ""
            if isinstance(connection, MLflowConnection) and connection.managed:
                source: Source = self.source(connection.managed.control)
            elif auth.role:
                source = self._role(connection.id, auth.role, region, None)
            else:
                source = self.aws
            if service == "s3":
                return SigV4(source, service, region)
            return SigV4(source, auth.service or "", region, True, auth.headers)
        if auth.type in ("ibm-iam", "mcsp") or (auth.type == "cp4d" and auth.token_url):
            return Exchanged(auth, self._secrets, connection.id, self._forwarder.post)
        return Static(auth, self._secrets, connection.id)

    def role(self, connection: SageMakerConnection) -> AssumedRole | None:
        """The role behind a registry, None for the space's own; after `ready`."""
        if connection.role is None:
            return None
        return self._role(
            connection.id, connection.role, connection.region, connection.sts_endpoint_url
        )

    def source(self, connection: SageMakerConnection) -> Source:
        """Whose credentials a registry is reached with; after `ready`."""
        return self.role(connection) or self.aws

    def _role(self, identifier: str, role: Role, region: str, sts: str | None) -> AssumedRole:
        from .auth.roles import AssumedRole

        assert self._forwarder is not None
        if identifier not in self._roles:
            self._roles[identifier] = AssumedRole(
                self.aws, self._forwarder, role, region, identifier, sts
            )
        return self._roles[identifier]

    # ----------------------------------------------------------------- config

    def config(self) -> dict[str, object]:
        """`IConfig` of the front end."""
        connections = []
        for connection in self.configuration.connections.values():
            entry = connection.to_json()
            if isinstance(connection, SageMakerConnection) and connection.role is None:
                entry["account"] = connection.account or self._own_account
            connections.append(entry)
        return {
            "api": API_VERSION,
            "version": __version__,
            "environment": self.environment.to_json(),
            "connections": connections,
            "problems": [problem.to_json() for problem in self.configuration.problems],
        }

    def prepare(self) -> None:
        """Warm up in the background, and learn the own account if not known."""
        if self._learning is None:
            self._learning = asyncio.ensure_future(self._prepare())

    async def _prepare(self) -> None:
        try:
            await self.warm()
        except Exception:
            # The first request meets it again and tells the user.
            log.warning("The relay could not be prepared", exc_info=True)
            self._learning = None
            return
        own = next(
            (
                c
                for c in self.configuration.connections.values()
                if isinstance(c, SageMakerConnection) and c.role is None and c.account is None
            ),
            None,
        )
        if own is None or self._own_account is not None:
            return
        try:
            status, body = await self.caller_identity(own)
        except RelayError as error:
            log.debug("The account of the space is not known: %s", error.message)
            self._learning = None
            return
        if status == 200:
            self._own_account = _account(body)

    async def caller_identity(self, connection: SageMakerConnection) -> tuple[int, bytes]:
        """Ask STS who we are for a connection: status and answer.

        Raises
        ------
        RelayError
        """
        from .forward import Outgoing

        forwarder = await self.ready()
        spool = Spool(1 << 16, 1 << 16)
        await spool.write(b"Action=GetCallerIdentity&Version=2011-06-15")
        outgoing = Outgoing(
            connection.id,
            "POST",
            self.endpoint(connection, "sts") + "/",
            {"Content-Type": "application/x-www-form-urlencoded; charset=utf-8"},
            spool,
            retry_safe=True,
        )
        try:
            answer = await forwarder.send(outgoing, self.authorizer(connection, "sts"))
            answer.close()
            return answer.status, answer.start
        finally:
            spool.close()


def _unknown(kind: str) -> RelayError:
    return RelayError(
        "unknown_connection",
        f"There is no {kind} connection of that name.",
        "Reload the page; the configuration may have changed.",
    )


def _account(body: bytes) -> str | None:
    found = re.search(rb"<Account>(\d{12})</Account>", body)
    return found[1].decode() if found else None
