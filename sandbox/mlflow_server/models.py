"""The models of the runs: trained for real, with a learning curve and final scores."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.ensemble import GradientBoostingClassifier, RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import (
    accuracy_score,
    brier_score_loss,
    log_loss,
    roc_auc_score,
    roc_curve,
)
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from .data import Split

Scores = NDArray[np.float64]
CURVE_POINTS = 12


@dataclass
class Trained:
    """A fitted estimator, the scores it gives, and how it learned."""

    estimator: Any
    valid_scores: Scores
    curve: list[tuple[int, str, float]] = field(default_factory=list)
    """Step, metric, value."""


def _point(step: int, split: Split, train: Scores, valid: Scores) -> list[tuple[int, str, float]]:
    return [
        (step, "train_log_loss", float(log_loss(split.train_target, train))),
        (step, "valid_log_loss", float(log_loss(split.valid_target, valid))),
        (step, "valid_auc", float(roc_auc_score(split.valid_target, valid))),
    ]


def _scores(estimator: Any, frame: pd.DataFrame) -> Scores:
    return np.asarray(estimator.predict_proba(frame)[:, 1])


def _logistic(split: Split, params: dict[str, float], seed: int) -> Trained:
    iterations = int(params.get("max_iter", 400))

    def fitted(share: float) -> Any:
        rows = max(60, int(len(split.train) * share))
        model = make_pipeline(
            StandardScaler(),
            LogisticRegression(C=params.get("C", 1.0), max_iter=iterations, random_state=seed),
        )
        return model.fit(split.train.iloc[:rows], split.train_target.iloc[:rows])

    # The solver has no useful steps: the curve is over the share of the data, in percent.
    curve = []
    model = None
    for step in np.linspace(10, 100, 10).astype(int):
        model = fitted(step / 100)
        curve += _point(int(step), split, _scores(model, split.train), _scores(model, split.valid))
    return Trained(model, _scores(model, split.valid), curve)


def _forest(split: Split, params: dict[str, float], seed: int) -> Trained:
    trees = int(params.get("n_estimators", 100))
    model = RandomForestClassifier(
        n_estimators=1,
        max_depth=int(params.get("max_depth", 6)),
        min_samples_leaf=int(params.get("min_samples_leaf", 10)),
        warm_start=True,
        random_state=seed,
        n_jobs=1,
    )
    curve = []
    for step in np.unique(np.linspace(5, trees, CURVE_POINTS).astype(int)):
        model.set_params(n_estimators=int(step))
        model.fit(split.train, split.train_target)
        curve += _point(int(step), split, _scores(model, split.train), _scores(model, split.valid))
    model.set_params(warm_start=False)
    return Trained(model, _scores(model, split.valid), curve)


def _boosting(split: Split, params: dict[str, float], seed: int) -> Trained:
    rounds = int(params.get("n_estimators", 100))
    model = GradientBoostingClassifier(
        n_estimators=rounds,
        learning_rate=params.get("learning_rate", 0.1),
        max_depth=int(params.get("max_depth", 3)),
        subsample=0.8,
        random_state=seed,
    ).fit(split.train, split.train_target)
    wanted = set(np.unique(np.linspace(1, rounds, CURVE_POINTS).astype(int)).tolist())
    curve = []
    stages = zip(
        model.staged_predict_proba(split.train),
        model.staged_predict_proba(split.valid),
        strict=True,
    )
    for step, (train, valid) in enumerate(stages, 1):
        if step in wanted:
            curve += _point(step, split, train[:, 1], valid[:, 1])
    return Trained(model, _scores(model, split.valid), curve)


_TRAINERS = {"logistic": _logistic, "forest": _forest, "boosting": _boosting}
KINDS = frozenset(_TRAINERS)
"""Kinds of model that :func:`train` knows."""


def train(model: str, split: Split, params: dict[str, float], seed: int = 7) -> Trained:
    """Train a model of the catalogue. Raises KeyError for a kind that there is not."""
    return _TRAINERS[model](split, params, seed)


def final_metrics(target: pd.Series[int], scores: Scores) -> dict[str, float]:
    """The scores that the registry's versions show too, on the validation part."""
    false_rate, true_rate, _ = roc_curve(target, scores)
    auc = float(roc_auc_score(target, scores))
    return {
        "auc": auc,
        "gini": 2 * auc - 1,
        "ks": float(np.max(true_rate - false_rate)),
        "brier": float(brier_score_loss(target, scores)),
        "log_loss": float(log_loss(target, scores)),
        "accuracy": float(accuracy_score(target, scores >= 0.5)),
    }


def importances(trained: Trained, split: Split) -> pd.DataFrame:
    """Weight of each column, largest first."""
    estimator = trained.estimator
    if hasattr(estimator, "feature_importances_"):
        weights = estimator.feature_importances_
    else:
        weights = np.abs(estimator[-1].coef_[0])
    frame = pd.DataFrame({"feature": split.train.columns, "importance": weights})
    return frame.sort_values("importance", ascending=False, ignore_index=True).round(5)
