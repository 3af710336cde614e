"""Our routes, below the server's base URL."""

from __future__ import annotations

from typing import Any

from .handlers.aws import AwsHandler
from .handlers.base import ROUTE, RelayHandler, UnknownRoute
from .handlers.config import ConfigHandler
from .handlers.doctor import DoctorHandler
from .handlers.files import FilesHandler
from .handlers.mlflow import MLflowHandler
from .handlers.openpages import OpenPagesHandler
from .handlers.servers import LinkHandler, ServersHandler, StartHandler
from .limits import Limits
from .relay import Relay


def routes(relay: Relay, limits: Limits) -> list[tuple[str, type[RelayHandler], dict[str, Any]]]:
    """Pattern, handler and arguments; no capture groups.

    tornado decodes what a group captures, and paths must stay as they came.
    """
    upstream = {"relay": relay, "limits": limits}
    return [
        (rf"{ROUTE}/config/?", ConfigHandler, {"relay": relay}),
        (rf"{ROUTE}/doctor/?", DoctorHandler, {"relay": relay}),
        (rf"{ROUTE}/aws/.*", AwsHandler, upstream),
        (rf"{ROUTE}/mlflow/.*", MLflowHandler, upstream),
        (rf"{ROUTE}/mlflow-files/.*", FilesHandler, upstream),
        (rf"{ROUTE}/mlflow-servers/?", ServersHandler, {"relay": relay}),
        (rf"{ROUTE}/mlflow-start/.*", StartHandler, {"relay": relay}),
        (rf"{ROUTE}/mlflow-link/.*", LinkHandler, {"relay": relay}),
        (rf"{ROUTE}/openpages/.*", OpenPagesHandler, upstream),
        (rf"{ROUTE}(?:/.*)?", UnknownRoute, {"relay": relay}),
    ]
