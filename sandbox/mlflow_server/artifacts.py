"""The artifacts of a run: plots, a report page, tables and texts."""

from __future__ import annotations

import json
from html import escape
from pathlib import Path

import matplotlib.pyplot as plt
import pandas as pd
from sklearn.metrics import ConfusionMatrixDisplay, RocCurveDisplay

from .models import Scores


def _plots(folder: Path, target: pd.Series[int], scores: Scores, name: str) -> None:
    folder.mkdir()
    figure, axes = plt.subplots(figsize=(5, 4), dpi=100, layout="constrained")
    RocCurveDisplay.from_predictions(target, scores, ax=axes, name=name, plot_chance_level=True)
    axes.set_title("ROC, validation data")
    figure.savefig(folder / "roc.png")
    plt.close(figure)
    figure, axes = plt.subplots(figsize=(4, 4), dpi=100, layout="constrained")
    ConfusionMatrixDisplay.from_predictions(
        target, (scores >= 0.5).astype(int), ax=axes, colorbar=False
    )
    axes.set_title("Confusion matrix at 0.5")
    figure.savefig(folder / "confusion_matrix.png")
    plt.close(figure)


def _report(metrics: dict[str, float], table: pd.DataFrame, name: str) -> str:
    scores = "".join(
        f"<tr><th scope='row'>{escape(key)}</th><td>{value:.4f}</td></tr>"
        for key, value in metrics.items()
    )
    bars = "".join(
        f"<tr><th scope='row'>{escape(str(feature))}</th><td>"
        f"<div style='background:#4c78a8;height:10px;width:{400 * float(weight):.0f}px'></div>"
        f"</td><td>{float(weight):.3f}</td></tr>"
        for feature, weight in zip(
            table["feature"], table["importance"] / table["importance"].sum(), strict=True
        )
    )
    return (
        "<!DOCTYPE html><html lang='en'><head><meta charset='utf-8'>"
        f"<title>Validation of {escape(name)}</title><style>body{{font:14px sans-serif;"
        "margin:2em}th{text-align:left;padding-right:1em}</style></head><body>"
        f"<h1>Validation of {escape(name)}</h1><h2>Scores</h2><table>{scores}</table>"
        f"<h2>What the model looks at</h2><table>{bars}</table></body></html>"
    )


def write(
    folder: Path,
    name: str,
    target: pd.Series[int],
    scores: Scores,
    metrics: dict[str, float],
    table: pd.DataFrame,
) -> None:
    """Write all artifacts of a run below ``folder``, which must be empty."""
    _plots(folder / "plots", target, scores, name)
    (folder / "report.html").write_text(_report(metrics, table, name), "utf-8")
    (folder / "evaluation.json").write_text(json.dumps(metrics, indent=2) + "\n", "utf-8")
    table.to_csv(folder / "feature_importance.csv", index=False)
    (folder / "notes.txt").write_text(
        f"{name}\n\nValidated on 30 % of the data, held out with a fixed seed.\n"
        "The data are synthetic; no person is behind any row.\n",
        "utf-8",
    )
