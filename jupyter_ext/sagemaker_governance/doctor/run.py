"""Runs the checks, side by side, and tells of each as soon as it is known."""

from __future__ import annotations

import asyncio
import logging
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Collection
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from ..connections import (
    Connection,
    MLflowConnection,
    OpenPagesConnection,
    SageMakerConnection,
    Secret,
)
from ..errors import RelayError
from . import identity, installation, installer, network
from .catalogue import CHECKS
from .finding import FAILED, OK, UNTESTED, Amiss, Finding
from .installation import Page
from .mlflow import check_api, check_servers, check_ui, check_version
from .openpages import check_entities, check_fields, check_types
from .redact import redactor
from .rights import rights

if TYPE_CHECKING:
    from ..relay import Relay

#: Seconds that one check may take.
_PATIENCE = 45.0

log = logging.getLogger(__name__)

Look = Callable[[], Awaitable["list[Finding] | str"]]


@dataclass(frozen=True)
class Step:
    """One check, of one connection or of the server."""

    check: str
    look: Look
    connection: Connection | None = None
    #: When it fails, the steps behind it would only fail for the same reason.
    vital: bool = False


Chain = list[Step]


async def examine(
    relay: Relay,
    page: Page | None = None,
    only: Collection[str] = (),
    running: bool = True,
    server_enabled: bool | None = None,
) -> AsyncIterator[dict[str, Any]]:
    """Run the checks.

    Parameters
    ----------
    page
        What the browser says of itself.
    only
        Checks, groups or connections to look at; empty: all.
    running
        Whether the server extension runs, or a terminal asks.
    server_enabled
        See `installation.enabled`.

    Yields
    ------
    dict
        `{"total"}` first; a finding, or `{"finished"}` with the number of checks
        that are through; `{"done", "ms", "counts"}` last. Nothing secret.
    """
    started = time.monotonic()
    page = page or Page()
    chains = _chains(relay, page, running, server_enabled)
    chains = [[step for step in chain if _wanted(step, only)] for chain in chains]
    total = sum(len(chain) for chain in chains)
    yield {"total": total}
    told: asyncio.Queue[list[Finding]] = asyncio.Queue()
    tasks = [asyncio.ensure_future(_follow(chain, told)) for chain in chains if chain]
    counts: Counter[str] = Counter()
    try:
        for finished in range(1, total + 1):
            batch = await told.get()
            hide = redactor(relay)
            for finding in batch:
                counts[finding.state] += 1
                yield {**hide.json(finding), "group": _group(relay, finding)}
            yield {"finished": finished}
        ms = int((time.monotonic() - started) * 1000)
        yield {"done": True, "ms": ms, "counts": dict(counts)}
    finally:
        for task in tasks:
            task.cancel()


def _wanted(step: Step, only: Collection[str]) -> bool:
    names = {step.check, CHECKS[step.check].group}
    if step.connection is not None:
        names |= {step.connection.id, step.connection.kind}
    return not only or bool(names & set(only))


def _group(relay: Relay, finding: Finding) -> str:
    group = CHECKS[finding.check].group
    connection = relay.configuration.connections.get(finding.connection or "")
    if group in ("openpages", "mlflow") and connection is not None:
        # The check of secrets is one for both.
        return connection.kind if connection.kind != "sagemaker" else group
    return group


async def _follow(chain: Chain, told: asyncio.Queue[list[Finding]]) -> None:
    """Take the steps of a chain, until one fails that the others stand on."""
    broken: Step | None = None
    for step in chain:
        if broken is not None:
            told.put_nowait([_not_tried(step, broken)])
            continue
        batch = await _take(step)
        told.put_nowait(batch)
        if step.vital and any(finding.state == FAILED for finding in batch):
            broken = step


def _not_tried(step: Step, broken: Step) -> Finding:
    return Finding(
        step.check,
        UNTESTED,
        f"not tried, since “{CHECKS[broken.check].title}” failed",
        "Mend that first, then run the checks again.",
        step.connection.id if step.connection else None,
    )


async def _take(step: Step) -> list[Finding]:
    started = time.monotonic()
    identifier = step.connection.id if step.connection else None
    try:
        found = await asyncio.wait_for(step.look(), _PATIENCE)
        batch = [Finding(step.check, OK, found)] if isinstance(found, str) else found
    except Amiss as error:
        batch = [Finding(step.check, error.state, str(error), error.hint)]
    except RelayError as error:
        message = error.message.removeprefix(f"{identifier}: ")
        hint = error.hint or "Run the checks again; if it stays, tell your administrator."
        batch = [Finding(step.check, FAILED, f"{message.rstrip('.')} ({error.code})", hint)]
    except asyncio.TimeoutError:
        batch = [
            Finding(
                step.check,
                FAILED,
                f"no answer within {_PATIENCE:.0f} s",
                "Check the network path from the space: VPC endpoint, security group, proxy.",
            )
        ]
    except Exception as error:
        # One check that breaks must not keep the others from being seen.
        log.error("Check %s of %s broke", step.check, identifier, exc_info=True)
        batch = [
            Finding(
                step.check,
                FAILED,
                f"the check itself broke ({type(error).__name__})",
                "Report it, with the log of the Jupyter server.",
            )
        ]
    spent = int((time.monotonic() - started) * 1000)
    # Several findings of one check know their own times.
    alone = len(batch) == 1
    return [
        replace(one, connection=one.connection or identifier, ms=spent if alone else one.ms)
        for one in batch
    ]


# ---------------------------------------------------------------- what is tried


def _chains(relay: Relay, page: Page, running: bool, server_enabled: bool | None) -> list[Chain]:
    async def at_once(found: list[Finding]) -> list[Finding]:
        return found

    def plain(check: str, look: Callable[[], list[Finding]]) -> Chain:
        return [Step(check, lambda: at_once(look()))]

    chains = [
        plain("versions", lambda: installation.versions(relay, page)),
        [Step("software", lambda: installation.software(relay, page))],
        plain("app", lambda: installation.app(relay)),
        plain("space", lambda: installation.space(relay)),
        plain("configuration", lambda: installation.configuration(relay)),
        plain("enabled", lambda: installation.enabled(running, server_enabled)),
        [Step("installer", lambda: installer.installer(relay))],
        plain("copies", installation.copies),
        [Step("clock", lambda: network.clock(relay))],
        [Step("network", network.network)],
    ]
    for connection in relay.configuration.connections.values():
        if isinstance(connection, SageMakerConnection):
            chains += _of_registry(relay, connection)
        elif isinstance(connection, OpenPagesConnection):
            chains.append(_of_console(relay, connection))
        else:
            chains += _of_mlflow(relay, connection)
    if relay.servers.searches:
        chains.append([Step("mlflow-servers", lambda: check_servers(relay))])
    return chains


def _of_registry(relay: Relay, connection: SageMakerConnection) -> list[Chain]:
    who = [
        Step("identity", lambda: identity.identity(relay, connection), connection, vital=True),
        Step("source-identity", lambda: identity.source_identity(relay, connection), connection),
        Step("full-access", lambda: identity.full_access(relay, connection), connection),
    ]
    searched = relay.servers.searched(connection)
    may = Step("action", lambda: rights(relay, connection, searched), connection)
    # The space's own role works without an answer of STS; another has to be assumed.
    return [who, [may]] if connection.role is None else [[*who, may]]


def _of_console(relay: Relay, connection: OpenPagesConnection) -> Chain:
    chain = [
        *_of_secrets(relay, connection),
        Step("console", lambda: check_types(relay, connection), connection, vital=True),
        Step("fields", lambda: check_fields(relay, connection), connection),
    ]
    if connection.entities:
        chain.append(Step("entities", lambda: check_entities(relay, connection), connection))
    return chain


def _of_mlflow(relay: Relay, connection: MLflowConnection) -> list[Chain]:
    chains = [
        [
            *_of_secrets(relay, connection),
            Step("mlflow", lambda: check_api(relay, connection), connection, vital=True),
            Step("mlflow-version", lambda: check_version(relay, connection), connection),
        ]
    ]
    if connection.assets == "installed" and connection.ui == "bridge":
        chains.append([Step("mlflow-ui", lambda: check_ui(relay, connection), connection)])
    return chains


def _of_secrets(relay: Relay, connection: OpenPagesConnection | MLflowConnection) -> Chain:
    auth = connection.auth
    wanted = [
        one
        for one in (auth.username, auth.password, auth.apikey, auth.token)
        if isinstance(one, Secret)
    ]

    async def look() -> str:
        await relay.ready()
        for secret in wanted:
            relay.secrets.forget(secret)
            await relay.secrets.value(secret, connection.id)
        return f"can be read: {', '.join(str(one) for one in wanted)}"

    return [Step("secrets", look, connection, vital=True)] if wanted else []
