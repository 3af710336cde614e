"""SageMaker's managed MLflow: its tracking servers and Apps, and addresses of their UI.

Start and stop take a moment here too, as they take minutes there.
"""

from __future__ import annotations

import secrets
import time
from importlib import metadata
from typing import Any

from sandbox.catalogue.model import CLAIMS, OWN, REGION

Record = dict[str, Any]

CHANGE_SECONDS = 3.0
"""How long a server is starting or stopping."""
SERVER, APP = "mlflow-tracking-server", "mlflow-app"
_HOST = "http://127.0.0.1:1"
"""Host of addresses for browsers while the data plane is not open."""


class Mlflow:
    """All servers and Apps, by ARN, and the addresses given out for browsers."""

    def __init__(self) -> None:
        self.records: dict[str, Record] = {}
        """As ``Describe...`` answers."""
        self.url = _HOST
        """Data plane, set when it is open."""
        self._links: dict[str, tuple[str, float]] = {}

    def now(self, arn: str, moment: float) -> Record | None:
        """A record with the status that it has now; None: there is none."""
        record = self.records.get(arn)
        if record is None:
            return None
        status = record.get("TrackingServerStatus")
        if moment - record["LastModifiedTime"] >= CHANGE_SECONDS:
            if status == "Starting":
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


def seed(mlflow: Mlflow, now: float) -> None:
    """The servers of the story: two and an App at home, one in claims."""
    version = metadata.version("mlflow")
    user: Record = {
        "IamIdentity": {
            "Arn": f"arn:aws:sts::{OWN}:assumed-role/PlatformAdmin/SageMaker",
            "PrincipalId": "AROAPLATFORMADMIN:SageMaker",
        }
    }
    for account, name, status, its_version in (
        (OWN, "team-experiments", "Created", version),
        (OWN, "archive-2024", "Stopped", "2.16.2"),
        (CLAIMS, "claims-experiments", "Created", version),
    ):
        arn = f"arn:aws:sagemaker:{REGION}:{account}:{SERVER}/{name}"
        mlflow.records[arn] = {
            "TrackingServerArn": arn,
            "TrackingServerName": name,
            "ArtifactStoreUri": f"s3://sagemaker-{REGION}-{account}/mlflow/{name}",
            "TrackingServerSize": "Small",
            "MlflowVersion": its_version,
            "RoleArn": f"arn:aws:iam::{account}:role/MlflowServer",
            "TrackingServerStatus": status,
            "IsActive": "Inactive" if status == "Stopped" else "Active",
            "TrackingServerUrl": f"https://{name}.{REGION}.experiments.sagemaker.aws",
            "AutomaticModelRegistration": False,
            "CreationTime": now - 200 * 86400,
            "CreatedBy": user,
            "LastModifiedTime": now - 90 * 86400,
            "LastModifiedBy": user,
        }
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
