"""What the doctor asks of MLflow."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .connections import MLflowConnection
from .doctor_openpages import Amiss
from .errors import RelayError
from .tracking.ask import Ask, Said
from .tracking.assets import nearest, none_installed, skew

if TYPE_CHECKING:
    from .relay import Relay


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
    build = nearest(await relay.builds(), version)
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


async def check_servers(relay: Relay) -> tuple[str, str]:
    """How many managed servers are found, and what could not be looked up."""
    try:
        listing = await relay.servers.listed(fresh=True)
    except RelayError as error:
        return f"{error.code}: {error.message}", error.hint
    text = f"{len(listing.found)} managed MLflow servers found"
    notes = [f"{note.message}" for note in listing.notes]
    hints = dict.fromkeys(note.hint for note in listing.notes)
    return ". ".join([text, *(note.rstrip(".") for note in notes)]), " ".join(hints)
