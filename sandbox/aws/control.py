"""Privileged calls of the sandbox itself, below ``/_sandbox/``; AWS has none of them."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from typing import Any

from moto.s3.models import s3_backends
from moto.secretsmanager.models import secretsmanager_backends
from werkzeug.wrappers import Request, Response

from sandbox.catalogue.model import OWN, PERSONAS, REGION, REGISTRY_ROLE

from . import accounts, mlflow_control
from .service import OPERATIONS
from .studio.store import MERGES
from .world import World

PREFIX = "/_sandbox/"


class ControlError(Exception):
    """A control call that cannot be carried out."""

    def __init__(self, message: str, status: int = 400) -> None:
        super().__init__(message)
        self.status = status


def _json(request: Request) -> dict[str, Any]:
    try:
        body = json.loads(request.get_data() or b"{}")
    except ValueError:
        raise ControlError("The body is not JSON.") from None
    if not isinstance(body, dict):
        raise ControlError("The body is not a JSON object.")
    return body


def _credentials(world: World, request: Request, rest: str) -> Any:
    everybody = (*PERSONAS, accounts.CLOUD_ADMIN, "admin")
    if rest not in everybody:
        known = ", ".join(everybody)
        raise ControlError(f"There is no persona {rest!r}; there are: {known}.", 404)
    try:
        seconds = int(request.args.get("seconds", "3600"))
    except ValueError:
        raise ControlError("seconds must be a whole number.") from None
    if not 1 <= seconds <= 43200:
        raise ControlError("seconds must be between 1 and 43200.")
    return world.credentials(rest, seconds, request.args.get("space") == "shared")


def _expire(world: World, request: Request, rest: str) -> Any:
    return {"expired": world.sessions.expire_all()}


def _reset(world: World, request: Request, rest: str) -> Any:
    world.reset()
    return {"groups": "seeded"}


def _deny(world: World, request: Request, rest: str) -> Any:
    name = _json(request).get("operation") if request.get_data() else None
    denied = world.authorizer.denied
    if request.method == "POST":
        if name not in (*OPERATIONS, "*"):
            raise ControlError(f"operation must be '*' or one of: {', '.join(OPERATIONS)}.")
        denied.add(name)
    elif request.method == "DELETE":
        denied.clear() if name is None else denied.discard(name)
    return {"denied": sorted(denied)}


def _trust(world: World, request: Request, rest: str) -> Any:
    """``PUT trust/<registry>`` changes who may assume its role; ``DELETE`` ends that.

    Body: a trust policy, or ``{"source_identity": false}`` for the shipped one without
    ``sts:SetSourceIdentity``.
    """
    home = next((one for one in world.role_accounts() if one.id == rest), None)
    if home is None:
        known = ", ".join(one.id for one in world.role_accounts())
        raise ControlError(f"There is no registry {rest!r} with a role; there are: {known}.", 404)
    document: dict[str, Any] | None = None
    if request.method == "PUT":
        document = _json(request)
        if document == {"source_identity": False}:
            document = json.loads(accounts.registry_trust())
            document["Statement"] = [
                one for one in document["Statement"] if one["Action"] != "sts:SetSourceIdentity"
            ]
        elif "Statement" not in document:
            raise ControlError('The body must be a trust policy or {"source_identity": false}.')
    accounts.set_trust(home.account, document)
    return {"registry": home.id, "trust": accounts.trust_of(home.account, REGISTRY_ROLE)}


def _bucket(world: World, request: Request, rest: str) -> Any:
    """``POST s3/<bucket>`` makes a bucket, ``PUT s3/<bucket>/<key>`` an object in it.

    ``?region=`` is where a new bucket is, ``?kms=`` the ARN of the object's key.
    """
    bucket, _, key = rest.partition("/")
    backend = s3_backends[OWN]["aws"]
    if bucket not in backend.buckets:
        backend.create_bucket(bucket, request.args.get("region", REGION))
    if key:
        kms = request.args.get("kms")
        encryption = {"encryption": "aws:kms", "kms_key_id": kms} if kms else {}
        backend.put_object(bucket, key, request.get_data(), **encryption)
    return {"bucket": bucket, "key": key or None}


def _secret(world: World, request: Request, rest: str) -> Any:
    """``PUT secrets/<id>`` keeps the body as a secret of the own account."""
    backend = secretsmanager_backends[OWN][REGION]
    value = request.get_data(as_text=True)
    token = str(uuid.uuid4())
    if rest in backend.secrets:
        backend.put_secret_value(rest, value, "", token, ["AWSCURRENT"])
    else:
        backend.create_secret(rest, value, None, None, None, None, token, [], False)
    return {"secret": rest}


def _studio(world: World, request: Request, rest: str) -> Any:
    """``PUT studio`` sets how updates act: ``merge``, and ``settle`` and ``lag`` in seconds."""
    studio = world.service.registry.studio
    if request.method == "PUT":
        asked = _json(request)
        merge = asked.get("merge", studio.merge)
        if merge not in MERGES:
            raise ControlError(f"merge must be one of: {', '.join(MERGES)}.")
        times = {name: asked.get(name, getattr(studio, name)) for name in ("settle", "lag")}
        for name, value in times.items():
            if isinstance(value, bool) or not isinstance(value, (int, float)) or value < 0:
                raise ControlError(f"{name} must be a number of seconds, 0 or more.")
        studio.merge, studio.settle, studio.lag = merge, times["settle"], times["lag"]
    return {"merge": studio.merge, "settle": studio.settle, "lag": studio.lag}


def _mlflow(world: World, request: Request, rest: str) -> Any:
    """See ``mlflow_control.change``."""
    try:
        return mlflow_control.change(world, request.method, rest, _json(request))
    except ValueError as error:
        raise ControlError(f"{error}.") from None


def _health(world: World, request: Request, rest: str) -> Any:
    return {"ready": True}


Route = tuple[tuple[str, ...], Callable[[World, Request, str], Any]]

ROUTES: dict[str, Route] = {
    "": (("GET",), _health),
    "credentials": (("GET",), _credentials),
    "expire": (("POST",), _expire),
    "reset": (("POST",), _reset),
    "trust": (("PUT", "DELETE"), _trust),
    "deny": (("GET", "POST", "DELETE"), _deny),
    "s3": (("POST", "PUT"), _bucket),
    "secrets": (("PUT",), _secret),
    "studio": (("GET", "PUT"), _studio),
    "mlflow": (("PUT", "DELETE"), _mlflow),
}


def answer(world: World, request: Request) -> Response:
    """Answer a call below ``PREFIX``."""
    name, _, rest = request.path[len(PREFIX) :].partition("/")
    try:
        if name not in ROUTES:
            raise ControlError(f"There is no call {name!r}; there are: {', '.join(ROUTES)}.", 404)
        methods, act = ROUTES[name]
        if request.method not in methods:
            raise ControlError(f"{name} takes {' or '.join(methods)}.", 405)
        status, body = 200, act(world, request, rest)
    except ControlError as error:
        status, body = error.status, {"error": str(error)}
    return Response(json.dumps(body), status, content_type="application/json")
