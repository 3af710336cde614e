"""SageMaker's managed MLflow: its control plane, which moto has not."""

from __future__ import annotations

from collections.abc import Sequence

from . import shapes
from .errors import ApiError
from .mlflow_records import APP, SERVER
from .registry import Place, Record, Registry, page


def _known(registry: Registry, operation: str) -> None:
    """Raises ApiError where the region has no such operation."""
    if operation in registry.mlflow.missing:
        raise ApiError("UnknownOperationException", "")


def _ours(registry: Registry, place: Place, kind: str) -> list[Record]:
    start = f"arn:aws:sagemaker:{place.region}:{place.account}:{kind}/"
    arns = [arn for arn in registry.mlflow.records if arn.startswith(start)]
    return [one for one in (registry.mlflow.now(arn, place.now) for arn in arns) if one]


def _listed(
    found: list[Record], params: Record, operation: str, member: str, name: str, status: str
) -> Record:
    wanted = params.get("TrackingServerStatus" if status != "Status" else "Status")
    chosen = [
        one
        for one in found
        if wanted in (None, one[status])
        and params.get("MlflowVersion") in (None, one["MlflowVersion"])
    ]
    key = {"Name": name, "Status": status}.get(params.get("SortBy", ""), "CreationTime")
    chosen.sort(key=lambda one: one[key], reverse=params.get("SortOrder") != "Ascending")
    shown, token = page(chosen, params)
    names = shapes.members(operation, member)
    answer: Record = {member: [{k: v for k, v in one.items() if k in names} for one in shown]}
    return answer | ({"NextToken": token} if token else {})


def list_servers(registry: Registry, place: Place, params: Record) -> Record:
    """``ListMlflowTrackingServers``."""
    _known(registry, "ListMlflowTrackingServers")
    return _listed(
        _ours(registry, place, SERVER),
        params,
        "ListMlflowTrackingServers",
        "TrackingServerSummaries",
        "TrackingServerName",
        "TrackingServerStatus",
    )


def list_apps(registry: Registry, place: Place, params: Record) -> Record:
    """``ListMlflowApps``."""
    _known(registry, "ListMlflowApps")
    found = _ours(registry, place, APP)
    return _listed(found, params, "ListMlflowApps", "Summaries", "Name", "Status")


def server_arn(params: Record, place: Place) -> str:
    """ARN of the tracking server that a request names."""
    name = params["TrackingServerName"]
    return f"arn:aws:sagemaker:{place.region}:{place.account}:{SERVER}/{name}"


def app_arn(params: Record, place: Place) -> str:
    """ARN of the App that a request names."""
    return str(params["Arn"])


def _found(registry: Registry, place: Place, arn: str) -> Record:
    record = registry.mlflow.now(arn, place.now)
    if record is None:
        raise ApiError("ResourceNotFound", f"{arn} does not exist.")
    return record


def describe_server(registry: Registry, place: Place, params: Record) -> Record:
    """``DescribeMlflowTrackingServer``."""
    return dict(_found(registry, place, server_arn(params, place)))


def describe_app(registry: Registry, place: Place, params: Record) -> Record:
    """``DescribeMlflowApp``."""
    return dict(_found(registry, place, app_arn(params, place)))


def _change(registry: Registry, place: Place, params: Record, ready: str, to: str) -> Record:
    record = _found(registry, place, server_arn(params, place))
    if record["IsActive"] != ready or record["TrackingServerStatus"].endswith("ing"):
        status = record["TrackingServerStatus"]
        raise ApiError(
            "ConflictException",
            f"The tracking server cannot be {to.lower()} while its status is {status}.",
        )
    record |= {
        "TrackingServerStatus": to,
        "LastModifiedTime": place.now,
        "LastModifiedBy": place.user,
    }
    return {"TrackingServerArn": record["TrackingServerArn"]}


def start_server(registry: Registry, place: Place, params: Record) -> Record:
    """``StartMlflowTrackingServer``."""
    return _change(registry, place, params, "Inactive", "Starting")


def stop_server(registry: Registry, place: Place, params: Record) -> Record:
    """``StopMlflowTrackingServer``."""
    return _change(registry, place, params, "Active", "Stopping")


def _link(registry: Registry, arn: str, params: Record) -> Record:
    return {"AuthorizedUrl": registry.mlflow.link(arn, params.get("ExpiresInSeconds", 300))}


def server_link(registry: Registry, place: Place, params: Record) -> Record:
    """``CreatePresignedMlflowTrackingServerUrl``."""
    arn = server_arn(params, place)
    _found(registry, place, arn)
    return _link(registry, arn, params)


def app_link(registry: Registry, place: Place, params: Record) -> Record:
    """``CreatePresignedMlflowAppUrl``."""
    arn = app_arn(params, place)
    _found(registry, place, arn)
    return _link(registry, arn, params)


ACTIONS: Sequence[tuple[str, str, str]] = (
    ("POST", "experiments/create", "CreateExperiment"),
    ("GET", "experiments/search", "SearchExperiments"),
    ("POST", "experiments/search", "SearchExperiments"),
    ("GET", "experiments/get", "GetExperiment"),
    ("GET", "experiments/get-by-name", "GetExperimentByName"),
    ("POST", "experiments/delete", "DeleteExperiment"),
    ("POST", "experiments/restore", "RestoreExperiment"),
    ("POST", "experiments/update", "UpdateExperiment"),
    ("POST", "experiments/set-experiment-tag", "SetExperimentTag"),
    ("POST", "runs/create", "CreateRun"),
    ("POST", "runs/update", "UpdateRun"),
    ("POST", "runs/delete", "DeleteRun"),
    ("POST", "runs/restore", "RestoreRun"),
    ("POST", "runs/log-metric", "LogMetric"),
    ("POST", "runs/log-parameter", "LogParam"),
    ("POST", "runs/log-batch", "LogBatch"),
    ("POST", "runs/log-model", "LogModel"),
    ("POST", "runs/log-inputs", "LogInputs"),
    ("POST", "runs/set-tag", "SetTag"),
    ("POST", "runs/delete-tag", "DeleteTag"),
    ("GET", "runs/get", "GetRun"),
    ("POST", "runs/search", "SearchRuns"),
    ("GET", "metrics/get-history", "GetMetricHistory"),
    ("GET", "metrics/get-history-bulk-interval", "GetMetricHistory"),
    ("GET", "artifacts/list", "ListArtifacts"),
    ("POST", "registered-models/create", "CreateRegisteredModel"),
    ("GET", "registered-models/get", "GetRegisteredModel"),
    ("GET", "registered-models/search", "SearchRegisteredModels"),
    ("GET", "registered-models/alias", "GetModelVersionByAlias"),
    ("POST", "registered-models/alias", "SetRegisteredModelAlias"),
    ("POST", "registered-models/set-tag", "SetRegisteredModelTag"),
    ("GET", "registered-models/get-latest-versions", "GetLatestModelVersions"),
    ("POST", "registered-models/get-latest-versions", "GetLatestModelVersions"),
    ("POST", "model-versions/create", "CreateModelVersion"),
    ("GET", "model-versions/get", "GetModelVersion"),
    ("GET", "model-versions/search", "SearchModelVersions"),
    ("GET", "model-versions/get-download-uri", "GetDownloadURIForModelVersionArtifacts"),
    ("POST", "model-versions/set-tag", "SetModelVersionTag"),
    ("POST", "logged-models/search", "SearchLoggedModels"),
    ("GET", "logged-models/", "GetLoggedModel"),
    ("GET", "traces", "SearchTraces"),
    ("POST", "traces/search", "SearchTraces"),
    ("GET", "traces/", "GetTraceInfo"),
    ("GET", "mlflow-artifacts/", "ListArtifacts"),
    ("PUT", "mlflow-artifacts/", "LogModel"),
)
"""Method, path below ``api/N.0/mlflow/`` and action of ``sagemaker-mlflow``.

The actions are AWS's; which call needs which is told by their names. A path that ends
with a slash stands for all below it. Files go through MLflow here, where SageMaker's own
are in S3: their two actions are the sandbox's choice.
"""


def action_of(method: str, path: str) -> str | None:
    """``sagemaker-mlflow`` action of a call; None: SageMaker has no such call.

    Args:
        path: below ``/api/``, e.g. ``2.0/mlflow/runs/get``.
    """
    _, _, rest = path.partition("/")
    rest = rest.removeprefix("preview/").removeprefix("mlflow/")
    for its_method, prefix, name in ACTIONS:
        matches = rest.startswith(prefix) if prefix.endswith("/") else rest == prefix
        if method == its_method and matches:
            return name
    return None
