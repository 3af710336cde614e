"""Checks of an OpenPages connection: login, types, fields, entities."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from ..connections import OpenPagesConnection
from ..errors import RelayError
from ..foreign import parse_json
from ..openpages import judge, refused, unreached
from .finding import UNTESTED, Amiss

if TYPE_CHECKING:
    from ..relay import Relay

_TYPES = "types?include_field_definitions=false&include_localized_labels=false"


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


#: Which type has which field of `fields`.
_FIELD_OF = {
    "status": "useCase",
    "riskLevel": "useCase",
    "owner": "useCase",
    "groupArn": "modelGroup",
}


async def check_fields(relay: Relay, connection: OpenPagesConnection) -> str:
    """Look for each configured field in the definition of its type.

    Raises
    ------
    RelayError
        When OpenPages cannot be asked.
    Amiss
        When a field is not there, or nobody could tell.
    """
    wanted: dict[str, list[tuple[str, str]]] = {}
    for key, field in connection.fields.items():
        kind = connection.types.get(_FIELD_OF.get(key, "useCase"))
        if field and kind:
            wanted.setdefault(kind, []).append((key, field))
    missing: list[str] = []
    silent: list[str] = []
    for kind, fields in wanted.items():
        status, one = await _ask(relay, connection, f"types/{quote(kind, safe='')}")
        names = _field_names(one)
        if status != 200:
            missing.append(f"type {kind} cannot be read (HTTP {status})")
        elif not names:
            silent.append(kind)
        else:
            missing += [f"{key} ({name}) of {kind}" for key, name in fields if name not in names]
    if missing:
        raise Amiss(
            f"not in the schema: {'; '.join(missing)}",
            f"Set fields of connection {connection.id} to names of this installation: the command"
            " Set Up Governance Console proposes them.",
        )
    if silent:
        raise Amiss(
            f"the console does not list the fields of {', '.join(silent)}",
            "Compare fields of the connection with the object type in the console's settings.",
            UNTESTED,
        )
    if not wanted:
        return "no field is configured"
    count = sum(len(fields) for fields in wanted.values())
    return f"all {count} configured fields are in the schema"


def _field_names(data: object) -> set[str]:
    """Names of the fields of a type, `Group:Field`."""
    members = data if isinstance(data, dict) else {}
    for name in ("field_definitions", "fieldDefinitions", "fields"):
        found = _members(members, name)
        if found:
            return {one["name"] for one in found if isinstance(one.get("name"), str)}
    return set()


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
    from ..forward import Outgoing

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
