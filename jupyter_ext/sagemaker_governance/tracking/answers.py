"""Answers made of calls that a server has, for those that it has not.

Their shapes are those of MLflow's own handlers (`server/handlers.py`, MLflow 3.17).
"""

from __future__ import annotations

import asyncio
import json
import re
from typing import Any
from urllib.parse import parse_qsl

from ..foreign import parse_json
from .ask import Ask, Said

#: Limits of MLflow's own handler.
_MAX_RUNS = 100
_MAX_POINTS = 25_000
_MAX_EXPERIMENTS = 20
#: Datasets: runs that are looked through, as MLflow's store does.
_MAX_DATASET_RUNS = 1000
#: Calls for one answer at a time.
_LANES = 6
#: Pages of one history; a server that never ends them is not followed.
_PAGES = 100
_COUNT = re.compile(r"[0-9]{1,9}")


async def histories(ask: Ask, query: str) -> dict[str, Any]:
    """`metrics/get-history-bulk`, run by run.

    Raises
    ------
    Said
    RelayError
    """
    pairs = parse_qsl(query, keep_blank_values=True)
    runs = sorted(value for name, value in pairs if name == "run_id")
    keys = [value for name, value in pairs if name == "metric_key"]
    wanted = next((value for name, value in pairs if name == "max_results"), "")
    most = min(int(wanted) if _COUNT.fullmatch(wanted) else _MAX_POINTS, _MAX_POINTS)
    if not runs or not keys:
        raise bad("GetMetricHistoryBulk request must specify a run_id and a metric_key.")
    if len(runs) > _MAX_RUNS:
        raise bad(f"GetMetricHistoryBulk request cannot specify more than {_MAX_RUNS} run_ids.")

    async def one(run: str) -> list[dict[str, Any]]:
        points = await _points(ask, run, keys[0], most)
        points.sort(key=lambda p: (int(p["timestamp"]), int(p["step"]), _number(p["value"])))
        return [{**point, "run_id": run} for point in points]

    # Some at a time: what is beyond the limit is not even asked for.
    metrics: list[dict[str, Any]] = []
    for at in range(0, len(runs), _LANES):
        for points in await asyncio.gather(*(one(run) for run in runs[at : at + _LANES])):
            metrics += points
        if len(metrics) >= most:
            break
    return {"metrics": metrics[:most]}


async def _points(ask: Ask, run: str, key: str, most: int) -> list[dict[str, Any]]:
    query = [("run_id", run), ("metric_key", key), ("max_results", str(most))]
    points: list[dict[str, Any]] = []
    token = ""
    for _ in range(_PAGES):
        page = await ask.get(
            "api/2.0/mlflow/metrics/get-history",
            [*query, *([("page_token", token)] if token else [])],
        )
        points += [
            {
                "key": one.get("key", key),
                "value": one.get("value"),
                "timestamp": int(one.get("timestamp", 0)),
                "step": int(one.get("step", 0)),
            }
            for one in page.get("metrics", [])
        ]
        token = page.get("next_page_token") or ""
        if not token or len(points) >= most:
            return points[:most]
    raise ValueError("a history without end")


def _number(value: object) -> float:
    return float(value) if isinstance(value, (int, float)) else float("inf")


async def datasets(ask: Ask, body: bytes) -> dict[str, Any]:
    """`experiments/search-datasets`, from the inputs of the experiments' newest runs.

    Raises
    ------
    Said
    RelayError
    """
    try:
        ids = parse_json(body)["experiment_ids"]
    except (ValueError, KeyError, TypeError):
        ids = None
    if not isinstance(ids, list) or not all(isinstance(one, str) for one in ids):
        raise bad("SearchDatasets request must specify experiment_ids, a list.")
    if not 0 < len(ids) <= _MAX_EXPERIMENTS:
        raise bad(f"SearchDatasets request must specify 1 to {_MAX_EXPERIMENTS} experiment_ids.")
    answer = await ask.search(
        "api/2.0/mlflow/runs/search",
        {"experiment_ids": ids, "max_results": _MAX_DATASET_RUNS, "order_by": ["start_time DESC"]},
    )
    found: dict[tuple[str, ...], dict[str, str]] = {}
    for run in answer.get("runs", []):
        experiment = str(run.get("info", {}).get("experiment_id", ""))
        for given in run.get("inputs", {}).get("dataset_inputs", []):
            dataset = given.get("dataset", {})
            summary = {
                "experiment_id": experiment,
                "name": str(dataset.get("name", "")),
                "digest": str(dataset.get("digest", "")),
            }
            for tag in given.get("tags", []):
                if tag.get("key") == "mlflow.data.context":
                    summary["context"] = str(tag.get("value", ""))
            found.setdefault(tuple(summary.values()), summary)
    return {"dataset_summaries": list(found.values())} if found else {}


def telemetry() -> dict[str, Any]:
    """`ui-telemetry`: nothing is told to anybody."""
    return {"disable_ui_telemetry": True, "disable_ui_events": [], "ui_rollout_percentage": 0}


def bad(message: str) -> Said:
    """A refusal in MLflow's own words."""
    body = {"error_code": "INVALID_PARAMETER_VALUE", "message": message}
    return Said(400, json.dumps(body).encode(), "application/json")
