"""Checks that tell what is wrong, from the server's point of view."""

from __future__ import annotations

import asyncio
import platform
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import jupyter_server
import tornado

from . import __version__
from .connections import Connection, OpenPagesConnection, SageMakerConnection
from .doctor_mlflow import check_api, check_servers, check_ui
from .doctor_openpages import Amiss, check_entities, check_types
from .errors import RelayError
from .spool import Spool

if TYPE_CHECKING:
    from .forward import Answer, Outgoing
    from .relay import Relay


@dataclass(frozen=True)
class Finding:
    """Outcome of one check."""

    #: What was checked, e.g. `versions`, `reachable`.
    check: str
    #: None: of the server.
    connection: str | None
    #: `ok`, `problem`, or `info` for a fact that is neither.
    state: str
    message: str
    hint: str = ""
    #: Milliseconds that it took.
    ms: int = 0

    def to_json(self) -> dict[str, object]:
        """A line of the answer."""
        return dict(self.__dict__)


async def examine(relay: Relay) -> AsyncIterator[Finding]:
    """Run all checks; each finding comes as soon as it is known."""
    yield await _versions(relay)
    yield _environment(relay)
    for problem in relay.configuration.problems:
        yield Finding("configuration", problem.connection, "problem", problem.message, problem.hint)
    checks = [
        asyncio.ensure_future(_timed(check, connection, relay))
        for connection in relay.configuration.connections.values()
        for check in _checks(connection)
    ]
    if relay.servers.searches:
        checks.append(asyncio.ensure_future(_servers(relay)))
    try:
        for done in asyncio.as_completed(checks):
            yield await done
    finally:
        for check in checks:
            check.cancel()


async def _versions(relay: Relay) -> Finding:
    forwarder = await relay.ready()
    parts = {
        "extension": __version__,
        "python": platform.python_version(),
        "jupyter_server": jupyter_server.__version__,
        "tornado": tornado.version,
        "aiohttp": forwarder.version,
        "botocore": relay.aws.version,
    }
    return Finding("versions", None, "info", ", ".join(f"{k} {v}" for k, v in parts.items()))


def _environment(relay: Relay) -> Finding:
    known = {k: v for k, v in relay.environment.to_json().items() if v}
    text = ", ".join(f"{key} {value}" for key, value in known.items())
    if relay.environment.kind == "unknown":
        return Finding(
            "environment", None, "info", text, "This does not look like a space of Studio."
        )
    return Finding("environment", None, "ok", text)


async def _servers(relay: Relay) -> Finding:
    started = time.monotonic()
    message, hint = await check_servers(relay)
    spent = int((time.monotonic() - started) * 1000)
    return Finding("mlflow-servers", None, "info", message, hint, spent)


Check = Callable[["Relay"], Awaitable[str]]


def _checks(connection: Connection) -> list[tuple[str, Check]]:
    if isinstance(connection, SageMakerConnection):
        registry = connection
        return [
            ("identity", lambda relay: _identity(relay, registry)),
            ("registry", lambda relay: _registry(relay, registry)),
        ]
    if isinstance(connection, OpenPagesConnection):
        console = connection
        checks: list[tuple[str, Check]] = [("console", lambda relay: check_types(relay, console))]
        if console.entities:
            checks.append(("entities", lambda relay: check_entities(relay, console)))
        return checks
    tracking = connection
    found: list[tuple[str, Check]] = [("mlflow", lambda relay: check_api(relay, tracking))]
    if tracking.assets == "installed" and tracking.ui == "bridge":
        found.append(("mlflow-ui", lambda relay: check_ui(relay, tracking)))
    return found


async def _timed(named: tuple[str, Check], connection: Connection, relay: Relay) -> Finding:
    name, check = named
    started = time.monotonic()
    try:
        message, state, hint = await check(relay), "ok", ""
    except RelayError as error:
        message, state, hint = f"{error.code}: {error.message}", "problem", error.hint
    except Amiss as error:
        message, state, hint = str(error), "problem", error.hint
    spent = int((time.monotonic() - started) * 1000)
    return Finding(name, connection.id, state, message, hint, spent)


async def _identity(relay: Relay, connection: SageMakerConnection) -> str:
    status, body = await relay.caller_identity(connection)
    _expect(status == 200, connection, f"STS answered HTTP {status}", body)
    text = body.decode("utf-8", "replace")
    return text.partition("<Arn>")[2].partition("</Arn>")[0] or "STS answered"


async def _registry(relay: Relay, connection: SageMakerConnection) -> str:
    answer = await _ask(
        relay,
        connection,
        "sagemaker",
        "POST",
        "",
        {
            "Content-Type": "application/x-amz-json-1.1",
            "X-Amz-Target": "SageMaker.ListModelPackageGroups",
        },
        b'{"MaxResults":1}',
    )
    _expect(
        answer.status == 200,
        connection,
        f"ListModelPackageGroups answered HTTP {answer.status}",
        answer.start,
    )
    return "ListModelPackageGroups is allowed"


async def _ask(
    relay: Relay,
    connection: Connection,
    service: str,
    method: str,
    path: str,
    headers: dict[str, str],
    body: bytes = b"",
) -> Answer:
    forwarder = await relay.ready()
    from .forward import Outgoing

    if isinstance(connection, SageMakerConnection):
        url = relay.endpoint(connection, service) + "/"
    else:
        url = f"{connection.url}/{path}"
    spool = Spool(1 << 16, 1 << 16)
    await spool.write(body)
    try:
        outgoing: Outgoing = Outgoing(
            connection.id, method, url, headers, spool if body else None, retry_safe=True
        )
        answer = await forwarder.send(
            outgoing, relay.authorizer(connection, service), lambda a: a.status == 401
        )
        answer.close()
        return answer
    finally:
        spool.close()


def _expect(fine: bool, connection: Connection, what: str, body: bytes) -> None:
    if fine:
        return
    said = " ".join(body[:300].decode("utf-8", "replace").split())
    raise RelayError(
        "upstream_unauthorized",
        f"{what}. {said}".strip(),
        "Check the permissions and auth of the connection.",
        connection.id,
    )
