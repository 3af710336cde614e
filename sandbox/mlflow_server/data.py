"""Synthetic credit and claims data with the columns a bank and an insurer would have.

Nobody's data: scikit-learn's generator, each column laid over a plausible range.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from sklearn.datasets import make_classification
from sklearn.model_selection import train_test_split

ROWS = 3000


@dataclass(frozen=True)
class Recipe:
    """What a data set looks like."""

    target: str
    columns: dict[str, tuple[float, float, int]]
    """Column -> least value, largest value, decimals."""
    positive_share: float
    separation: float
    seed: int


CREDIT = Recipe(
    target="default_12m",
    columns={
        "age_years": (18, 78, 0),
        "net_income_eur": (900, 9800, 0),
        "debt_to_income": (0.02, 0.95, 3),
        "revolving_utilisation": (0.0, 1.0, 3),
        "months_at_address": (0, 360, 0),
        "delinquencies_24m": (0, 6, 0),
        "open_accounts": (1, 18, 0),
        "credit_history_years": (0, 42, 1),
    },
    positive_share=0.14,
    separation=0.62,
    seed=204,
)
CLAIMS = Recipe(
    target="needs_specialist",
    columns={
        "claim_amount_eur": (80, 42000, 0),
        "days_to_report": (0, 90, 0),
        "policy_age_years": (0, 25, 1),
        "prior_claims_36m": (0, 7, 0),
        "vehicle_age_years": (0, 22, 0),
        "telematics_score": (0.0, 100.0, 1),
        "photos_attached": (0, 24, 0),
        "workshop_distance_km": (0.5, 180, 1),
    },
    positive_share=0.27,
    separation=0.8,
    seed=622,
)


@dataclass(frozen=True)
class Split:
    """Training and validation part of a data set."""

    train: pd.DataFrame
    valid: pd.DataFrame
    train_target: pd.Series[int]
    valid_target: pd.Series[int]
    target: str


def recipe_of(experiment: str) -> Recipe:
    """Claims data for experiments about claims, credit data for all others."""
    return CLAIMS if "claim" in experiment else CREDIT


def load(recipe: Recipe) -> Split:
    """The data set, the same at every call."""
    raw, target = make_classification(
        n_samples=ROWS,
        n_features=len(recipe.columns),
        n_informative=5,
        n_redundant=1,
        weights=[1 - recipe.positive_share],
        flip_y=0.05,
        class_sep=recipe.separation,
        random_state=recipe.seed,
    )
    frame = pd.DataFrame(index=range(ROWS))
    for at, (name, (least, most, decimals)) in enumerate(recipe.columns.items()):
        values = raw[:, at]
        share = (values - values.min()) / (values.max() - values.min())
        frame[name] = np.round(least + share * (most - least), decimals)
    labels = pd.Series(target, name=recipe.target)
    train, valid, train_target, valid_target = train_test_split(
        frame, labels, test_size=0.3, random_state=recipe.seed, stratify=labels
    )
    return Split(train, valid, train_target, valid_target, recipe.target)
