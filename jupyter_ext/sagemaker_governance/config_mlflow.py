"""Connections to MLflow, as the configuration says."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from . import values
from .addresses import check_url, is_loopback
from .config_auth import auth, role
from .connections import Auth, Managed, MLflowConnection, SageMakerConnection
from .environment import Environment
from .tracking.managed import CUSTOM_ENDPOINT, ServerArn, parse_arn
from .values import Invalid

_SETTINGS = "url auth ui read_only public_url headers routes assets version artifact_stores"
_MANAGED = "arn registry role_arn external_id source_identity endpoint_url sts_endpoint_url"
_STORE = re.compile(r"s3://[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](?:/[^\s?#\\]*)?")
_VERSION = re.compile(r"\d+\.\d+[\w.+-]{0,24}", re.ASCII)

Registries = Mapping[str, SageMakerConnection]


def mlflow(
    entry: Mapping[str, Any],
    identifier: str,
    label: str,
    environment: Environment,
    registries: Registries,
) -> MLflowConnection:
    """A tracking server by its address, or one of SageMaker's by its ARN.

    Parameters
    ----------
    registries
        Connections to SageMaker, whose roles reach servers of their accounts.

    Raises
    ------
    Invalid
    """
    values.known(entry, f"{_SETTINGS} {_MANAGED}")
    managed = None
    if entry.get("arn") is not None:
        arn = parse_arn(entry["arn"])
        if arn is None:
            raise Invalid("arn is not the ARN of an MLflow tracking server or an MLflow App")
        control = _control(entry, identifier, arn, environment, registries)
        managed = manage(arn, control)
        url = _managed_url(entry, arn)
        login = sign(arn, entry, environment)
    else:
        for name in _MANAGED.split():
            if entry.get(name) is not None:
                raise Invalid(f"{name} needs arn (a role for another server stands in auth)")
        url = values.required_url(entry)
        login = auth(entry, ("none", "basic", "bearer", "sigv4"), environment)
    ui = _one_of(entry, "ui", ("bridge", "tab", "none"), "bridge")
    only_api = managed is not None or (login.type == "sigv4" and login.service == "execute-api")
    routes = _one_of(entry, "routes", ("all", "api"), "api" if only_api else "all")
    assets = _one_of(
        entry, "assets", ("upstream", "installed"), "installed" if routes == "api" else "upstream"
    )
    public = values.url(entry, "public_url")
    if public is None and login.type == "none" and not is_loopback(urlsplit(url).hostname or ""):
        public = url
    return MLflowConnection(
        identifier,
        label,
        url,
        login,
        ui,
        values.flag(entry, "read_only", read_only_by_default(environment)),
        public,
        routes,
        assets,
        managed,
        version=_version(entry),
        artifact_stores=_stores(entry),
    )


def read_only_by_default(environment: Environment) -> bool:
    """Whether writes are off where nobody said: nobody can be told apart there."""
    return environment.kind == "studio-shared"


def manage(arn: ServerArn, control: SageMakerConnection) -> Managed:
    """What a connection keeps of an ARN."""
    return Managed(arn.arn, arn.region, arn.account, arn.kind.name, arn.name, control)


def sign(arn: ServerArn, entry: Mapping[str, Any], environment: Environment) -> Auth:
    """The login of a managed server: its kind's, unless `auth` says otherwise.

    Raises
    ------
    Invalid
    """
    given = entry.get("auth", {})
    if not isinstance(given, Mapping) or given.get("type", "sigv4") != "sigv4":
        raise Invalid("auth.type must be sigv4 for a server named by arn")
    if given.get("role_arn"):
        raise Invalid("role_arn stands beside arn, not in auth")
    headers = given.get("headers") or {}
    if not isinstance(headers, Mapping):
        raise Invalid("headers must be an object")
    return auth(
        {
            **entry,
            "auth": {
                "service": arn.kind.service,
                "region": arn.region,
                **given,
                "type": "sigv4",
                "headers": headers or {arn.kind.header: arn.arn},
            },
        },
        ("sigv4",),
        environment,
    )


def _managed_url(entry: Mapping[str, Any], arn: ServerArn) -> str:
    given = values.url(entry, "url")
    if given:
        return given
    found = arn.url()
    if found is None:
        raise Invalid(f"url is missing: the host of MLflow in partition {arn.partition} is unknown")
    return values.checked(check_url, found, CUSTOM_ENDPOINT)


def _control(
    entry: Mapping[str, Any],
    identifier: str,
    arn: ServerArn,
    environment: Environment,
    registries: Registries,
) -> SageMakerConnection:
    """Whose credentials and endpoint list, start and sign."""
    assumed = role(entry, environment)
    endpoint = values.url(entry, "endpoint_url")
    sts = values.url(entry, "sts_endpoint_url")
    named = values.text(entry, "registry")
    if named:
        if assumed or endpoint or sts:
            raise Invalid("registry brings its own role and endpoints")
        registry = registries.get(named)
        if registry is None:
            raise Invalid(f"registry {named} is no connection of kind sagemaker")
        if registry.region != arn.region or registry.account not in (None, arn.account):
            raise Invalid(f"registry {named} is of another account or region than arn")
        return registry
    if assumed is None and endpoint is None and sts is None:
        for registry in registries.values():
            if (registry.account, registry.region) == (arn.account, arn.region):
                return registry
    return SageMakerConnection(
        identifier, identifier, arn.region, arn.account, assumed, endpoint, sts
    )


def _one_of(entry: Mapping[str, Any], name: str, known: tuple[str, ...], default: str) -> str:
    value = entry.get(name, default)
    if value not in known:
        raise Invalid(f"{name} must be {', '.join(known[:-1])} or {known[-1]}")
    return str(value)


def _version(entry: Mapping[str, Any]) -> str | None:
    value = values.text(entry, "version")
    if value and not _VERSION.fullmatch(value):
        raise Invalid("version must be a version of MLflow, such as 2.22.0")
    return value


def _stores(entry: Mapping[str, Any]) -> tuple[str, ...]:
    given = entry.get("artifact_stores") or []
    if not isinstance(given, (list, tuple)) or not all(
        isinstance(one, str) and _STORE.fullmatch(one) for one in given
    ):
        raise Invalid("artifact_stores must be a list of s3://bucket or s3://bucket/prefix")
    return tuple(given)
