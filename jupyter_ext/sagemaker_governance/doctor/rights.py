"""Checks of each IAM action of SageMaker that the extension uses."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ..awserrors import is_stale
from ..connections import SageMakerConnection
from ..errors import RelayError
from ..tracking.control import Refused, call
from .finding import FAILED, OK, UNTESTED, WARNING, Finding

if TYPE_CHECKING:
    from ..relay import Relay

#: Reads that the registry is shown with, in the order in which they are tried.
READS = (
    "ListModelPackageGroups",
    "Search",
    "DescribeModelPackageGroup",
    "ListModelPackages",
    "ListTags",
    "DescribeModelPackage",
    "BatchDescribeModelPackage",
)
#: Reads without which only managed MLflow servers stay out of sight.
MLFLOW_READS = (
    "ListMlflowTrackingServers",
    "ListMlflowApps",
    "DescribeMlflowTrackingServer",
    "DescribeMlflowApp",
)
#: Nobody can try these without changing something.
WRITES = (
    "CreateModelPackageGroup",
    "CreateModelPackage",
    "UpdateModelPackage",
    "AddTags",
    "DeleteTags",
)
MLFLOW_WRITES = (
    "StartMlflowTrackingServer",
    "CreatePresignedMlflowTrackingServerUrl",
    "CreatePresignedMlflowAppUrl",
)


class _Rights:
    """Tries the reads of one connection, one after the other."""

    def __init__(self, relay: Relay, connection: SageMakerConnection) -> None:
        self._relay = relay
        self._connection = connection
        self.found: list[Finding] = []

    async def ask(
        self, operation: str, params: Mapping[str, Any], vital: bool = True
    ) -> dict[str, Any]:
        """Answer of a read, empty when it was refused; adds a finding.

        Raises
        ------
        RelayError
            Of the network or of credentials: the other reads would fail alike.
        """
        started = time.monotonic()
        answer: dict[str, Any] = {}
        try:
            answer = await call(self._relay, self._connection, operation, dict(params))
            state, message, hint = OK, "allowed", ""
        except Refused as error:
            if is_stale(error.code):
                raise RelayError(
                    "credentials_expired",
                    f"AWS says that the credentials have expired ({error.code})",
                    "Try again in a minute; if it stays, restart the space.",
                ) from error
            state, message, hint = self._judged(operation, error, vital)
        self.add(operation, state, message, hint, int((time.monotonic() - started) * 1000))
        return answer

    def _judged(self, operation: str, error: Refused, vital: bool) -> tuple[str, str, str]:
        if error.denied:
            file = "reader.json" if vital else "mlflow-reader.json"
            return (
                FAILED if vital else WARNING,
                f"denied. {error.message}".strip(),
                f"Ask the administrator of account {self._connection.account or 'the registry'}"
                f" for sagemaker:{operation}; lifecycle-config/iam/{file} has it. A denial can"
                " also come from the endpoint policy in the VPC or from the organisation.",
            )
        if error.missing:
            return (
                UNTESTED,
                "the region has no such operation",
                "Nothing to do, unless an endpoint_url is set that is not SageMaker's.",
            )
        return (
            FAILED if vital else WARNING,
            f"refused ({error.code or error.status}). {error.message}".strip(),
            "Run the checks again; if it stays, check endpoint_url and region of the connection.",
        )

    def add(self, operation: str, state: str, message: str, hint: str = "", ms: int = 0) -> None:
        """Add a finding."""
        self.found.append(
            Finding(
                "action",
                state,
                message,
                hint,
                self._connection.id,
                f"sagemaker:{operation}",
                ms,
            )
        )

    def empty(self, operation: str, what: str) -> None:
        """Add that there is nothing that a read could be tried with."""
        self.add(
            operation,
            UNTESTED,
            f"not tried: there is no {what} to read",
            "Nothing to do; run the checks again once there is one.",
        )


async def rights(relay: Relay, connection: SageMakerConnection, mlflow: bool) -> list[Finding]:
    """What the role may read, and which actions cannot be tried.

    Parameters
    ----------
    mlflow
        The account is searched for managed MLflow servers.

    Raises
    ------
    RelayError
    """
    tried = _Rights(relay, connection)
    listed = await tried.ask("ListModelPackageGroups", {"MaxResults": 1})
    await tried.ask("Search", {"Resource": "ModelPackageGroup", "MaxResults": 1})
    group = _first(listed, "ModelPackageGroupSummaryList", "ModelPackageGroupArn")
    version: str | None = None
    if group is None:
        for operation in ("DescribeModelPackageGroup", "ListModelPackages", "ListTags"):
            tried.empty(operation, "model package group")
    else:
        await tried.ask("DescribeModelPackageGroup", {"ModelPackageGroupName": group})
        versions = await tried.ask(
            "ListModelPackages", {"ModelPackageGroupName": group, "MaxResults": 1}
        )
        version = _first(versions, "ModelPackageSummaryList", "ModelPackageArn")
        await tried.ask("ListTags", {"ResourceArn": group})
    if version is None:
        for operation in ("DescribeModelPackage", "BatchDescribeModelPackage"):
            tried.empty(operation, "model package version")
    else:
        await tried.ask("DescribeModelPackage", {"ModelPackageName": version})
        await tried.ask("BatchDescribeModelPackage", {"ModelPackageArnList": [version]})
    if mlflow:
        await _mlflow(tried)
    return [*tried.found, _writes(connection, mlflow)]


async def _mlflow(tried: _Rights) -> None:
    listed = await tried.ask("ListMlflowTrackingServers", {"MaxResults": 1}, vital=False)
    name = _first(listed, "TrackingServerSummaries", "TrackingServerName")
    if name is None:
        tried.empty("DescribeMlflowTrackingServer", "tracking server")
    else:
        await tried.ask("DescribeMlflowTrackingServer", {"TrackingServerName": name}, vital=False)
    listed = await tried.ask("ListMlflowApps", {"MaxResults": 1}, vital=False)
    app = _first(listed, "Summaries", "Arn")
    if app is None:
        tried.empty("DescribeMlflowApp", "MLflow App")
    else:
        await tried.ask("DescribeMlflowApp", {"Arn": app}, vital=False)


def _writes(connection: SageMakerConnection, mlflow: bool) -> Finding:
    names = (*WRITES, *MLFLOW_WRITES) if mlflow else WRITES
    return Finding(
        "action",
        UNTESTED,
        "cannot be tested without writing: " + ", ".join(f"sagemaker:{name}" for name in names),
        "Who may do what by the policies of this project: docs/permissions.md. Ask an"
        " administrator which of them the role has.",
        connection.id,
    )


def _first(answer: Mapping[str, Any], member: str, name: str) -> str | None:
    entries = answer.get(member)
    one = entries[0] if isinstance(entries, list) and entries else None
    value = one.get(name) if isinstance(one, dict) else None
    return value if isinstance(value, str) else None
