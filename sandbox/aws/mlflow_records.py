"""SageMaker's managed MLflow: its tracking servers and Apps, and addresses of their UI.

Start and stop take a moment here too, as they take minutes there.
"""

from __future__ import annotations

import secrets
import time
from dataclasses import dataclass
from importlib import metadata
from typing import Any

from sandbox.catalogue.model import CLAIMS, OWN, REGION

Record = dict[str, Any]

CHANGE_SECONDS = 3.0
"""How long a server is starting or stopping, unless the control says otherwise."""
SERVER, APP = "mlflow-tracking-server", "mlflow-app"
_HOST = "http://127.0.0.1:1"
"""Host of addresses for browsers while the data plane is not open."""


@dataclass(frozen=True)
class Login:
    """What the MLflow takes that wants a login of its own."""

    basic: str = "sandbox-password"
    """Password of the user ``lab``."""
    bearer: str = "sandbox-token"
    """Token of anybody."""


class Mlflow:
    """All servers and Apps, by ARN, and the addresses given out for browsers."""

    def __init__(self) -> None:
        self.records: dict[str, Record] = {}
        """As ``Describe...`` answers."""
        self.url = _HOST
        """Data plane, set when it is open."""
        self.version = ""
        """Of the MLflow behind all of them."""
        self.missing: set[str] = set()
        """Operations that the region has not."""
        self.start_fails = False
        """A start ends in ``Stopped`` again."""
        self.change_seconds = CHANGE_SECONDS
        self._links: dict[str, tuple[str, float]] = {}

    def now(self, arn: str, moment: float) -> Record | None:
        """A record with the status that it has now; None: there is none."""
        record = self.records.get(arn)
        if record is None:
            return None
        status = record.get("TrackingServerStatus")
        if moment - record["LastModifiedTime"] >= self.change_seconds:
            if status == "Starting" and self.start_fails:
                record |= {"TrackingServerStatus": "Stopped", "IsActive": "Inactive"}
            elif status == "Starting":
                record |= {"TrackingServerStatus": "Started", "IsActive": "Active"}
            elif status == "Stopping":
                record |= {"TrackingServerStatus": "Stopped", "IsActive": "Inactive"}
        return record

    def link(self, arn: str, seconds: int) -> str:
        """An address that opens a server once, for so many seconds."""
        token = secrets.token_urlsafe(24)
        self._links[token] = (arn, time.time() + seconds)
        return f"{self.url}/auth?authToken={token}"

    def redeem(self, token: str) -> str | None:
        """ARN behind the token of an address, which is good for nothing afterwards."""
        arn, until = self._links.pop(token, ("", 0.0))
        return arn if time.time() < until else None


def _user() -> Record:
    return {
        "IamIdentity": {
            "Arn": f"arn:aws:sts::{OWN}:assumed-role/PlatformAdmin/SageMaker",
            "PrincipalId": "AROAPLATFORMADMIN:SageMaker",
        }
    }


def tracking_server(account: str, name: str, status: str, version: str, changed: float) -> Record:
    """A tracking server as ``DescribeMlflowTrackingServer`` answers.

    Args:
        status: ``TrackingServerStatus``.
        changed: seconds since the epoch at which it got this status.
    """
    user = _user()
    return {
        "TrackingServerArn": f"arn:aws:sagemaker:{REGION}:{account}:{SERVER}/{name}",
        "TrackingServerName": name,
        "ArtifactStoreUri": f"s3://sagemaker-{REGION}-{account}/mlflow/{name}",
        "TrackingServerSize": "Small",
        "MlflowVersion": version,
        "RoleArn": f"arn:aws:iam::{account}:role/MlflowServer",
        "TrackingServerStatus": status,
        "IsActive": "Active" if status in ("Created", "Started", "Updating") else "Inactive",
        "TrackingServerUrl": f"https://{name}.{REGION}.experiments.sagemaker.aws",
        "AutomaticModelRegistration": False,
        "CreationTime": changed - 110 * 86400,
        "CreatedBy": user,
        "LastModifiedTime": changed,
        "LastModifiedBy": user,
    }


def seed(mlflow: Mlflow, now: float) -> None:
    """The servers of the story: two and an App at home, one in claims."""
    version = mlflow.version = metadata.version("mlflow")
    user = _user()
    for account, name, status, its_version in (
        (OWN, "team-experiments", "Created", version),
        (OWN, "archive-2024", "Stopped", "2.16.2"),
        (CLAIMS, "claims-experiments", "Created", version),
    ):
        record = tracking_server(account, name, status, its_version, now - 90 * 86400)
        mlflow.records[record["TrackingServerArn"]] = record
    arn = f"arn:aws:sagemaker:{REGION}:{OWN}:{APP}/app-SANDBOX00001"
    mlflow.records[arn] = {
        "Arn": arn,
        "Name": "risk-app",
        "ArtifactStoreUri": f"s3://sagemaker-{REGION}-{OWN}/mlflow/risk-app",
        "MlflowVersion": version,
        "RoleArn": f"arn:aws:iam::{OWN}:role/MlflowApp",
        "Status": "Created",
        "ModelRegistrationMode": "AutoModelRegistrationDisabled",
        "AccountDefaultStatus": "DISABLED",
        "CreationTime": now - 60 * 86400,
        "CreatedBy": user,
        "LastModifiedTime": now - 60 * 86400,
        "LastModifiedBy": user,
    }
