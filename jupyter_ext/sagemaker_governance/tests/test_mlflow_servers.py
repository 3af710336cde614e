"""Against the real MLflow: with a login, and behind API Gateway and SageMaker."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from urllib.parse import quote

import pytest

from .lab import Got, Lab
from .mlflow_world import APP, PASSWORD, QUERIES, Process, World

pytestmark = pytest.mark.timeout(300)


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    mlflow = Process("sandbox.tracking")
    login = Process("sandbox.tracking", "--basic-auth", "admin", PASSWORD)
    aws = Process("sandbox.aws", "--port", "0", "--groups", "1", "--mlflow", mlflow.url)
    doors = aws.said["mlflow"]
    assert isinstance(doors, dict)
    yield World(mlflow.url, login.url, aws.url, doors["gateway"], doors["managed"])
    for process in (aws, login, mlflow):
        process.stop()


@pytest.fixture(scope="module")
def author(world: World, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    lab = world.start(tmp_path_factory.mktemp("author"), "data-scientist")
    yield lab
    lab.stop()
    assert "Traceback" not in lab.log.read_text(errors="replace")


@pytest.fixture(scope="module")
def reader(world: World, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """A reader in a shared space."""
    lab = world.start(tmp_path_factory.mktemp("reader"), "reader", "shared")
    yield lab
    lab.stop()


JSON = {"Content-Type": "application/json"}


def search(lab: Lab, connection: str, what: str = "experiments", **body: object) -> Got:
    path = f"mlflow/{connection}/ajax-api/2.0/mlflow/{what}/search"
    return lab.post(path, json.dumps({"max_results": 50, **body}), JSON)


def the_run(lab: Lab, connection: str) -> dict[str, object]:
    """A run of the seed, with its artifacts and model."""
    found = search(lab, connection).json["experiments"]
    assert isinstance(found, list)
    ids = [one["experiment_id"] for one in found if one["name"] == "credit-risk-scoring"]
    got = search(lab, connection, "runs", experiment_ids=ids)
    runs = {one["info"]["run_name"]: one for one in got.json["runs"]}  # type: ignore[attr-defined] # JSON
    run = runs["bold-owl-118"]
    assert isinstance(run, dict)
    return run


ALL = ["plain", "login", "gateway", "server", "app"]
SIGNED = ["gateway", "server", "app"]


@pytest.mark.parametrize("connection", ALL)
def test_experiments_and_runs(author: Lab, connection: str) -> None:
    assert the_run(author, connection)["info"]


@pytest.mark.parametrize("connection", ALL)
def test_writes_pass(author: Lab, connection: str) -> None:
    run = the_run(author, connection)["info"]
    assert isinstance(run, dict)
    tag = {"run_id": run["run_id"], "key": "seen with space", "value": f"{connection} a+b é"}
    got = author.post(
        f"mlflow/{connection}/ajax-api/2.0/mlflow/runs/set-tag", json.dumps(tag), JSON
    )
    assert (got.status, got.code) == (200, None), got.body
    read = author.get(f"mlflow/{connection}/ajax-api/2.0/mlflow/runs/get?run_id={run['run_id']}")
    assert f"{connection} a+b é" in json.dumps(read.json, ensure_ascii=False)


@pytest.mark.parametrize("connection", ["login", "gateway", "server"])
def test_files_go_both_ways(author: Lab, names: dict[str, str], connection: str) -> None:
    data = bytes(range(256)) * 12_000
    place = f"{names['experiment']}/{names['run']}/artifacts/up load/{connection}.bin"
    path = f"mlflow/{connection}/ajax-api/2.0/mlflow-artifacts/artifacts/{quote(place)}"
    assert author.request("PUT", path, {}, data).status == 200
    query = f"path={quote(f'up load/{connection}.bin', safe='')}&run_uuid={names['run']}"
    got = author.get(f"mlflow/{connection}/get-artifact?{query}")
    assert (got.status, got.body == data) == (200, True)
    assert got.headers["content-disposition"].endswith(f"{connection}.bin")


@pytest.mark.parametrize("connection", SIGNED)
def test_expired_credentials_are_renewed(author: Lab, world: World, connection: str) -> None:
    assert search(author, connection).status == 200
    world.control("POST", "expire")
    got = search(author, connection)
    assert (got.status, got.code) == (200, None), got.body
    world.control("POST", "expire")
    assert author.get(f"mlflow/{connection}/get-artifact?path=x&run_uuid={'0' * 32}").status == 404


@pytest.mark.parametrize("connection", ALL)
def test_the_page_and_its_files(author: Lab, connection: str) -> None:
    page = author.get(f"mlflow/{connection}/")
    assert page.status == 200
    assert page.headers["x-relay-content-type"].startswith("text/html")
    assert page.headers["content-type"] == "application/octet-stream"
    script = page.body.decode().partition('src="')[2].partition('"')[0]
    got = author.get(f"mlflow/{connection}/{script}")
    assert got.status == 200
    assert "javascript" in got.headers["x-relay-content-type"]
    assert len(got.body) > 10_000
    if connection in SIGNED:
        assert got.headers["cache-control"] == "private, max-age=31536000, immutable"
        again = author.get(f"mlflow/{connection}/{script}", {"If-None-Match": got.headers["etag"]})
        assert (again.status, again.body) == (304, b"")
        assert author.get(f"mlflow/{connection}/static-files/no.js").code == "no_artifact"
    assert author.get(f"mlflow/{connection}/version").body.decode().startswith("3.")


#: What the pages ask for that has no twin, with `{run}`, `{model}`, `{experiment}`.
ANSWERED: dict[str, tuple[str, str, object]] = {
    "histories": (
        "GET",
        "ajax-api/2.0/mlflow/metrics/get-history-bulk?run_id={run}&metric_key=valid_log_loss",
        None,
    ),
    "datasets": (
        "POST",
        "ajax-api/2.0/mlflow/experiments/search-datasets",
        {"experiment_ids": ["{experiment}"]},
    ),
    "file of a run": ("GET", "get-artifact?path=plots%2Froc.png&run_uuid={run}", None),
    "file of a model": (
        "GET",
        "ajax-api/2.0/mlflow/logged-models/{model}/artifacts/files?artifact_file_path=MLmodel",
        None,
    ),
    "file of a version": (
        "GET",
        "model-versions/get-artifact?path=MLmodel&name=credit-risk-scoring&version=2",
        None,
    ),
    "a run that is not there": ("GET", "get-artifact?path=x&run_uuid=" + "0" * 32, None),
    "a path that climbs": ("GET", "get-artifact?path=..%2F..%2Fmlflow.db&run_uuid={run}", None),
    "no run": ("GET", "ajax-api/2.0/mlflow/metrics/get-history-bulk?metric_key=a", None),
    "history in intervals": (
        "GET",
        "ajax-api/2.0/mlflow/metrics/get-history-bulk-interval"
        "?run_ids={run}&metric_key=valid_log_loss&max_results=10",
        None,
    ),
}


def fill(value: object, names: dict[str, str]) -> str:
    text = value if isinstance(value, str) else json.dumps(value)
    for name, given in names.items():
        text = text.replace("{" + name + "}", given)
    return text


@pytest.fixture(scope="module")
def names(author: Lab) -> dict[str, str]:
    run = the_run(author, "plain")
    info, outputs = run["info"], run["outputs"]
    assert isinstance(info, dict)
    assert isinstance(outputs, dict)
    return {
        "run": info["run_id"],
        "experiment": info["experiment_id"],
        "model": outputs["model_outputs"][0]["model_id"],
    }


def ask(lab: Lab, connection: str, what: str, names: dict[str, str]) -> Got:
    method, path, body = ANSWERED[what]
    sent = fill(body, names) if body else None
    headers = JSON if sent else {}
    return lab.request(method, f"mlflow/{connection}/{fill(path, names)}", headers, sent)


@pytest.mark.parametrize("what", ANSWERED)
@pytest.mark.parametrize("connection", ["gateway", "server"])
def test_what_has_no_twin_is_answered_as_mlflow_does(
    author: Lab, names: dict[str, str], connection: str, what: str
) -> None:
    direct, here = ask(author, "plain", what, names), ask(author, connection, what, names)
    assert here.status == direct.status, (here.body, direct.body)
    if direct.status == 200 and "json" in direct.headers["x-relay-content-type"]:
        assert here.json == direct.json
    elif direct.status == 200:
        assert here.body == direct.body
        assert here.headers["content-disposition"] == direct.headers["content-disposition"]
    else:
        assert "error_code" in here.json


@pytest.mark.parametrize("query", QUERIES)
def test_graphql_is_answered_as_mlflow_does(author: Lab, names: dict[str, str], query: str) -> None:
    text, variables = QUERIES[query]
    body = json.dumps({"query": text, "variables": json.loads(fill(variables, names))})
    direct = author.post("mlflow/plain/graphql", body, JSON)
    assert direct.status == 200
    here = author.post("mlflow/gateway/graphql", body, JSON)
    assert (here.status, here.code) == (200, None), here.body
    assert here.json == direct.json


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "ajax-api/2.0/mlflow/upload-artifact"),
        ("GET", "ajax-api/3.0/mlflow/get-trace-artifact?request_id=1"),
        ("GET", "ajax-api/3.0/mlflow/gateway/supported-providers"),
        ("GET", "health"),
        ("POST", "v1/traces"),
    ],
)
def test_what_does_not_work_says_so(author: Lab, method: str, path: str) -> None:
    got = author.request(method, f"mlflow/gateway/{path}", {}, None if method == "GET" else b"{}")
    assert (got.status, got.code) == (501, "no_twin")
    assert got.json["error"]["hint"]  # type: ignore[index] # checked by code
    # Plainly reached, the same is MLflow's own business.
    assert (
        author.request(method, f"mlflow/plain/{path}", {}, None if method == "GET" else b"{}").code
        != "no_twin"
    )


def test_nothing_is_told_to_mlflows_makers(author: Lab) -> None:
    got = author.get("mlflow/gateway/ajax-api/3.0/mlflow/ui-telemetry")
    assert got.json["disable_ui_telemetry"] is True


@pytest.mark.parametrize(
    ("connection", "code", "words"),
    [
        ("wrong", "upstream_unauthorized", "HTTP 401 to the configured login (basic)"),
        ("elsewhere", "upstream_unauthorized", "another region or service"),
        ("stage", "upstream_wrong_path", "API Gateway has no such route"),
    ],
)
def test_a_connection_that_is_wrong_is_diagnosed(
    author: Lab, connection: str, code: str, words: str
) -> None:
    got = search(author, connection)
    assert got.code == code, got.body
    assert words in got.body.decode()
    findings = [json.loads(line) for line in author.post("doctor").body.splitlines()]
    found = {f["connection"]: f for f in findings if f.get("check") == "mlflow"}
    assert found[connection]["state"] == "failed"
    # A refused password is not tried again at once.
    told = found[connection]["message"]
    assert words in told or (connection == "wrong" and "was refused a moment ago" in told)
    assert found["gateway"]["state"] == found["server"]["state"] == "ok"


def listed(lab: Lab, fresh: bool = True) -> tuple[dict[str, dict[str, object]], list[object]]:
    got = lab.get("mlflow-servers" + ("?fresh" if fresh else ""))
    assert got.status == 200, got.body
    servers, notes = got.json["servers"], got.json["notes"]
    assert isinstance(servers, list)
    assert isinstance(notes, list)
    return {one["label"]: one for one in servers}, notes


def test_servers_are_found(author: Lab, world: World) -> None:
    world.control("POST", "reset")
    servers, notes = listed(author)
    assert {"plain", "gateway", "server", "app", "archive-2024", "claims-experiments"} <= set(
        servers
    )
    # Configured by its ARN: not found a second time.
    assert "team-experiments" not in servers
    assert "risk-app" not in servers
    found = servers["claims-experiments"]
    assert found["id"] == servers["claims-experiments"]["id"]
    assert str(found["id"]).startswith("claims-experiments-")
    assert found["discovered"] is True
    assert found["registry"] == "claims"
    assert (found["state"], found["server"]) == ("running", "tracking-server")
    assert servers["server"]["version"] == found["version"]
    assert found["shown"] == {"version": found["version"], "skew": "none"}
    assert servers["plain"]["state"] is None
    assert [(note["connection"], note["operation"], note["code"]) for note in notes] == [  # type: ignore[index] # JSON
        ("markets", "ListMlflowApps", "denied"),
        ("markets", "ListMlflowTrackingServers", "denied"),
    ]
    # Another account by its role, though nobody configured the server.
    assert the_run(author, str(found["id"]))["info"]


def test_a_stopped_server_is_named_and_started(author: Lab, world: World) -> None:
    world.control("POST", "reset")
    servers, _ = listed(author)
    server = servers["archive-2024"]
    assert (server["state"], server["startable"]) == ("stopped", True)
    assert server["shown"]["skew"] == "major"  # type: ignore[index] # JSON
    got = search(author, str(server["id"]))
    assert (got.status, got.code) == (503, "server_not_running")
    assert "SageMaker says Stopped" in got.body.decode()
    started = author.post(f"mlflow-start/{server['id']}")
    assert (started.status, started.json) == (200, {"state": "starting"})
    assert listed(author, False)[0]["archive-2024"]["state"] == "starting"
    got = search(author, str(server["id"]))
    assert got.code == "server_not_running"
    assert "being started" in got.body.decode()
    until = time.monotonic() + 30
    while listed(author)[0]["archive-2024"]["state"] != "running":
        assert time.monotonic() < until
        time.sleep(0.3)
    assert search(author, str(server["id"])).status == 200
    again = author.post(f"mlflow-start/{server['id']}")
    assert (again.status, again.code) == (502, "upstream_refused")
    assert author.post("mlflow-start/plain").code == "operation_not_allowed"
    assert author.post("mlflow-start/nobody").code == "unknown_connection"


@pytest.mark.parametrize("connection", ["server", "app"])
def test_an_address_for_a_browser(author: Lab, world: World, connection: str) -> None:
    got = author.post(f"mlflow-link/{connection}")
    assert got.headers["cache-control"] == "no-store"
    url = str(got.json["url"])
    assert url.startswith(f"{world.managed}/auth?authToken=")
    token = url.partition("=")[2]
    assert token not in author.log.read_text(errors="replace")
    assert author.post(f"mlflow-link/{connection}").json["url"] != url
    assert author.post("mlflow-link/gateway").code == "operation_not_allowed"


def test_a_shared_space_reads_only(reader: Lab) -> None:
    config = reader.get("config").json["connections"]
    assert isinstance(config, list)
    assert {one["readOnly"] for one in config if one["kind"] == "mlflow"} == {True}
    run = the_run(reader, "gateway")["info"]
    assert isinstance(run, dict)
    tag = json.dumps({"run_id": run["run_id"], "key": "a", "value": "b"})
    for connection in ("plain", "gateway", "server"):
        got = reader.post(f"mlflow/{connection}/ajax-api/2.0/mlflow/runs/set-tag", tag)
        assert got.code == "read_only"
    text, variables = QUERIES["GetExperiment"]
    variables = {"input": {"experimentId": run["experiment_id"]}}
    body = json.dumps({"query": text, "variables": variables})
    assert reader.post("mlflow/gateway/graphql", body).status == 200


def test_a_missing_right_is_named(reader: Lab, world: World) -> None:
    world.control("POST", "reset")
    got = search(reader, "app")
    assert (got.status, got.code) == (502, "upstream_forbidden")
    error = got.json["error"]
    assert isinstance(error, dict)
    assert "sagemaker:CallMlflowAppApi is not allowed" in error["message"]
    assert APP in error["hint"]
    servers, _ = listed(reader)
    server = servers["archive-2024"]
    assert server["startable"] is True
    got = reader.post(f"mlflow-start/{server['id']}")
    assert (got.status, got.code) == (502, "upstream_forbidden")
    assert "sagemaker:StartMlflowTrackingServer" in got.body.decode()
    # Offered no more to somebody who may not.
    assert listed(reader)[0]["archive-2024"]["startable"] is False
    # A tab is not held by the switch: none is offered where only reads pass.
    assert servers["app"]["link"] is False
    assert reader.post("mlflow-link/app").code == "read_only"
    got = reader.post("mlflow/gateway/ajax-api/2.0/mlflow/logged-models/search", "{}", JSON)
    assert got.code == "upstream_forbidden"
    assert "execute-api:Invoke" in got.body.decode()


def test_a_long_name_is_only_a_name(author: Lab) -> None:
    name = quote("a b/é'" * 3, safe="")
    got = author.get(
        f"mlflow/gateway/ajax-api/2.0/mlflow/experiments/get-by-name?experiment_name={name}"
    )
    assert got.status == 404
    assert got.json["error_code"] == "RESOURCE_DOES_NOT_EXIST"
