"""What the doctor asks of MLflow."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ..connections import MLflowConnection
from ..tracking.ask import Ask, Said, is_stale_login
from ..tracking.assets import nearest, none_installed, skew
from .finding import INFO, UNTESTED, WARNING, Amiss, Finding

if TYPE_CHECKING:
    from ..relay import Relay

_VERSION = re.compile(r"\d[\w.+-]{0,63}")


async def check_api(relay: Relay, connection: MLflowConnection) -> str:
    """Whether experiments can be listed, with the reason if not.

    Raises
    ------
    Amiss
    RelayError
    """
    try:
        await Ask(relay, connection, {}).get(
            "api/2.0/mlflow/experiments/search", [("max_results", "1")]
        )
    except Said as error:
        text = " ".join(error.body[:300].decode("utf-8", "replace").split())
        raise Amiss(
            f"MLflow answered HTTP {error.status}. {text}",
            "Check url, auth and the permissions of the login in MLflow.",
        ) from error
    mode = "only reads are passed on" if connection.read_only else "writes are passed on too"
    return f"experiments can be listed ({connection.server}; {mode})"


async def check_ui(relay: Relay, connection: MLflowConnection) -> str:
    """Which installed UI is shown for a server that gives none.

    Raises
    ------
    RelayError
        `no_ui_assets`
    """
    if connection.managed is not None and not relay.servers.looked:
        await relay.servers.listed()
    version = relay.servers.version(connection)
    build = nearest(await relay.builds(fresh=True), version)
    if build is None:
        raise none_installed(connection.label, version, connection.id)
    distance = skew(build, version)
    if distance == "major":
        raise Amiss(
            f"the server is MLflow {version}, the only UI that is installed is {build.version}",
            f"Install mlflow=={version} in an environment of the space, or open it in a tab.",
        )
    server = f"the server is {version}" if version else "the server's version is not known"
    return f"the UI of the installed mlflow {build.version} is shown; {server}"


async def check_version(relay: Relay, connection: MLflowConnection) -> str:
    """Version of the server: its own word, else SageMaker's.

    Raises
    ------
    RelayError
    Amiss
        Of state `untested`, when nobody tells.
    """
    if connection.managed is not None:
        await relay.servers.listed(fresh=True)
    elif connection.version is None and connection.routes == "all":
        return f"MLflow {await _asked(relay, connection)}"
    version = relay.servers.version(connection)
    if version is None:
        raise Amiss(
            "nobody tells the version of this server",
            f'Set "version" of connection {connection.id}, so that the right pages are shown.',
            UNTESTED,
        )
    if connection.managed is None:
        raise Amiss(
            f"MLflow {version}, by the configuration alone",
            "The server cannot be asked: its login opens /api/ only. Keep the setting up to date.",
            UNTESTED,
        )
    return f"MLflow {version}, by SageMaker's word"


async def _asked(relay: Relay, connection: MLflowConnection) -> str:
    forwarder = await relay.ready()
    from ..forward import Outgoing

    outgoing = Outgoing(
        connection.id,
        "GET",
        f"{connection.url}/version",
        {"Accept": "text/plain", "Accept-Encoding": "identity"},
        retry_safe=True,
    )
    answer = await forwarder.send(outgoing, relay.authorizer(connection), is_stale_login)
    answer.close()
    text = answer.start[:200].decode("utf-8", "replace").strip()
    if answer.status != 200 or not _VERSION.fullmatch(text):
        raise Amiss(
            f"the server does not tell its version (HTTP {answer.status})",
            "Check url of the connection: below it there has to be MLflow's /version.",
            WARNING,
        )
    return text


async def check_servers(relay: Relay) -> list[Finding]:
    """How many managed servers are found, and what could not be looked up.

    Raises
    ------
    RelayError
    """
    listing = await relay.servers.listed(fresh=True)
    text = f"managed MLflow servers and Apps found: {len(listing.found)}"
    # What is denied or not there is told by the checks of the rights.
    known = ("denied", "missing")
    if any(note.code in known for note in listing.notes):
        text = f"{text}, without those of accounts that may not be searched"
    notes = [note for note in listing.notes if note.code not in known]
    hints = dict.fromkeys(note.hint for note in notes)
    said = dict.fromkeys(note.message.rstrip(".") for note in notes)
    words = ". ".join([text, *said])
    return [Finding("mlflow-servers", WARNING if notes else INFO, words, " ".join(hints))]
