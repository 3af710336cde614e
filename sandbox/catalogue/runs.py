"""The MLflow runs that the sandbox trains, and what versions say of them."""

from __future__ import annotations

from .model import Run

CREDIT = "credit-risk-scoring"
CLAIMS_TRIAGE = "claims-triage"

RUNS: tuple[Run, ...] = (
    Run(CREDIT, "calm-heron-204", "logistic", {"C": 0.1, "max_iter": 400}),
    Run(CREDIT, "brisk-stoat-311", "logistic", {"C": 1.0, "max_iter": 400}),
    Run(
        CREDIT,
        "quiet-elm-077",
        "forest",
        {"n_estimators": 80, "max_depth": 5, "min_samples_leaf": 20},
    ),
    Run(
        CREDIT,
        "stout-oak-412",
        "forest",
        {"n_estimators": 120, "max_depth": 9, "min_samples_leaf": 8},
        registered_as=CREDIT,
    ),
    Run(
        CREDIT,
        "keen-lark-093",
        "boosting",
        {"learning_rate": 0.2, "n_estimators": 60, "max_depth": 2},
    ),
    Run(
        CREDIT,
        "bold-owl-118",
        "boosting",
        {"learning_rate": 0.08, "n_estimators": 120, "max_depth": 3},
        registered_as=CREDIT,
    ),
    Run(CLAIMS_TRIAGE, "plain-wren-019", "logistic", {"C": 0.5, "max_iter": 400}),
    Run(CLAIMS_TRIAGE, "early-finch-140", "logistic", {"C": 2.0, "max_iter": 400}),
    Run(
        CLAIMS_TRIAGE,
        "slow-beech-233",
        "forest",
        {"n_estimators": 60, "max_depth": 4, "min_samples_leaf": 25},
    ),
    Run(
        CLAIMS_TRIAGE,
        "deep-ash-356",
        "forest",
        {"n_estimators": 140, "max_depth": 10, "min_samples_leaf": 5},
    ),
    Run(
        CLAIMS_TRIAGE,
        "swift-kite-501",
        "boosting",
        {"learning_rate": 0.15, "n_estimators": 80, "max_depth": 2},
        registered_as=CLAIMS_TRIAGE,
    ),
    Run(
        CLAIMS_TRIAGE,
        "warm-tern-622",
        "boosting",
        {"learning_rate": 0.05, "n_estimators": 160, "max_depth": 3},
    ),
)
"""Twelve runs; registered models ``credit-risk-scoring`` (two versions) and ``claims-triage``."""


def params_of(experiment: str, name: str) -> dict[str, str]:
    """Parameters of a run as text, as MLflow keeps them.

    Raises:
        KeyError: there is no such run.
    """
    for run in RUNS:
        if (run.experiment, run.name) == (experiment, name):
            return {"model": run.model} | {k: str(v) for k, v in run.params.items()}
    raise KeyError(f"{experiment}/{name}")
