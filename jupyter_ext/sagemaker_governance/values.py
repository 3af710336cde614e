"""Single settings of a connection, each checked; what is wrong is named."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from .addresses import check_url
from .connections import Secret
from .environment import Environment

_REGION = re.compile(r"[a-z]{2}(?:-[a-z]+)+-\d{1,2}")
_ENV_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


#: Next step for what stands wrong in the configuration.
MEND = "Mend SageMakerGovernance.connections in the Jupyter configuration, restart the server."


class Invalid(ValueError):
    """A connection that cannot be used; the text names the setting."""


_COMMON = ("id", "kind", "label")


def known(entry: Mapping[str, Any], names: str) -> None:
    """Refuse settings that the kind of connection does not have.

    Raises
    ------
    Invalid
        Like every function here.
    """
    unknown = sorted(str(key) for key in entry if key not in (*_COMMON, *names.split()))
    if unknown:
        raise Invalid(f"unknown setting {', '.join(unknown)}")


def text(entry: Mapping[str, Any], name: str) -> str | None:
    """One line of text; None: not set."""
    value = entry.get(name)
    if value is None or value == "":
        return None
    if not isinstance(value, str) or len(value) > 2048 or not value.isprintable():
        raise Invalid(f"{name} must be a line of text")
    return value


def checked(check: Callable[[object], str], value: object, name: str) -> str:
    """What `check` makes of a value, with the setting's name in its refusal."""
    try:
        return check(value)
    except ValueError as error:
        raise Invalid(f"{name} {error}") from error


def url(entry: Mapping[str, Any], name: str) -> str | None:
    """Address of an upstream; None: not set."""
    value = text(entry, name)
    return checked(check_url, value, name) if value else None


def required_url(entry: Mapping[str, Any]) -> str:
    """The setting `url`."""
    return checked(check_url, entry.get("url"), "url")


def region(entry: Mapping[str, Any], environment: Environment) -> str:
    """Name of an AWS region, else the space's own."""
    region = text(entry, "region") or environment.region
    if not region:
        raise Invalid("region is missing, and the space does not tell its own")
    if not _REGION.fullmatch(region):
        raise Invalid("region is not the name of an AWS region")
    return region


def secret(entry: Mapping[str, Any], name: str) -> Secret | None:
    """A reference to a secret; None: not set."""
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


def names(
    entry: Mapping[str, Any],
    name: str,
    defaults: Mapping[str, str | None],
    required: tuple[str, ...],
) -> Mapping[str, str | None]:
    """Names of an OpenPages schema over their defaults; null takes one away."""
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


def flag(entry: Mapping[str, Any], name: str, default: bool) -> bool:
    """A switch."""
    value = entry.get(name, default)
    if not isinstance(value, bool):
        raise Invalid(f"{name} must be true or false")
    return value
