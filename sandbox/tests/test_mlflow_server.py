"""The seeded MLflow: complete, movable, and the real server answers from it."""

from __future__ import annotations

import importlib
import json
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import Request, urlopen

import pytest

from sandbox import mlflow_server
from sandbox.catalogue import build
from sandbox.catalogue.model import Run

CATALOGUE = build(0)
ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.timeout(300)


@dataclass
class Server:
    """The running server and what its index says."""

    url: str
    index: dict[str, dict[str, str]]

    def get(self, path: str, /, **params: str) -> bytes:
        """Bytes of a GET."""
        query = f"?{urlencode(params)}" if params else ""
        # The URL is this fixture's own, on the loopback.
        with urlopen(f"{self.url}{path}{query}", timeout=20) as answer:  # noqa: S310
            return bytes(answer.read())

    def post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        """JSON of a POST."""
        sent = Request(  # noqa: S310 - see get
            self.url + path, json.dumps(body).encode(), {"Content-Type": "application/json"}
        )
        with urlopen(sent, timeout=20) as answer:  # noqa: S310 - see get
            return dict(json.load(answer))

    def runs(self, experiment: str) -> list[dict[str, Any]]:
        """All runs of an experiment."""
        ids = [
            one["experiment_id"]
            for key, one in self.index.items()
            if key.startswith(f"{experiment}/")
        ]
        found = self.post("/api/2.0/mlflow/runs/search", {"experiment_ids": ids[:1]})
        return list(found["runs"])


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    # The cache that the supervisor keeps; what is served is a copy somewhere else.
    cached = ROOT / ".cache" / "sandbox-seed" / "mlflow"
    mlflow_server.seed(cached, CATALOGUE)
    directory = tmp_path_factory.mktemp("mlflow") / "moved here"
    shutil.copytree(cached, directory)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    process = subprocess.Popen(  # noqa: S603 - our own command
        mlflow_server.command(directory, port),
        env=mlflow_server.environment(directory),
        cwd=directory,
    )
    mlflow_server.wait_ready(url, 60, lambda: process.poll() is None)
    yield Server(url, json.loads((directory / "index.json").read_text("utf-8")))
    process.terminate()
    process.wait(20)


def test_experiments(server: Server) -> None:
    body = json.loads(server.get("/ajax-api/2.0/mlflow/experiments/search", max_results="50"))
    found = {one["name"]: one for one in body["experiments"]}
    wanted = {run.experiment for run in CATALOGUE.runs}
    assert len(wanted) == 2
    assert wanted <= found.keys()
    for name in wanted:
        assert found[name]["artifact_location"].startswith("mlflow-artifacts:")
        assert any(tag["key"] == "mlflow.note.content" for tag in found[name]["tags"])


def test_runs_have_what_the_catalogue_says(server: Server) -> None:
    assert server.index.keys() == {f"{run.experiment}/{run.name}" for run in CATALOGUE.runs}
    assert len(server.index) >= 12
    for experiment in {run.experiment for run in CATALOGUE.runs}:
        by_name = {one["info"]["run_name"]: one for one in server.runs(experiment)}
        for run in (one for one in CATALOGUE.runs if one.experiment == experiment):
            got = by_name[run.name]
            entry = server.index[f"{experiment}/{run.name}"]
            assert got["info"]["run_id"] == entry["run_id"]
            assert got["info"]["status"] == "FINISHED"
            assert got["info"]["artifact_uri"] == entry["artifact_uri"]
            params = {one["key"]: one["value"] for one in got["data"]["params"]}
            assert params == {"model": run.model} | {k: str(v) for k, v in run.params.items()}
            metrics = {one["key"]: one["value"] for one in got["data"]["metrics"]}
            assert 0.65 < metrics["auc"] < 0.97
            assert metrics["gini"] == pytest.approx(2 * metrics["auc"] - 1)
            assert 0 < metrics["brier"] < 0.25
            assert got["inputs"]["dataset_inputs"]


def test_learning_curves_have_steps_that_learn(server: Server) -> None:
    for run in CATALOGUE.runs:
        body = json.loads(
            server.get(
                "/ajax-api/2.0/mlflow/metrics/get-history",
                run_id=server.index[f"{run.experiment}/{run.name}"]["run_id"],
                metric_key="valid_log_loss",
            )
        )
        losses = [one["value"] for one in sorted(body["metrics"], key=lambda one: one["step"])]
        assert len(set(losses)) >= 8
        if run.model == "boosting":
            # The others may be as good as they get after their first step.
            assert losses[-1] < losses[0]


def test_artifacts_come_through_the_server(server: Server) -> None:
    run_id = server.index["credit-risk-scoring/bold-owl-118"]["run_id"]

    def read(path: str) -> bytes:
        return server.get("/get-artifact", path=path, run_uuid=run_id)

    listed = json.loads(server.get("/ajax-api/2.0/mlflow/artifacts/list", run_id=run_id))
    assert {one["path"] for one in listed["files"]} == {
        "plots",
        "report.html",
        "evaluation.json",
        "feature_importance.csv",
        "notes.txt",
    }
    for plot in ("roc", "confusion_matrix"):
        assert read(f"plots/{plot}.png").startswith(b"\x89PNG")
    assert b"<h1>Validation of bold-owl-118</h1>" in read("report.html")
    assert read("feature_importance.csv").startswith(b"feature,importance\n")
    assert 0.65 < json.loads(read("evaluation.json"))["auc"] < 0.97


def test_logged_models(server: Server) -> None:
    entry = server.index["claims-triage/swift-kite-501"]
    found = server.post(
        "/api/2.0/mlflow/logged-models/search", {"experiment_ids": [entry["experiment_id"]]}
    )["models"]
    assert len(found) == 6
    (mine,) = [one for one in found if one["info"]["model_id"] == entry["model_id"]]
    assert mine["info"]["source_run_id"] == entry["run_id"]
    assert {"auc", "ks"} <= {one["key"] for one in mine["data"]["metrics"]}
    listing = f"/ajax-api/2.0/mlflow/logged-models/{entry['model_id']}/artifacts"
    files = json.loads(server.get(f"{listing}/directories"))["files"]
    assert {"MLmodel", "model.skops", "input_example.json"} <= {one["path"] for one in files}
    text = server.get(f"{listing}/files", artifact_file_path="MLmodel").decode()
    assert "signature:" in text
    assert "telematics_score" in text


def test_registered_models(server: Server) -> None:
    body = json.loads(server.get("/ajax-api/2.0/mlflow/registered-models/search"))
    found = {one["name"]: one for one in body["registered_models"]}
    wanted: dict[str, list[Run]] = {}
    for run in CATALOGUE.runs:
        if run.registered_as:
            wanted.setdefault(run.registered_as, []).append(run)
    assert len(wanted) == 2
    assert found.keys() == wanted.keys()
    aliases = {one["alias"]: one["version"] for one in found["credit-risk-scoring"]["aliases"]}
    assert aliases == {"champion": "2", "challenger": "1"}
    for name, runs in wanted.items():
        versions = json.loads(
            server.get("/ajax-api/2.0/mlflow/model-versions/search", filter=f"name='{name}'")
        )["model_versions"]
        ids = {server.index[f"{run.experiment}/{run.name}"]["run_id"] for run in runs}
        assert {one["run_id"] for one in versions} == ids
        assert {one["status"] for one in versions} == {"READY"}


def test_the_ui_is_served(server: Server) -> None:
    page = server.get("/").decode()
    assert "static-files/" in page
    script = page.partition('src="')[2].partition('"')[0]
    assert len(server.get(f"/{script.removeprefix('./')}")) > 10_000


def test_a_write_works_and_an_unknown_run_is_an_error(server: Server) -> None:
    run_id = server.index["claims-triage/plain-wren-019"]["run_id"]
    tag = {"run_id": run_id, "key": "reviewed", "value": "yes"}
    assert server.post("/api/2.0/mlflow/runs/set-tag", tag) == {}
    with pytest.raises(HTTPError, match="404"):
        server.get("/api/2.0/mlflow/runs/get", run_id="0" * 32)


def test_a_complete_seed_is_left_alone(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    def train(*_: object) -> None:
        raise AssertionError("it trains again")

    monkeypatch.setattr(importlib.import_module("sandbox.mlflow_server.seed"), "_fill", train)
    assert server.index
    cached = ROOT / ".cache" / "sandbox-seed" / "mlflow"
    before = (cached / "mlflow.db").stat().st_mtime_ns
    mlflow_server.seed(cached, CATALOGUE)
    assert (cached / "mlflow.db").stat().st_mtime_ns == before


def test_something_else_in_the_directory_is_kept(tmp_path: Path) -> None:
    directory = tmp_path / "mlflow"
    directory.mkdir()
    (directory / "mine.txt").write_text("keep", "utf-8")
    with pytest.raises(FileExistsError, match="something else"):
        mlflow_server.seed(directory, CATALOGUE)
    assert (directory / "mine.txt").read_text("utf-8") == "keep"


def test_a_killed_seeding_leaves_nothing_half(tmp_path: Path) -> None:
    directory = tmp_path / "mlflow"
    process = subprocess.Popen(  # noqa: S603 - our own command
        [sys.executable, "-m", "sandbox.mlflow_server", str(directory)],
        cwd=ROOT,
    )
    # The limit of the test is the only one: loading MLflow takes as long as it takes.
    while not list(tmp_path.glob(".mlflow.part-*/mlflow.db")):
        assert process.poll() is None, "it never began"
        time.sleep(0.05)
    process.terminate()
    assert process.wait() == 143
    assert not directory.exists()
    assert list(tmp_path.glob(".mlflow.part-*")) == []
    assert not mlflow_server.is_seeded(directory, CATALOGUE)


def test_a_failing_training_is_told_with_its_log(tmp_path: Path) -> None:
    unknown: Any = "oracle"
    wrong = replace(CATALOGUE.runs[0], model=unknown)
    with pytest.raises(RuntimeError, match="no such kind of model: oracle"):
        mlflow_server.seed(tmp_path / "mlflow", replace(CATALOGUE, runs=(wrong,)))
    assert not (tmp_path / "mlflow").exists()


def test_waiting_ends_with_the_process_or_in_time() -> None:
    with pytest.raises(ChildProcessError, match="see its log"):
        mlflow_server.wait_ready("http://127.0.0.1:9", 5, lambda: False)
    with pytest.raises(TimeoutError, match="within 0.2 s"):
        mlflow_server.wait_ready("http://127.0.0.1:9", 0.2)
