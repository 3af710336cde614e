"""An MLflow 2.22 server, plain and behind API Gateway, and the UI that is shown for it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from sandbox.mlflow_server import versions

from .lab import Got, Lab
from .mlflow_world import Process

OLD = "2.22.5"
BETWEEN = "3.10.1"
pytestmark = pytest.mark.timeout(300)
JSON = {"Content-Type": "application/json"}
API = "ajax-api/2.0/mlflow"
#: As the UI of MLflow 2.22 asks, without the `__typename` that Apollo adds.
GET_RUN = (
    'query GetRun($data: MlflowGetRunInput!) @component(name: "MLflow.ExperimentRunTracking") {'
    " mlflowGetRun(input: $data) { apiError { helpUrl code message } run {"
    " info { runName status runUuid experimentId artifactUri endTime lifecycleStage"
    " startTime userId }"
    " experiment { experimentId name tags { key value } artifactLocation lifecycleStage"
    " lastUpdateTime }"
    " modelVersions { status version name source }"
    " data { metrics { key value step timestamp } params { key value } tags { key value } }"
    " inputs { datasetInputs { dataset { digest name profile schema source sourceType }"
    " tags { key value } } }"
    " } } }"
)


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """A lab beside the UIs of three releases, before a server of 2.22."""
    versions.ensure(BETWEEN)
    mlflow = Process("sandbox.tracking", "--version", OLD)
    aws = Process("sandbox.aws", "--port", "0", "--groups", "1", "--mlflow", mlflow.url)
    doors = aws.said["mlflow"]
    assert isinstance(doors, dict)
    directory = tmp_path_factory.mktemp("lab")
    metadata = directory / "metadata.json"
    arn = "arn:aws:sagemaker:eu-west-1:111122223333:app/d-1/x"
    metadata.write_text(
        json.dumps({"ResourceArn": arn, "DomainId": "d-1", "UserProfileName": "ds-042"})
    )
    gateway = {
        "kind": "mlflow",
        "url": doors["gateway"],
        "auth": {"type": "sigv4", "service": "execute-api"},
    }
    started = Lab(
        directory,
        {
            "metadata_path": str(metadata),
            "mlflow_discovery": False,
            "mlflow_assets": [str(versions.site_packages(one)) for one in (OLD, BETWEEN)],
            "connections": [
                {"id": "own", "kind": "sagemaker", "region": "eu-west-1"},
                {"id": "plain", "kind": "mlflow", "url": mlflow.url},
                {"id": "same", **gateway, "version": OLD},
                {"id": "patch", **gateway, "version": "2.22.0"},
                {"id": "older", **gateway, "version": "2.16.2"},
                {"id": "next", **gateway, "version": "3.4.0"},
                {"id": "unknown", **gateway},
            ],
        },
        {
            "AWS_REGION": "eu-west-1",
            "AWS_ENDPOINT_URL": aws.url,
            "AWS_CONTAINER_CREDENTIALS_FULL_URI": (
                f"{aws.url}/_sandbox/credentials/data-scientist?space=private"
            ),
            "SAGEMAKER_APP_TYPE": "JupyterLab",
        },
    )
    yield started
    started.stop()
    for process in (aws, mlflow):
        process.stop()
    assert "Traceback" not in started.log.read_text(errors="replace")


def ask(lab: Lab, connection: str, path: str, body: object = None) -> Got:
    if body is None:
        return lab.get(f"mlflow/{connection}/{path}")
    return lab.post(f"mlflow/{connection}/{path}", json.dumps(body), JSON)


def found(got: Got, key: str) -> list[dict[str, object]]:
    assert (got.status, got.code) == (200, None), got.body
    value = got.json[key]
    assert isinstance(value, list)
    return value


@pytest.fixture(scope="module")
def names(lab: Lab) -> dict[str, str]:
    by_name = ask(
        lab, "plain", f"{API}/experiments/get-by-name?experiment_name=credit-risk-scoring"
    )
    experiment = by_name.json["experiment"]
    assert isinstance(experiment, dict)
    id_ = str(experiment["experiment_id"])
    runs = found(ask(lab, "plain", f"{API}/runs/search", {"experiment_ids": [id_]}), "runs")
    infos = [run["info"] for run in runs]
    (run,) = [one for one in infos if isinstance(one, dict) and one["run_name"] == "bold-owl-118"]
    return {"experiment": id_, "run": str(run["run_id"])}


def shown(lab: Lab) -> dict[str, object]:
    return {str(one["id"]): one["shown"] for one in found(lab.get("mlflow-servers"), "servers")}


def test_the_ui_is_of_the_same_release_else_of_the_next(lab: Lab) -> None:
    got = shown(lab)
    assert got["same"] == {"version": OLD, "skew": "none"}
    assert got["patch"] == {"version": OLD, "skew": "patch"}
    assert got["older"] == {"version": OLD, "skew": "minor"}
    assert got["next"] == {"version": BETWEEN, "skew": "minor"}
    assert got["unknown"] == {"version": versions.CURRENT, "skew": "unknown"}


@pytest.mark.parametrize(
    ("connection", "version", "said"), [("same", OLD, OLD), ("next", BETWEEN, "3.4.0")]
)
def test_the_files_are_of_that_ui(lab: Lab, connection: str, version: str, said: str) -> None:
    build = versions.site_packages(version) / "mlflow" / "server" / "js" / "build"
    page = ask(lab, connection, "")
    assert page.body == (build / "index.html").read_bytes()
    script = re.search(rb"static-files/(static/js/main\.[\w.]+js)", page.body)
    assert script
    name = script[1].decode()
    assert ask(lab, connection, f"static-files/{name}").body == Path(build, name).read_bytes()
    assert ask(lab, connection, "version").body.decode() == said


@pytest.mark.parametrize("connection", ["plain", "same"])
def test_what_our_views_ask_for(lab: Lab, names: dict[str, str], connection: str) -> None:
    """The calls of src/mlflow/client.ts and src/runs, of a server without logged models."""
    experiments = ask(lab, connection, f"{API}/experiments/search", {"max_results": 50})
    assert {one["name"] for one in found(experiments, "experiments")} >= {"credit-risk-scoring"}
    body = {"experiment_ids": [names["experiment"]], "order_by": ["attributes.start_time DESC"]}
    runs = found(ask(lab, connection, f"{API}/runs/search", {**body, "max_results": 50}), "runs")
    assert len(runs) == 6
    history = f"{API}/metrics/get-history?run_id={names['run']}&metric_key=valid_auc"
    assert len(found(ask(lab, connection, history), "metrics")) >= 8
    # No logged models: a 404 that the client takes for "none of this release".
    got = ask(lab, connection, f"{API}/logged-models/search", {"experiment_ids": []})
    assert got.status == 404, got.body
    assert got.code is None
    # What the run logged is in its tag, who registered it in the registry.
    run = ask(lab, connection, f"{API}/runs/get?run_id={names['run']}").json["run"]
    assert "mlflow.log-model.history" in json.dumps(run)
    query = f"{API}/model-versions/search?filter=run_id%3D%27{names['run']}%27"
    (version,) = found(ask(lab, connection, query), "model_versions")
    assert (version["name"], version["version"]) == ("credit-risk-scoring", "2")
    model = ask(lab, connection, f"{API}/registered-models/get?name=credit-risk-scoring")
    registered = model.json["registered_model"]
    assert isinstance(registered, dict)
    aliases = {one["alias"]: one["version"] for one in registered["aliases"]}
    assert aliases == {"champion": "2", "challenger": "1"}
    for path in (
        f"get-artifact?path=model%2FMLmodel&run_uuid={names['run']}",
        "model-versions/get-artifact?path=MLmodel&name=credit-risk-scoring&version=2",
    ):
        artifact = ask(lab, connection, path)
        assert (artifact.status, b"signature:" in artifact.body) == (200, True), artifact.body


def test_what_the_old_ui_asks_for_is_answered_behind_the_gateway(
    lab: Lab, names: dict[str, str]
) -> None:
    history = f"{API}/metrics/get-history-bulk?run_id={names['run']}&metric_key=auc"
    for path, body in (
        (history, None),
        (f"{API}/experiments/search-datasets", {"experiment_ids": [names["experiment"]]}),
        (f"{API}/artifacts/list?run_id={names['run']}", None),
    ):
        direct, here = ask(lab, "plain", path, body), ask(lab, "same", path, body)
        assert (direct.status, here.status) == (200, 200), here.body
        assert here.json == direct.json
    query = {"query": GET_RUN, "variables": {"data": {"runId": names["run"]}}}
    direct, here = ask(lab, "plain", "graphql", query), ask(lab, "same", "graphql", query)
    assert (direct.status, here.status) == (200, 200), here.body
    assert here.json == direct.json
