"""How a connection proves who asks: roles and logins, as the configuration says."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from . import values
from .addresses import check_url
from .connections import Auth, Role, Secret
from .environment import Environment
from .headers import check_static_header
from .values import Invalid

#: Value of `source_identity`: the user profile where there is one.
PASSTHROUGH = "passthrough"

_ROLE = re.compile(r"arn:aws[a-z-]*:iam::(\d{12}):role/(?:[\x21-\x7e]{1,512}/)?([\w+=,.@-]{1,64})")
_SESSION_WORD = re.compile(r"[\w+=,.@-]{2,64}", re.ASCII)
_TOKEN_QUERY = re.compile(r"[\w.~-]+=[\w.~%,-]*(?:&[\w.~-]+=[\w.~%,-]*)*", re.ASCII)


def role(entry: Mapping[str, Any], environment: Environment) -> Role | None:
    """The role to assume; None: the space's own.

    Raises
    ------
    Invalid
    """
    arn = values.text(entry, "role_arn")
    if not arn:
        for name in ("external_id", "source_identity"):
            if entry.get(name):
                raise Invalid(f"{name} needs role_arn")
        return None
    if not _ROLE.fullmatch(arn):
        raise Invalid("role_arn is not the ARN of an IAM role")
    external = values.text(entry, "external_id")
    if external and not re.fullmatch(r"[\w+=,.@:/-]{2,1224}", external, re.ASCII):
        raise Invalid("external_id has characters that STS does not take")
    profile = environment.user_profile_name
    identity = _source_identity(entry.get("source_identity"), profile)
    name = re.sub(r"[^\w+=,.@-]", "-", profile or environment.space_name or "", flags=re.ASCII)
    return Role(arn, external, identity, f"jupyter-{name}"[:64] if name else "SageMakerGovernance")


def _source_identity(wanted: object, profile: str | None) -> str | None:
    """Value that `sts:SetSourceIdentity` gets.

    `true`: the user profile, without which the connection is not used;
    `"passthrough"`: the user profile where the space names one (a shared space
    does not); another text: that text.
    """
    if wanted is None or wanted is False:
        return None
    if wanted is True or wanted == PASSTHROUGH:
        if profile is None:
            if wanted is True:
                raise Invalid(
                    "source_identity needs a user profile, which this space does not name"
                    f' ("{PASSTHROUGH}" would do without)'
                )
            return None
        if not _SESSION_WORD.fullmatch(profile):
            raise Invalid("the user profile cannot be a source identity")
        return profile
    if isinstance(wanted, str) and _SESSION_WORD.fullmatch(wanted):
        return wanted
    raise Invalid(
        f'source_identity must be true, false, "{PASSTHROUGH}" or 2 to 64 of the characters'
        " that STS takes (letters, digits and _+=,.@-)"
    )


def auth(entry: Mapping[str, Any], kinds: tuple[str, ...], environment: Environment | None) -> Auth:
    """The login of a connection, complete.

    Parameters
    ----------
    kinds
        Values of `auth.type` that this kind of connection takes.
    environment
        None: AWS signatures are not among them.

    Raises
    ------
    Invalid
    """
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
        username = values.secret(raw, "username")
    else:
        username = values.text(raw, "username")
    made = Auth(
        type=kind,
        username=username,
        password=values.secret(raw, "password"),
        apikey=values.secret(raw, "apikey"),
        token=values.secret(raw, "token"),
        token_url=_token_url(raw)
        or ("https://iam.cloud.ibm.com/identity/token" if kind == "ibm-iam" else None),
        service=values.text(raw, "service"),
        region=values.region(raw, environment) if kind == "sigv4" and environment else None,
        role=role(raw, environment) if kind == "sigv4" and environment else None,
        headers=headers,
    )
    _complete(made)
    return made


def _token_url(raw: Mapping[str, Any]) -> str | None:
    """Address of the token service; MCSP's newer form takes a query."""
    given = values.text(raw, "token_url")
    if given is None:
        return None
    address, mark, query = given.partition("?")
    if mark and not _TOKEN_QUERY.fullmatch(query):
        raise Invalid("token_url has a query that is not name=value pairs")
    return values.checked(check_url, address, "token_url") + mark + query


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
