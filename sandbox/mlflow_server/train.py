"""Trains the catalogue's runs and logs them to a tracking server.

Run by :mod:`.seed` in a process of its own, because MLflow's client and matplotlib keep
global state: ``python -m sandbox.mlflow_server.train URL INDEX < runs.json``.
"""

from __future__ import annotations

import json
import logging
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import mlflow
import sklearn
from mlflow import MlflowClient
from mlflow.data.pandas_dataset import from_pandas
from mlflow.entities import Metric, Param
from mlflow.models import infer_signature

from sandbox.catalogue.model import Run

from . import artifacts, assistant, models
from .data import Split, load, recipe_of
from .server import wait_ready

NOTES = {
    "credit": "Probability of default within 12 months, retail loans.",
    "claim": "Which motor claims need a specialist at once.",
}
TRUSTED = ["sklearn.tree._tree.Tree", "sklearn._loss.loss.HalfBinomialLoss"]
"""What our own trees are made of: MLflow loads a model once to try it."""
log = logging.getLogger("sandbox.mlflow_server")


def _experiment(client: MlflowClient, name: str) -> str:
    found = client.get_experiment_by_name(name)
    if found:
        return str(found.experiment_id)
    note = next((text for word, text in NOTES.items() if word in name), name)
    return str(client.create_experiment(name, tags={"mlflow.note.content": note}))


def _log_numbers(client: MlflowClient, run_id: str, run: Run, trained: models.Trained) -> None:
    now = int(time.time() * 1000)
    points = [Metric(key, value, now, step) for step, key, value in trained.curve]
    params = [Param("model", run.model)]
    params += [Param(key, str(value)) for key, value in run.params.items()]
    client.log_batch(run_id, metrics=points, params=params)


def _register(client: MlflowClient, run: Run, logged: dict[str, Any], name: str) -> None:
    if not client.search_registered_models(f"name = '{name}'"):
        client.create_registered_model(
            name,
            tags={"team": "retail-credit" if "credit" in name else "claims-analytics"},
            description=f"Models of the experiment {run.experiment}.",
        )
    version = client.create_model_version(
        name,
        **logged,
        description=f"From run {run.name}.",
        tags={"validated": "yes"},
    )
    older = client.get_registered_model(name).aliases.get("champion")
    if older:
        client.set_registered_model_alias(name, "challenger", older)
    client.set_registered_model_alias(name, "champion", version.version)


def _log_model(split: Split, trained: models.Trained, final: dict[str, float]) -> str:
    """Log the model and the final metrics; returns the model's id, "" before MLflow 3."""
    example = split.train.head(3).astype(float)
    options: dict[str, Any] = {
        "signature": infer_signature(example, trained.estimator.predict(example)),
        "input_example": example,
        "pip_requirements": [f"scikit-learn=={sklearn.__version__}"],
    }
    if not hasattr(MlflowClient, "get_logged_model"):
        mlflow.sklearn.log_model(trained.estimator, "model", **options)
        mlflow.log_metrics(final)
        return ""
    logged = mlflow.sklearn.log_model(
        trained.estimator, name="model", skops_trusted_types=TRUSTED, **options
    )
    # With the model's id the logged model shows them too, not only its run.
    mlflow.log_metrics(final, model_id=logged.model_id)
    return str(logged.model_id)


def _train(client: MlflowClient, run: Run, split: Split) -> dict[str, str]:
    experiment_id = _experiment(client, run.experiment)
    made = client.create_run(
        experiment_id,
        run_name=run.name,
        tags={
            "mlflow.user": "ds-042",
            "mlflow.source.name": "train.ipynb",
            "mlflow.source.type": "NOTEBOOK",
            "mlflow.note.content": f"A {run.model} model on {len(split.train)} rows.",
            "data.version": "2026-Q3",
        },
    )
    run_id = str(made.info.run_id)
    trained = models.train(run.model, split, dict(run.params))
    final = models.final_metrics(split.valid_target, trained.valid_scores)
    _log_numbers(client, run_id, run, trained)
    with mlflow.start_run(run_id=run_id):
        dataset = from_pandas(
            split.train.assign(**{split.target: split.train_target}),
            name=f"{run.experiment}-train",
            targets=split.target,
        )
        mlflow.log_input(dataset, context="training")
        with tempfile.TemporaryDirectory() as folder:
            table = models.importances(trained, split)
            artifacts.write(
                Path(folder), run.name, split.valid_target, trained.valid_scores, final, table
            )
            mlflow.log_artifacts(folder)
        model_id = _log_model(split, trained, final)
    artifact_uri = str(made.info.artifact_uri)
    if run.registered_as:
        logged: dict[str, Any] = {"source": f"models:/{model_id}", "model_id": model_id}
        if not model_id:
            logged = {"source": f"{artifact_uri}/model", "run_id": run_id}
        _register(client, run, logged, run.registered_as)
    return {
        "run_id": run_id,
        "experiment_id": experiment_id,
        "model_id": model_id,
        "artifact_uri": artifact_uri,
    }


def main(url: str, index: Path) -> None:
    """Train every run given as JSON on stdin; write the index of what was made."""
    runs = [Run(**one) for one in json.load(sys.stdin)]
    unknown = {run.model for run in runs} - models.KINDS
    if unknown:
        raise SystemExit(f"no such kind of model: {', '.join(sorted(unknown))}")
    wait_ready(url, 120)
    mlflow.set_tracking_uri(url)
    client = MlflowClient(url)
    splits: dict[str, Split] = {}
    made: dict[str, dict[str, str]] = {}
    for number, run in enumerate(runs, 1):
        recipe = recipe_of(run.experiment)
        split = splits.setdefault(recipe.target, load(recipe))
        made[f"{run.experiment}/{run.name}"] = _train(client, run, split)
        log.info("trained %s (%d of %d)", run.name, number, len(runs))
    assistant.write(client)
    index.write_text(json.dumps(made, indent=2) + "\n", "utf-8")


if __name__ == "__main__":
    logging.basicConfig(level=logging.WARNING, format="%(message)s")
    log.setLevel(logging.INFO)
    main(sys.argv[1], Path(sys.argv[2]))
