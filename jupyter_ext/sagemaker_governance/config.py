"""The configuration, validated: what cannot be used is a problem, not a crash."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Mapping
from typing import Any

from . import values
from .config_auth import role
from .config_mlflow import mlflow
from .config_openpages import doubts, openpages
from .connections import (
    Configuration,
    Connection,
    MLflowConnection,
    OpenPagesConnection,
    Problem,
    SageMakerConnection,
)
from .environment import Environment
from .values import MEND, Invalid

#: As many as watsonx.governance takes.
MAX_SAGEMAKER_CONNECTIONS = 10

_ID = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")


def configure(raw: object, environment: Environment) -> Configuration:
    """Validate the trait `connections`; add `own` where no registry is named."""
    problems: list[Problem] = []
    connections: dict[str, Connection] = {}
    if environment.problem:
        problems.append(
            Problem(None, environment.problem, "The kind of space and its owner are not known.")
        )
    entries = list(raw) if isinstance(raw, (list, tuple)) else []
    if raw is not None and not isinstance(raw, (list, tuple)):
        problems.append(Problem(None, "connections is not a list.", MEND))
    known_registries = _registries(entries, environment)
    named, registries = False, 0
    for index, entry in enumerate(entries):
        name = entry.get("id") if isinstance(entry, Mapping) else None
        shown = name if isinstance(name, str) and _ID.fullmatch(name) else None
        if isinstance(entry, Mapping) and entry.get("kind") == "sagemaker":
            named = True
        try:
            connection = _connection(entry, environment, known_registries)
            if connection.id in connections:
                raise Invalid(f"id {connection.id} is used twice")
            if connection.kind == "sagemaker":
                if registries == MAX_SAGEMAKER_CONNECTIONS:
                    raise Invalid(
                        f"is not used: {MAX_SAGEMAKER_CONNECTIONS} connections to SageMaker"
                        " registries stand before it, and more are not possible"
                    )
                registries += 1
        except Invalid as error:
            problems.append(Problem(shown, f"{shown or f'connection {index + 1}'}: {error}", MEND))
            continue
        connections[connection.id] = connection
        problems.extend(_warnings(connection))
    if not named and "own" not in connections:
        if environment.region:
            own = SageMakerConnection("own", "Own account", environment.region, environment.account)
            connections = {"own": own, **connections}
        else:
            problems.append(
                Problem(
                    "own",
                    "The AWS region of the space is not known.",
                    "Set AWS_REGION, or name a connection with its region.",
                )
            )
    known = {c.id for c in connections.values() if c.kind == "sagemaker"}
    for connection in connections.values():
        if isinstance(connection, OpenPagesConnection):
            problems.extend(doubts(connection, known))
    return Configuration(connections, tuple(problems))


def _warnings(connection: Connection) -> list[Problem]:
    if (
        isinstance(connection, MLflowConnection)
        and connection.ui == "tab"
        and not connection.public_url
        and connection.managed is None
    ):
        return [
            Problem(
                connection.id,
                f"{connection.id}: ui is tab, but there is no address for people.",
                "Set public_url of the connection.",
            )
        ]
    return []


def _registries(entries: list[Any], environment: Environment) -> Mapping[str, SageMakerConnection]:
    """The SageMaker connections among entries, the implied one included.

    MLflow servers of an account are reached by its registry's role, wherever
    that stands in the list. What is wrong with an entry is told in its place.
    """
    found: dict[str, SageMakerConnection] = {}
    kinds = [entry.get("kind") for entry in entries if isinstance(entry, Mapping)]
    if "sagemaker" not in kinds and environment.region:
        found["own"] = SageMakerConnection(
            "own", "Own account", environment.region, environment.account
        )
    for entry in entries:
        if isinstance(entry, Mapping) and entry.get("kind") == "sagemaker":
            with contextlib.suppress(Invalid):
                connection = _connection(entry, environment, {})
                assert isinstance(connection, SageMakerConnection)
                found.setdefault(connection.id, connection)
    return found


# ------------------------------------------------------------ one connection


def _connection(
    entry: object, environment: Environment, registries: Mapping[str, SageMakerConnection]
) -> Connection:
    if not isinstance(entry, Mapping):
        raise Invalid("is not an object")
    identifier = entry.get("id")
    if not isinstance(identifier, str) or not _ID.fullmatch(identifier):
        raise Invalid("id must be lower-case letters, digits and hyphens (at most 63)")
    label = values.text(entry, "label") or identifier
    kind = entry.get("kind")
    if kind == "sagemaker":
        return _sagemaker(entry, identifier, label, environment)
    if kind == "openpages":
        return openpages(entry, identifier, label)
    if kind == "mlflow":
        return mlflow(entry, identifier, label, environment, registries)
    raise Invalid("kind must be sagemaker, openpages or mlflow")


def _sagemaker(
    entry: Mapping[str, Any], identifier: str, label: str, environment: Environment
) -> SageMakerConnection:
    values.known(
        entry,
        "region role_arn external_id source_identity endpoint_url sts_endpoint_url account",
    )
    assumed = role(entry, environment)
    account = values.text(entry, "account")
    if account and not re.fullmatch(r"\d{12}", account):
        raise Invalid("account must be 12 digits")
    return SageMakerConnection(
        id=identifier,
        label=label,
        region=values.region(entry, environment),
        account=assumed.account if assumed else account or environment.account,
        role=assumed,
        endpoint_url=values.url(entry, "endpoint_url"),
        sts_endpoint_url=values.url(entry, "sts_endpoint_url"),
    )
