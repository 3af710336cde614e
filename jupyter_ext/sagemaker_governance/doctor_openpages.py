"""Checks of an OpenPages connection: login, names of the schema, entities."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .connections import OpenPagesConnection
from .errors import RelayError
from .foreign import parse_json
from .openpages import judge, refused, unreached

if TYPE_CHECKING:
    from .relay import Relay

_TYPES = "types?include_field_definitions=false&include_localized_labels=false"


class Amiss(Exception):
    """Something that works, but is not as it has to be.

    Parameters
    ----------
    message
        What.
    hint
        The next step.
    """

    def __init__(self, message: str, hint: str) -> None:
        super().__init__(message)
        self.hint = hint


async def check_types(relay: Relay, connection: OpenPagesConnection) -> str:
    """Ask for the types, and look for the configured ones among them.

    Raises
    ------
    RelayError
        When OpenPages cannot be asked.
    Amiss
        When a configured type is not there.
    """
    listed = await _read(relay, connection, _TYPES)
    names = {one["name"] for one in _members(listed, "types") if isinstance(one.get("name"), str)}
    wanted = {key: name for key, name in connection.types.items() if name is not None}
    missing = sorted(f"{key} ({name})" for key, name in wanted.items() if name not in names)
    if names and missing:
        raise Amiss(
            f"the API answers, but it has no type for {', '.join(missing)}",
            f"Set types of connection {connection.id} to names of this installation.",
        )
    return (
        "the API answers with JSON, and it has every configured type"
        if names
        else ("the API answers with JSON")
    )


async def check_entities(relay: Relay, connection: OpenPagesConnection) -> str:
    """Look at the business entity of each SageMaker connection.

    Raises
    ------
    RelayError
        When OpenPages cannot be asked.
    Amiss
        When one is not there, or is not at the root, where IBM wants it.
    """
    found: list[str] = []
    wrong: list[str] = []
    for registry, entity in connection.entities.items():
        status, one = await _ask(relay, connection, f"contents/{entity}")
        if status != 200 or not isinstance(one, dict):
            wrong.append(f"{entity} of {registry} cannot be read (HTTP {status})")
            continue
        name = one.get("name")
        status, above = await _ask(
            relay, connection, f"contents/{entity}/associations?association_type=parent"
        )
        if status == 200 and _members(above, "associations"):
            wrong.append(f"{entity} of {registry} ({name}) is not at the root")
        else:
            found.append(f"{registry}: {name}")
    if wrong:
        raise Amiss(
            "; ".join(wrong),
            f"Name a root-level business entity for each registry in entities of connection"
            f" {connection.id}: OpenPages synchronises only use cases directly below it.",
        )
    return ", ".join(found)


def _members(data: object, name: str) -> list[dict[str, Any]]:
    """The objects of a list, which may stand in a member of that name."""
    listed = data.get(name) if isinstance(data, dict) else data
    return [one for one in listed if isinstance(one, dict)] if isinstance(listed, list) else []


async def _read(relay: Relay, connection: OpenPagesConnection, path: str) -> object:
    status, data = await _ask(relay, connection, path)
    if status != 200:
        raise Amiss(
            f"OpenPages answered HTTP {status}",
            f"Check the rights of the user of connection {connection.id}.",
        )
    return data


async def _ask(relay: Relay, connection: OpenPagesConnection, path: str) -> tuple[int, object]:
    """Status and JSON of an answer; None for JSON that is too long to look at."""
    forwarder = await relay.ready()
    from .forward import Outgoing

    outgoing = Outgoing(
        connection.id,
        "GET",
        f"{connection.url}/api/v2/{path}",
        {"Accept": "application/json"},
        retry_safe=True,
    )
    try:
        answer = await forwarder.send(outgoing, relay.authorizer(connection), refused)
    except RelayError as error:
        raise unreached(error) from error
    answer.close()
    judge(answer, connection)
    try:
        return answer.status, parse_json(answer.start)
    except ValueError:
        return answer.status, None
