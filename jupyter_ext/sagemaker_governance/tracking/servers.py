"""Which MLflow servers there are, what state they are in, and how to start one."""

from __future__ import annotations

import asyncio
import dataclasses
import time
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from ..addresses import check_url
from ..allow import read_only_refusal
from ..auth.flight import SingleFlight
from ..config_mlflow import manage, read_only_by_default, sign
from ..connections import MLflowConnection, SageMakerConnection
from ..errors import RelayError
from .assets import Build, nearest, skew
from .control import Refused, call
from .facts import GONE, Facts, Listing, Note, app_facts, not_running, refusal_note, server_facts
from .managed import parse_arn

if TYPE_CHECKING:
    from ..relay import Relay

#: Seconds for which a listing is taken as it is.
_FRESH = 10.0
#: Seconds for which a server's artifact store is taken as it is.
_STORE_FRESH = 600.0
#: Seconds that one account has for its answers.
_PATIENCE = 20.0
#: Pages of a hundred servers that are read.
_PAGES = 10
#: Seconds in which the address of a tab must be used (AWS takes 5 to 300).
LINK_SECONDS = 60


class Servers:
    """MLflow servers, configured and found.

    Parameters
    ----------
    registries
        Connections to SageMaker whose accounts are searched.
    startable
        Whether stopped servers may be started from here; IAM decides besides.
    """

    def __init__(
        self, relay: Relay, registries: Iterable[SageMakerConnection], startable: bool
    ) -> None:
        self._relay = relay
        self._registries = tuple(registries)
        self._startable = startable
        self._listing: Listing | None = None
        self._read = 0.0
        self._list = SingleFlight(self._look)
        self._discovered: dict[str, MLflowConnection] = {}
        self._stores: dict[str, tuple[float, str | None]] = {}
        #: Connections whose start AWS refused.
        self._refused: set[str] = set()

    # ---------------------------------------------------------------- looking

    async def listed(self, fresh: bool = False) -> Listing:
        """What there is now; at most `_FRESH` seconds old."""
        kept = self._listing
        if kept is not None and not fresh and time.monotonic() - self._read < _FRESH:
            return kept
        return await self._list()

    @property
    def searches(self) -> bool:
        """Whether there is an account to search."""
        return bool(self._registries)

    def searched(self, connection: SageMakerConnection) -> bool:
        """Whether the account of a connection is searched."""
        return any(one.id == connection.id for one in self._registries)

    @property
    def looked(self) -> bool:
        """Whether a listing was read since the start."""
        return self._listing is not None

    async def find(self, identifier: str) -> MLflowConnection | None:
        """A server that nobody configured, by the id that it gets here."""
        if identifier not in self._discovered:
            await self.listed()
        return self._discovered.get(identifier)

    async def _look(self) -> Listing:
        listing = Listing()
        await asyncio.gather(*(self._account(listing, one) for one in self._registries))
        configured = self._configured()
        await asyncio.gather(
            *(
                self._describe(listing, one)
                for one in configured.values()
                if one.managed and one.managed.arn not in listing.facts
            )
        )
        listing.notes.sort(key=lambda note: (note.connection, note.operation))
        self._listing, self._read = listing, time.monotonic()
        taken = {one.managed.arn for one in configured.values() if one.managed}
        # The first account of the configuration keeps an id that two servers would have.
        order = self._registries.index
        for arn, registry in sorted(listing.found.items(), key=lambda one: (order(one[1]), one[0])):
            if arn not in taken:
                self._discover(arn, registry, listing)
        return listing

    def _configured(self) -> Mapping[str, MLflowConnection]:
        return {
            one.id: one
            for one in self._relay.configuration.connections.values()
            if isinstance(one, MLflowConnection)
        }

    def _discover(self, arn: str, registry: SageMakerConnection, listing: Listing) -> None:
        """Make a connection of a server that was found."""
        parsed = parse_arn(arn)
        if parsed is None:
            return
        identifier = parsed.connection_id()
        if identifier in self._relay.configuration.connections:
            return
        other = self._discovered.get(identifier)
        if other and other.managed and other.managed.arn != arn:
            # 32 bits of a hash: whoever may name servers can search for a name of that id.
            listing.notes.append(
                Note(
                    registry.id,
                    "",
                    "refused",
                    f"{parsed.name} has the id of another server ({identifier}) and is not shown.",
                    "Rename it, or configure it with its arn and an id.",
                )
            )
            return
        url = parsed.url()
        try:
            checked = check_url(url)
        except ValueError as error:
            listing.notes.append(
                Note(
                    registry.id,
                    "",
                    "missing",
                    f"The address of {parsed.name} {error}.",
                    "Configure the server with its arn and its url.",
                )
            )
            return
        environment = self._relay.environment
        self._discovered[identifier] = MLflowConnection(
            identifier,
            listing.facts[arn].name or parsed.name,
            checked,
            sign(parsed, {}, environment),
            "bridge",
            read_only_by_default(environment),
            None,
            "api",
            "installed",
            manage(parsed, registry),
            discovered=True,
        )

    async def _account(self, listing: Listing, registry: SageMakerConnection) -> None:
        await asyncio.gather(
            self._noted(
                listing, registry, "ListMlflowTrackingServers", self._servers(listing, registry)
            ),
            self._noted(listing, registry, "ListMlflowApps", self._apps(listing, registry)),
        )

    async def _noted(
        self, listing: Listing, registry: SageMakerConnection, operation: str, work: Any
    ) -> None:
        """Wait for a piece of work; what goes wrong with it is a note."""
        try:
            await asyncio.wait_for(work, _PATIENCE)
        except Refused as error:
            listing.notes.append(refusal_note(registry, operation, error))
        except RelayError as error:
            listing.notes.append(
                Note(registry.id, operation, error.code, error.message, error.hint)
            )
        except asyncio.TimeoutError:
            listing.notes.append(
                Note(
                    registry.id,
                    operation,
                    "upstream_timeout",
                    f"{registry.label}: {operation} took longer than {_PATIENCE:.0f} s.",
                    "Check the network path from the space: VPC endpoint, security group, proxy.",
                )
            )

    async def _pages(
        self, registry: SageMakerConnection, operation: str, member: str
    ) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        params: dict[str, Any] = {"MaxResults": 100}
        for _ in range(_PAGES):
            answer = await call(self._relay, registry, operation, params)
            entries = answer.get(member)
            found += [e for e in entries or [] if isinstance(e, dict)]
            token = answer.get("NextToken")
            if not token:
                break
            params["NextToken"] = token
        return found

    async def _servers(self, listing: Listing, registry: SageMakerConnection) -> None:
        operation = "ListMlflowTrackingServers"
        for one in await self._pages(registry, operation, "TrackingServerSummaries"):
            self._add(listing, registry, one.get("TrackingServerArn"), server_facts(one))

    async def _apps(self, listing: Listing, registry: SageMakerConnection) -> None:
        for one in await self._pages(registry, "ListMlflowApps", "Summaries"):
            if one.get("Status") != "Deleted":
                self._add(listing, registry, one.get("Arn"), app_facts(one))

    def _add(
        self, listing: Listing, registry: SageMakerConnection, arn: object, facts: Facts
    ) -> None:
        if not isinstance(arn, str) or parse_arn(arn) is None:
            return
        listing.facts[arn] = facts
        # Two connections may see one account: the first of the configuration has it.
        other = listing.found.get(arn, registry)
        listing.found[arn] = min(registry, other, key=self._registries.index)

    async def _describe(self, listing: Listing, connection: MLflowConnection) -> None:
        """Facts of a configured server that no listing has."""
        managed = connection.managed
        assert managed is not None
        operation = _describing(connection)[0]
        # Its connection's own id: nobody else has this control plane.
        control = dataclasses.replace(managed.control, label=connection.label)

        async def work() -> None:
            listing.facts[managed.arn] = await self._ask(connection)

        await self._noted(listing, control, operation, work())

    async def _ask(self, connection: MLflowConnection) -> Facts:
        managed = connection.managed
        assert managed is not None
        try:
            answer = await call(self._relay, managed.control, *_describing(connection))
        except Refused as error:
            if error.code.startswith("ResourceNotFound"):
                return GONE
            raise
        store = answer.get("ArtifactStoreUri")
        self._stores[managed.arn] = (time.monotonic(), store if isinstance(store, str) else None)
        return server_facts(answer) if managed.server == "tracking-server" else app_facts(answer)

    async def artifact_store(self, connection: MLflowConnection) -> str | None:
        """`ArtifactStoreUri` of a managed server; None: not known.

        Raises
        ------
        Refused
        RelayError
        """
        managed = connection.managed
        assert managed is not None
        kept = self._stores.get(managed.arn)
        if kept is None or kept[1] is None or time.monotonic() - kept[0] > _STORE_FRESH:
            await self._ask(connection)
        return self._stores.get(managed.arn, (0.0, None))[1]

    # ----------------------------------------------------------------- acting

    def facts(self, connection: MLflowConnection) -> Facts:
        """What the last listing said of a connection's server."""
        if connection.managed is None or self._listing is None:
            return Facts()
        return self._listing.facts.get(connection.managed.arn, Facts())

    async def explain(self, connection: MLflowConnection) -> RelayError | None:
        """Why a managed server does not answer as it should; None: it runs.

        Asks SageMaker unless a listing was read just now.
        """
        if connection.managed is None:
            return None
        facts = self.facts(connection)
        if time.monotonic() - self._read > _FRESH or facts.state == "unknown":
            try:
                facts = await asyncio.wait_for(self._ask(connection), _PATIENCE)
            except (Refused, RelayError, asyncio.TimeoutError):
                # Not known: then the server's own answer has to do.
                return None
        if facts.state in ("running", "unknown"):
            return None
        return not_running(connection, facts, self.can_start(connection, facts))

    def can_start(self, connection: MLflowConnection, facts: Facts) -> bool:
        """Whether starting it can be offered."""
        managed = connection.managed
        return (
            self._startable
            and managed is not None
            and managed.server == "tracking-server"
            and facts.state == "stopped"
            and connection.id not in self._refused
        )

    async def start(self, connection: MLflowConnection) -> None:
        """`StartMlflowTrackingServer`.

        Raises
        ------
        RelayError
        """
        managed = connection.managed
        if managed is None or managed.server != "tracking-server":
            raise RelayError(
                "operation_not_allowed",
                f"{connection.label} is no SageMaker tracking server, which could be started.",
                "",
                connection.id,
            )
        if not self._startable:
            raise RelayError(
                "operation_not_allowed",
                "Starting tracking servers from the lab is switched off.",
                "An administrator can change it: SageMakerGovernance.mlflow_start.",
                connection.id,
            )
        await self._act(
            connection, "StartMlflowTrackingServer", {"TrackingServerName": managed.name}
        )
        self._read = float("-inf")

    async def link(self, connection: MLflowConnection) -> str:
        """An address that opens the UI in a browser once, within a minute.

        It is a key to the server: made when somebody clicks, kept nowhere.

        Raises
        ------
        RelayError
        """
        managed = connection.managed
        if managed is None:
            raise RelayError(
                "operation_not_allowed",
                f"{connection.label} is not run by SageMaker, which alone makes such addresses.",
                "Set public_url of the connection to where people open it.",
                connection.id,
            )
        if connection.read_only:
            # What is open in a tab is held by IAM alone.
            raise read_only_refusal(connection.id)
        if managed.server == "tracking-server":
            operation, params = "TrackingServer", {"TrackingServerName": managed.name}
        else:
            operation, params = "App", {"Arn": managed.arn}
        answer = await self._act(
            connection,
            f"CreatePresignedMlflow{operation}Url",
            {**params, "ExpiresInSeconds": LINK_SECONDS},
        )
        url = answer.get("AuthorizedUrl")
        if not isinstance(url, str) or not _is_link(url):
            raise RelayError(
                "upstream_not_json",
                f"{connection.label}: SageMaker gave no address to open.",
                "Try again; open it from Studio's own MLflow page meanwhile.",
                connection.id,
            )
        return url

    async def _act(
        self, connection: MLflowConnection, operation: str, params: dict[str, Any]
    ) -> dict[str, Any]:
        managed = connection.managed
        assert managed is not None
        try:
            return await call(self._relay, managed.control, operation, params, reads=False)
        except Refused as error:
            if error.denied:
                if operation.startswith("Start"):
                    self._refused.add(connection.id)
                raise RelayError(
                    "upstream_forbidden",
                    f"{connection.id}: sagemaker:{operation} is not allowed.",
                    f"Ask an administrator for sagemaker:{operation} on {managed.arn}.",
                    connection.id,
                ) from error
            raise RelayError(
                "upstream_wrong_path" if error.missing else "upstream_refused",
                f"{connection.label}: {operation} was refused: {error}.".replace("..", "."),
                "Look at the server's status; it may be changing just now.",
                connection.id,
            ) from error

    def version(self, connection: MLflowConnection) -> str | None:
        """Version of a server: as configured, else as SageMaker says."""
        return connection.version or self.facts(connection).version

    def to_json(self, listing: Listing, builds: list[Build]) -> dict[str, Any]:
        """Answer of `GET mlflow-servers`."""
        there = {
            name: one
            for name, one in self._discovered.items()
            if one.managed and one.managed.arn in listing.found
        }
        found = sorted(there.values(), key=lambda one: (one.label.lower(), one.id))
        return {
            "servers": [self._entry(one, builds) for one in (*self._configured().values(), *found)],
            "notes": [note.to_json() for note in listing.notes],
        }

    def _entry(self, connection: MLflowConnection, builds: list[Build]) -> dict[str, Any]:
        facts, version = self.facts(connection), self.version(connection)
        shown = nearest(builds, version) if connection.assets == "installed" else None
        return {
            **connection.to_json(),
            "status": facts.status or None,
            "state": facts.state if connection.managed else None,
            "version": version,
            "shown": {"version": shown.version, "skew": skew(shown, version)} if shown else None,
            "startable": self.can_start(connection, facts),
        }


def _describing(connection: MLflowConnection) -> tuple[str, dict[str, Any]]:
    managed = connection.managed
    assert managed is not None
    if managed.server == "tracking-server":
        return "DescribeMlflowTrackingServer", {"TrackingServerName": managed.name}
    return "DescribeMlflowApp", {"Arn": managed.arn}


def _is_link(url: str) -> bool:
    """Whether a browser may be sent there: https, or http on this machine."""
    parts = urlsplit(url)
    try:
        check_url(f"{parts.scheme}://{parts.netloc}")
    except ValueError:
        return False
    return True
