"""The configuration, validated: what cannot be used is a problem, not a crash."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

from .addresses import check_url, is_loopback
from .connections import (
    Auth,
    Configuration,
    Connection,
    MLflowConnection,
    OpenPagesConnection,
    Problem,
    Role,
    SageMakerConnection,
    Secret,
)
from .environment import Environment
from .headers import check_static_header

MAX_SAGEMAKER_CONNECTIONS = 10

_ID = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")
_REGION = re.compile(r"[a-z]{2}(?:-[a-z]+)+-\d{1,2}")
_ROLE = re.compile(r"arn:aws[a-z-]*:iam::(\d{12}):role/(?:[\x21-\x7e]{1,512}/)?([\w+=,.@-]{1,64})")
_SESSION_WORD = re.compile(r"[\w+=,.@-]{2,64}", re.ASCII)
_ENV_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


class Invalid(ValueError):
    """A connection that cannot be used; the text names the setting."""


_HINT = "Mend SageMakerGovernance.connections in the Jupyter configuration, restart the server."


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
        problems.append(Problem(None, "connections is not a list.", _HINT))
    registries = 0
    for index, entry in enumerate(entries):
        name = entry.get("id") if isinstance(entry, Mapping) else None
        shown = name if isinstance(name, str) and _ID.fullmatch(name) else None
        if isinstance(entry, Mapping) and entry.get("kind") == "sagemaker":
            registries += 1
        try:
            connection = _connection(entry, environment)
            if connection.id in connections:
                raise Invalid(f"id {connection.id} is used twice")
            if connection.kind == "sagemaker" and registries > MAX_SAGEMAKER_CONNECTIONS:
                raise Invalid(f"more than {MAX_SAGEMAKER_CONNECTIONS} connections to registries")
        except Invalid as error:
            problems.append(Problem(shown, f"{shown or f'connection {index + 1}'}: {error}", _HINT))
            continue
        connections[connection.id] = connection
        problems.extend(_warnings(connection))
    if not registries and "own" not in connections:
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
            for entity in sorted(set(connection.entities) - known):
                problems.append(
                    Problem(
                        connection.id,
                        f"{connection.id}: entities names {entity}, which is no registry.",
                        _HINT,
                    )
                )
    return Configuration(connections, tuple(problems))


def _warnings(connection: Connection) -> list[Problem]:
    if (
        isinstance(connection, MLflowConnection)
        and connection.ui == "tab"
        and not connection.public_url
    ):
        return [
            Problem(
                connection.id,
                f"{connection.id}: ui is tab, but there is no address for people.",
                "Set public_url of the connection.",
            )
        ]
    return []


# ------------------------------------------------------------ one connection


def _connection(entry: object, environment: Environment) -> Connection:
    if not isinstance(entry, Mapping):
        raise Invalid("is not an object")
    identifier = entry.get("id")
    if not isinstance(identifier, str) or not _ID.fullmatch(identifier):
        raise Invalid("id must be lower-case letters, digits and hyphens (at most 63)")
    label = _text(entry, "label") or identifier
    kind = entry.get("kind")
    if kind == "sagemaker":
        return _sagemaker(entry, identifier, label, environment)
    if kind == "openpages":
        return _openpages(entry, identifier, label)
    if kind == "mlflow":
        return _mlflow(entry, identifier, label, environment)
    raise Invalid("kind must be sagemaker, openpages or mlflow")


def _sagemaker(
    entry: Mapping[str, Any], identifier: str, label: str, environment: Environment
) -> SageMakerConnection:
    _known(
        entry,
        "region role_arn external_id source_identity endpoint_url sts_endpoint_url account",
    )
    role = _role(entry, environment)
    account = _text(entry, "account")
    if account and not re.fullmatch(r"\d{12}", account):
        raise Invalid("account must be 12 digits")
    return SageMakerConnection(
        id=identifier,
        label=label,
        region=_region(entry, environment),
        account=role.account if role else account or environment.account,
        role=role,
        endpoint_url=_url(entry, "endpoint_url"),
        sts_endpoint_url=_url(entry, "sts_endpoint_url"),
    )


def _role(entry: Mapping[str, Any], environment: Environment) -> Role | None:
    arn = _text(entry, "role_arn")
    if not arn:
        if _text(entry, "external_id"):
            raise Invalid("external_id needs role_arn")
        return None
    if not _ROLE.fullmatch(arn):
        raise Invalid("role_arn is not the ARN of an IAM role")
    external = _text(entry, "external_id")
    if external and not re.fullmatch(r"[\w+=,.@:/-]{2,1224}", external, re.ASCII):
        raise Invalid("external_id has characters that STS does not take")
    profile = environment.user_profile_name
    identity = None
    if entry.get("source_identity") not in (None, False, True):
        raise Invalid("source_identity must be true or false")
    if entry.get("source_identity"):
        if not profile:
            raise Invalid("source_identity needs a user profile, which this space does not name")
        identity = profile
    if identity and not _SESSION_WORD.fullmatch(identity):
        raise Invalid("the user profile cannot be a source identity")
    name = re.sub(r"[^\w+=,.@-]", "-", profile or environment.space_name or "", flags=re.ASCII)
    return Role(arn, external, identity, f"jupyter-{name}"[:64] if name else "SageMakerGovernance")


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


def _openpages(entry: Mapping[str, Any], identifier: str, label: str) -> OpenPagesConnection:
    _known(entry, "url auth types fields entities task_view_url headers")
    view = _text(entry, "task_view_url")
    if view:
        _checked(check_url, view.replace("{id}", "0").split("?")[0].split("#")[0], "task_view_url")
        if view.count("{id}") != 1:
            raise Invalid("task_view_url must hold {id} once")
    entities = entry.get("entities") or {}
    if not isinstance(entities, Mapping) or not all(
        isinstance(v, (str, int)) and not isinstance(v, bool) for v in entities.values()
    ):
        raise Invalid("entities must map connections to Resource IDs")
    return OpenPagesConnection(
        id=identifier,
        label=label,
        url=_required_url(entry),
        auth=_auth(entry, ("basic", "ibm-iam", "mcsp", "cp4d"), None),
        types=_names(entry, "types", _TYPES, ("useCase", "entity")),
        fields=_names(entry, "fields", _FIELDS, ("status",)),
        entities={str(key): str(value) for key, value in entities.items()},
        task_view_url=view,
    )


def _mlflow(
    entry: Mapping[str, Any], identifier: str, label: str, environment: Environment
) -> MLflowConnection:
    _known(entry, "url auth ui read_only public_url headers")
    url = _required_url(entry)
    auth = _auth(entry, ("none", "basic", "bearer", "sigv4"), environment)
    ui = entry.get("ui", "bridge")
    if ui not in ("bridge", "tab", "none"):
        raise Invalid("ui must be bridge, tab or none")
    read_only = entry.get("read_only", False)
    if not isinstance(read_only, bool):
        raise Invalid("read_only must be true or false")
    public = _url(entry, "public_url")
    if public is None and auth.type == "none" and not is_loopback(urlsplit(url).hostname or ""):
        public = url
    return MLflowConnection(identifier, label, url, auth, ui, read_only, public)


def _auth(
    entry: Mapping[str, Any], kinds: tuple[str, ...], environment: Environment | None
) -> Auth:
    raw = entry.get("auth")
    if raw is None and "none" in kinds:
        raw = {"type": "none"}
    if not isinstance(raw, Mapping) or raw.get("type") not in kinds:
        raise Invalid(f"auth.type must be one of {', '.join(kinds)}")
    kind = str(raw["type"])
    headers: dict[str, str] = {}
    for source in (raw.get("headers"), entry.get("headers")):
        if source is not None and not isinstance(source, Mapping):
            raise Invalid("headers must be an object")
        for name, value in (source or {}).items():
            try:
                headers.update([check_static_header(name, value)])
            except ValueError as error:
                raise Invalid(str(error)) from error
    username: str | Secret | None = None
    if isinstance(raw.get("username"), Mapping):
        username = _secret(raw, "username")
    else:
        username = _text(raw, "username")
    auth = Auth(
        type=kind,
        username=username,
        password=_secret(raw, "password"),
        apikey=_secret(raw, "apikey"),
        token=_secret(raw, "token"),
        token_url=_url(raw, "token_url")
        or ("https://iam.cloud.ibm.com/identity/token" if kind == "ibm-iam" else None),
        service=_text(raw, "service"),
        region=_region(raw, environment) if kind == "sigv4" and environment else None,
        role=_role(raw, environment) if kind == "sigv4" and environment else None,
        headers=headers,
    )
    _complete(auth)
    return auth


def _complete(auth: Auth) -> None:
    needed = {
        "none": (),
        "basic": ("username", "password"),
        "bearer": ("token",),
        "sigv4": ("service",),
        "ibm-iam": ("apikey", "token_url"),
        "mcsp": ("apikey", "token_url"),
        "cp4d": ("username",),
    }[auth.type]
    for name in needed:
        if getattr(auth, name) is None:
            raise Invalid(f"auth.{name} is missing for type {auth.type}")
    if auth.type == "cp4d":
        if not auth.password and not auth.apikey:
            raise Invalid("auth.password or auth.apikey is missing for type cp4d")
        if auth.password and not auth.token_url:
            raise Invalid("auth.token_url is missing for type cp4d with a password")


# --------------------------------------------------------------- small values

_COMMON = ("id", "kind", "label")


def _known(entry: Mapping[str, Any], names: str) -> None:
    unknown = sorted(str(key) for key in entry if key not in (*_COMMON, *names.split()))
    if unknown:
        raise Invalid(f"unknown setting {', '.join(unknown)}")


def _text(entry: Mapping[str, Any], name: str) -> str | None:
    value = entry.get(name)
    if value is None or value == "":
        return None
    if not isinstance(value, str) or len(value) > 2048 or not value.isprintable():
        raise Invalid(f"{name} must be a line of text")
    return value


def _checked(check: Callable[[object], str], value: object, name: str) -> str:
    try:
        return check(value)
    except ValueError as error:
        raise Invalid(f"{name} {error}") from error


def _url(entry: Mapping[str, Any], name: str) -> str | None:
    value = _text(entry, name)
    return _checked(check_url, value, name) if value else None


def _required_url(entry: Mapping[str, Any]) -> str:
    return _checked(check_url, entry.get("url"), "url")


def _region(entry: Mapping[str, Any], environment: Environment) -> str:
    region = _text(entry, "region") or environment.region
    if not region:
        raise Invalid("region is missing, and the space does not tell its own")
    if not _REGION.fullmatch(region):
        raise Invalid("region is not the name of an AWS region")
    return region


def _secret(entry: Mapping[str, Any], name: str) -> Secret | None:
    value = entry.get(name)
    if value is None:
        return None
    if not isinstance(value, Mapping):
        # The text itself is not repeated: it may be the secret.
        raise Invalid(
            f'{name} must be a reference, {{"env": ...}} or {{"secretsmanager": ...}},'
            " never the secret itself"
        )
    variable, secret, key = value.get("env"), value.get("secretsmanager"), value.get("key")
    if isinstance(variable, str) and _ENV_NAME.fullmatch(variable) and set(value) == {"env"}:
        return Secret("env", variable)
    if (
        isinstance(secret, str)
        and secret
        and (key is None or isinstance(key, str))
        and set(value) <= {"secretsmanager", "key"}
    ):
        return Secret("secretsmanager", secret, key)
    raise Invalid(f"{name} is not a reference that is understood")


def _names(
    entry: Mapping[str, Any],
    name: str,
    defaults: Mapping[str, str | None],
    required: tuple[str, ...],
) -> Mapping[str, str | None]:
    given = entry.get(name) or {}
    if not isinstance(given, Mapping):
        raise Invalid(f"{name} must be an object")
    unknown = sorted(set(map(str, given)) - set(defaults))
    if unknown:
        raise Invalid(f"unknown {name}: {', '.join(unknown)}")
    result = {**defaults, **given}
    for key, value in result.items():
        if value is None and key not in required:
            continue
        if not isinstance(value, str) or not value or re.search(r"[\[\]'\x00-\x1f]", value):
            raise Invalid(f"{name}.{key} is not a name of the OpenPages schema")
    return result
