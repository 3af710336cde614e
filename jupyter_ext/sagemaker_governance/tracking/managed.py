"""MLflow that SageMaker runs: names, hosts, signatures and states.

Hosts, header names and service names are those of AWS's own `sagemaker-mlflow`
plugin (0.3.0 and 0.5.0: auth_provider.py, mlflow_sagemaker_helpers.py,
mlflow_sagemaker_request_header_provider.py); each can be configured otherwise.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass

#: The plugin's variable for another data plane host, of both kinds.
CUSTOM_ENDPOINT = "SAGEMAKER_MLFLOW_CUSTOM_ENDPOINT"

_ARN = re.compile(
    r"arn:(?P<partition>aws[a-z-]*):sagemaker:(?P<region>[a-z]{2}(?:-[a-z]+)+-\d{1,2})"
    r":(?P<account>\d{12}):(?P<type>mlflow-tracking-server|mlflow-app)/(?P<name>[\w-]{1,256})",
    re.ASCII,
)
#: Partitions whose hosts the plugin knows.
_PARTITIONS = ("aws", "aws-us-gov")


@dataclass(frozen=True)
class Kind:
    """What differs between the two kinds of managed MLflow."""

    #: `server` of the connection, as the browser reads it.
    name: str
    #: Service that requests are signed for.
    service: str
    #: Header that names the server; signed.
    header: str
    #: Data plane host, with `{region}`.
    host: str


KINDS = {
    "mlflow-tracking-server": Kind(
        "tracking-server",
        "sagemaker-mlflow",
        "x-mlflow-sm-tracking-server-arn",
        "https://{region}.experiments.sagemaker.aws",
    ),
    "mlflow-app": Kind(
        "app",
        "sagemaker",
        "x-sm-mlflow-app-arn",
        "https://mlflow.sagemaker.{region}.app.aws",
    ),
}


@dataclass(frozen=True)
class ServerArn:
    """ARN of a tracking server or an MLflow App, taken apart."""

    arn: str
    partition: str
    region: str
    account: str
    #: Name of a tracking server, id of an App.
    name: str
    kind: Kind

    def url(self, environ: Mapping[str, str] | None = None) -> str | None:
        """Where its API is; None: the partition's host is not known.

        `SAGEMAKER_MLFLOW_CUSTOM_ENDPOINT` goes first, as it does for the plugin.
        """
        custom = (os.environ if environ is None else environ).get(CUSTOM_ENDPOINT)
        if custom:
            return custom
        if self.partition not in _PARTITIONS:
            return None
        return self.kind.host.format(region=self.region)

    def connection_id(self) -> str:
        """Id for a connection that nobody configured.

        Made of the ARN alone, so that it is the same in every space: model
        packages name the connection that their run is in.
        """
        slug = re.sub(r"[^a-z0-9]+", "-", self.name.lower()).strip("-")[:48] or "mlflow"
        return f"{slug}-{hashlib.sha256(self.arn.encode()).hexdigest()[:8]}"


def parse_arn(arn: object) -> ServerArn | None:
    """Take an ARN apart; None: it names no MLflow server."""
    match = _ARN.fullmatch(arn) if isinstance(arn, str) else None
    if match is None:
        return None
    return ServerArn(
        match[0],
        match["partition"],
        match["region"],
        match["account"],
        match["name"],
        KINDS[match["type"]],
    )


def state_of(status: str, active: str | None) -> str:
    """One word for a server's status (`TrackingServerStatus` or `MlflowAppStatus`).

    Parameters
    ----------
    active
        `IsActive` of a tracking server; None: an App, which has none.

    Returns
    -------
    str
        `running`, `stopped`, `starting`, `stopping`, `creating`, `updating`,
        `deleting`, `failed` or `unknown`.
    """
    passing = {
        "Creating": "creating",
        "Starting": "starting",
        "Stopping": "stopping",
        "Updating": "updating",
        "MaintenanceInProgress": "updating",
        "Deleting": "deleting",
        "Deleted": "deleting",
        "Stopped": "stopped",
        "CreateFailed": "failed",
    }
    if status in passing:
        return passing[status]
    if status.endswith("Failed"):
        # An update or a stop that failed leaves a server that may well answer.
        return "running" if active == "Active" else "failed"
    if status in ("Created", "Updated", "Started", "MaintenanceComplete"):
        return "stopped" if active == "Inactive" else "running"
    return "unknown"
