"""A connection to OpenPages, as the configuration says."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import Any
from urllib.parse import urlsplit

from . import values
from .addresses import check_url
from .config_auth import auth
from .connections import Linking, OpenPagesConnection, Problem
from .values import Invalid

#: Field names of the schema that IBM's engineers published for AI use cases.
_TYPES: Mapping[str, str | None] = {
    "useCase": "Register",
    "entity": "SOXBusEntity",
    "modelGroup": None,
    "model": "Model",
}
_FIELDS: Mapping[str, str | None] = {
    "status": "MRG-AIFacts-ModelUseCase:Status",
    "riskLevel": "MRG-AIFacts-ModelUseCase:Risk Level",
    "owner": None,
    "groupArn": None,
}


_SETTINGS = "url auth types fields entities task_view_url headers linking workflows"
_RESOURCE_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
_HINT = (
    "It ends in the root path of OpenPages, mostly /opgrc, /openpages/opgrc or, in Cloud Pak for"
    " Data, /openpages-<instance>-opgrc."
)


def openpages(entry: Mapping[str, Any], identifier: str, label: str) -> OpenPagesConnection:
    """A validated connection.

    Raises
    ------
    Invalid
    """
    values.known(entry, _SETTINGS)
    view = values.text(entry, "task_view_url")
    if view:
        values.checked(
            check_url, view.replace("{id}", "0").split("?")[0].split("#")[0], "task_view_url"
        )
        if view.count("{id}") != 1:
            raise Invalid("task_view_url must hold {id} once")
    entities = entry.get("entities") or {}
    if not isinstance(entities, Mapping) or not all(
        isinstance(v, (str, int)) and not isinstance(v, bool) and _RESOURCE_ID.fullmatch(str(v))
        for v in entities.values()
    ):
        raise Invalid("entities must map connections to Resource IDs")
    return OpenPagesConnection(
        id=identifier,
        label=label,
        url=_root(values.required_url(entry)),
        auth=auth(entry, ("basic", "ibm-iam", "mcsp", "cp4d"), None),
        types=values.names(entry, "types", _TYPES, ("useCase", "entity")),
        fields=values.names(entry, "fields", _FIELDS, ("status",)),
        entities={str(key): str(value) for key, value in entities.items()},
        task_view_url=view,
        linking=_linking(entry),
        workflows=values.flag(entry, "workflows", True),
    )


def _root(url: str) -> str:
    """Refuse addresses that people copy from the API or from the browser."""
    path = urlsplit(url).path
    if re.search(r"/api(?:/v\d)?(?:/|$)", path):
        raise Invalid(f"url must end before /api. {_HINT}")
    if re.search(r"/(?:app|jspview)(?:/|$)|\.jsp$", path):
        raise Invalid(f"url is a page of the console, not its root. {_HINT}")
    return url


def _linking(entry: Mapping[str, Any]) -> Linking:
    given = entry.get("linking") or {}
    if not isinstance(given, Mapping):
        raise Invalid("linking must be an object")
    unknown = sorted(set(map(str, given)) - {"write_tag", "write_card"})
    if unknown:
        raise Invalid(f"unknown linking: {', '.join(unknown)}")
    return Linking(
        tag=values.flag(given, "write_tag", False), card=values.flag(given, "write_card", False)
    )


def doubts(connection: OpenPagesConnection, registries: Collection[str]) -> list[Problem]:
    """What is probably a mistake, although the connection can be used.

    Parameters
    ----------
    registries
        Ids of the SageMaker connections.
    """
    name, found = connection.id, []
    path = urlsplit(connection.url).path
    if not path or re.fullmatch(r"/openpages-[^/]+(?<!-opgrc)", path):
        found.append(Problem(name, f"{name}: url has no root path of OpenPages.", _HINT))
    for registry in sorted(set(connection.entities) - set(registries)):
        found.append(
            Problem(name, f"{name}: entities names {registry}, which is no registry.", values.MEND)
        )
    sharing: dict[str, list[str]] = {}
    for registry, entity in connection.entities.items():
        sharing.setdefault(entity, []).append(registry)
    for entity, names in sharing.items():
        if len(names) > 1:
            found.append(
                Problem(
                    name,
                    f"{name}: {', '.join(names)} have the same business entity {entity}.",
                    "OpenPages wants a root-level business entity of its own for each SageMaker"
                    " connection: name each one in entities.",
                )
            )
    return found
