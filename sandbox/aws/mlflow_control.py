"""``/_sandbox/mlflow``: what happens to MLflow servers in a customer's life."""

from __future__ import annotations

import time
from typing import Any

from sandbox.catalogue.model import OWN, REGION
from sandbox.catalogue.registries import HOMES

from .mlflow_records import SERVER, Login, tracking_server
from .world import World

STATUSES = ("Created", "Started", "Starting", "Stopped", "Stopping", "CreateFailed", "Updating")
LISTINGS = ("ListMlflowApps", "ListMlflowTrackingServers")
SETTINGS = ("missing", "start", "seconds", "password", "token")


def _name(value: str) -> str:
    if not value or len(value) > 200 or not value.replace("-", "").isalnum():
        raise ValueError("a server is named by letters, digits and hyphens")
    return value


def change(world: World, method: str, rest: str, asked: dict[str, Any]) -> dict[str, Any]:
    """Carry out a control call.

    ``PUT mlflow`` sets ``password`` and ``token`` (what the door with a login takes),
    ``missing`` (listings that the region has not), ``start`` (``works`` or ``fails``) and
    ``seconds`` of a start. ``PUT mlflow/<registry>/<name>`` makes or changes a tracking
    server (``status``, ``version``), ``DELETE`` takes it away.

    Args:
        rest: what follows ``mlflow/``, empty or ``<registry>/<name>``.

    Raises:
        ValueError: it cannot be carried out; the message says why.
    """
    mlflow = world.service.registry.mlflow
    if rest:
        where, _, name = rest.partition("/")
        home = next((one for one in HOMES if one.id == where), None)
        if home is None:
            raise ValueError(f"there is no registry {where!r}")
        arn = f"arn:aws:sagemaker:{REGION}:{home.account}:{SERVER}/{_name(name)}"
        if method == "DELETE":
            mlflow.records.pop(arn, None)
            return {"servers": sorted(mlflow.records)}
        status = asked.get("status", "Created")
        if status not in STATUSES:
            raise ValueError(f"status must be one of: {', '.join(STATUSES)}")
        version = asked.get("version", mlflow.version)
        mlflow.records[arn] = tracking_server(home.account, name, status, str(version), time.time())
        return {"servers": sorted(mlflow.records)}
    unknown = set(asked) - set(SETTINGS)
    if unknown:
        raise ValueError(f"{', '.join(sorted(unknown))}: there are {', '.join(SETTINGS)}")
    missing = asked.get("missing", sorted(mlflow.missing))
    if not isinstance(missing, list) or not set(missing) <= set(LISTINGS):
        raise ValueError(f"missing must be a list of: {', '.join(LISTINGS)}")
    start = asked.get("start", "fails" if mlflow.start_fails else "works")
    if start not in ("works", "fails"):
        raise ValueError("start must be works or fails")
    seconds = asked.get("seconds", mlflow.change_seconds)
    if isinstance(seconds, bool) or not isinstance(seconds, (int, float)) or seconds < 0:
        raise ValueError("seconds must be a number, 0 or more")
    mlflow.missing, mlflow.start_fails = set(missing), start == "fails"
    mlflow.change_seconds = float(seconds)
    world.mlflow_login = Login(
        str(asked.get("password", world.mlflow_login.basic)),
        str(asked.get("token", world.mlflow_login.bearer)),
    )
    return {"missing": sorted(mlflow.missing), "start": start, "seconds": seconds, "account": OWN}
