"""The real MLflow, plain, with a login, and behind the sandbox's doors."""

from __future__ import annotations

import json
import subprocess
import sys
import urllib.request
from dataclasses import dataclass
from pathlib import Path

from .lab import Lab
from .test_sandbox import EXTERNAL_ID, REPOSITORY, ROLE

PASSWORD = "correct-horse-battery"  # noqa: S105 - of this test's server
OWN = "arn:aws:sagemaker:eu-west-1:111122223333"
SERVER = f"{OWN}:mlflow-tracking-server/team-experiments"
APP = f"{OWN}:mlflow-app/app-SANDBOX00001"


class Process:
    """A module of the sandbox that says where it is."""

    def __init__(self, *arguments: str) -> None:
        self._process = subprocess.Popen(  # noqa: S603 - our own module
            [sys.executable, "-m", *arguments],
            cwd=REPOSITORY,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        assert self._process.stdout is not None
        self.said: dict[str, object] = json.loads(self._process.stdout.readline())
        self.url = str(self.said["url"])

    def stop(self) -> None:
        self._process.terminate()
        self._process.wait(30)


@dataclass(frozen=True)
class World:
    """The real MLflow, plain and with a login, and AWS with its two doors before it."""

    mlflow: str
    login: str
    aws: str
    gateway: str
    managed: str

    def control(self, method: str, path: str) -> None:
        """A privileged call of the sandbox's AWS."""
        url = f"{self.aws}/_sandbox/{path}"
        request = urllib.request.Request(url, method=method)  # noqa: S310 - loopback
        with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310 - loopback
            answer.read()

    def start(self, directory: Path, persona: str, space: str = "private") -> Lab:
        """A lab of a persona with every kind of connection."""
        metadata = directory / "metadata.json"
        profile = {"UserProfileName": "ds-042"} if space == "private" else {}
        arn = f"{OWN}:app/d-1/x"
        metadata.write_text(json.dumps({"ResourceArn": arn, "DomainId": "d-1", **profile}))
        registry = {
            "kind": "sagemaker",
            "region": "eu-west-1",
            "external_id": EXTERNAL_ID,
            "endpoint_url": self.aws,
        }
        gateway = {
            "kind": "mlflow",
            "url": self.gateway,
            "auth": {"type": "sigv4", "service": "execute-api"},
        }
        return Lab(
            directory,
            {
                "metadata_path": str(metadata),
                "connections": [
                    {"id": "own", "kind": "sagemaker", "region": "eu-west-1"},
                    {"id": "claims", "role_arn": ROLE, **registry},
                    {
                        "id": "markets",
                        "role_arn": ROLE.replace("222233334444", "333344445555"),
                        **registry,
                    },
                    {"id": "plain", "kind": "mlflow", "url": self.mlflow},
                    {
                        "id": "login",
                        "kind": "mlflow",
                        "url": self.login,
                        "auth": {
                            "type": "basic",
                            "username": "admin",
                            "password": {"env": "MLFLOW_PASSWORD"},
                        },
                    },
                    {
                        "id": "wrong",
                        "kind": "mlflow",
                        "url": self.login,
                        "auth": {
                            "type": "basic",
                            "username": "admin",
                            "password": {"env": "OTHER_PASSWORD"},
                        },
                    },
                    {"id": "gateway", **gateway},
                    {
                        "id": "elsewhere",
                        **gateway,
                        "auth": {**gateway["auth"], "region": "us-east-1"},  # type: ignore[dict-item] # a dict
                    },
                    {"id": "stage", **gateway, "url": self.gateway.removesuffix("/prod")},
                    {"id": "server", "kind": "mlflow", "arn": SERVER},
                    {"id": "app", "kind": "mlflow", "arn": APP},
                ],
            },
            {
                "AWS_REGION": "eu-west-1",
                "AWS_ENDPOINT_URL": self.aws,
                "AWS_CONTAINER_CREDENTIALS_FULL_URI": (
                    f"{self.aws}/_sandbox/credentials/{persona}?space={space}"
                ),
                "SAGEMAKER_MLFLOW_CUSTOM_ENDPOINT": self.managed,
                "SAGEMAKER_APP_TYPE": "JupyterLab",
                "SAGEMAKER_SPACE_TYPE_LOWERCASE": space,
                "MLFLOW_PASSWORD": PASSWORD,
                "OTHER_PASSWORD": "of-somebody-else",
            },
        )


RUN_FIELDS = """
  info { runName status runUuid experimentId artifactUri endTime lifecycleStage startTime userId
    __typename }
  experiment { experimentId name tags { key value __typename } artifactLocation lifecycleStage
    lastUpdateTime __typename }
  modelVersions { status version name source __typename }
  data { metrics { key value step timestamp __typename } params { key value __typename }
    tags { key value __typename } __typename }
  inputs { datasetInputs { dataset { digest name profile schema source sourceType __typename }
      tags { key value __typename } __typename } modelInputs { modelId __typename } __typename }
  outputs { modelOutputs { modelId step __typename } __typename }
  __typename
"""
#: As the UI of MLflow 3.17 asks; Apollo adds `__typename`.
QUERIES: dict[str, tuple[str, dict[str, object]]] = {
    "GetRun": (
        'query GetRun($data: MlflowGetRunInput!) @component(name: "MLflow.ExperimentRunTracking")'
        " { mlflowGetRun(input: $data) { apiError { helpUrl code message __typename }"
        " run {" + RUN_FIELDS + "} __typename } }",
        {"data": {"runId": "{run}"}},
    ),
    "SearchRuns": (
        "query SearchRuns($data: MlflowSearchRunsInput!) { mlflowSearchRuns(input: $data) {"
        " apiError { code message } runs {" + RUN_FIELDS + "} __typename } }",
        {"data": {"experimentIds": ["{experiment}"], "filter": "attributes.run_id = '{run}'"}},
    ),
    "GetExperiment": (
        "query MlflowGetExperimentQuery($input: MlflowGetExperimentInput!)"
        ' @component(name: "MLflow.ExperimentRunTracking") { mlflowGetExperiment(input: $input) {'
        " apiError { code message } experiment { artifactLocation creationTime experimentId"
        " effectiveTraceArchivalRetention lastUpdateTime lifecycleStage name"
        " tags { key value __typename } __typename } __typename } }",
        {"input": {"experimentId": "{experiment}"}},
    ),
    "Interval": (
        "query GetMetricHistoryBulkInterval($data: MlflowGetMetricHistoryBulkIntervalInput!)"
        " { mlflowGetMetricHistoryBulkInterval(input: $data) { metrics { timestamp step runId key"
        " value __typename } apiError { code message } __typename } }",
        {"data": {"runIds": ["{run}"], "metricKey": "valid_log_loss"}},
    ),
    "missing": (
        "query GetRun($data: MlflowGetRunInput!) { mlflowGetRun(input: $data)"
        " { apiError { code message } run { info { runName } } } }",
        {"data": {"runId": "0" * 32}},
    ),
}
