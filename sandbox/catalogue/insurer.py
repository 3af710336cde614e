"""Stories of the registries of other accounts: claims, markets, and a shared group."""

from __future__ import annotations

import random

from .model import CLAIMS, MARKETS, OWN, SHARING, USE_CASE_TAG
from .story import APPROVED, PENDING, Draft, Story, history
from .usecases import USE_CASES as CASES


def _tag(key: str) -> dict[str, str]:
    return {USE_CASE_TAG: CASES[key].id}


def first_rows(rng: random.Random) -> tuple[Story, ...]:
    """One group of each other account, so that small catalogues have them too."""
    return (
        Story(
            "household-flood-exposure",
            "Flood exposure of a household address",
            "act-015",
            290,
            (
                *history(
                    4,
                    oldest=280,
                    newest=80,
                    auc=(0.76, 0.79),
                    by=("act-015",),
                    decided_by="apr-021",
                    rng=rng,
                    card="HOM-003",
                ),
                Draft(
                    APPROVED,
                    40,
                    "act-015",
                    37,
                    "apr-021",
                    "New river gauge data.",
                    ("Production", "Approved"),
                    0.801,
                    card="HOM-003",
                    uses="Sets the flood zone of a quote.",
                ),
            ),
            account=CLAIMS,
            use_case=CASES["HOM-003"],
            tags=_tag("HOM-003"),
        ),
        Story(
            "trade-surveillance-layering",
            "Layering and spoofing patterns",
            "qa-009",
            460,
            history(
                14,
                oldest=450,
                newest=19,
                auc=(0.80, 0.871),
                by=("qa-009", "qa-014"),
                decided_by="apr-031",
                rng=rng,
                card="MKT-002",
                stage="Production",
            ),
            account=MARKETS,
            use_case=CASES["MKT-002"],
            tags=_tag("MKT-002"),
        ),
        Story(
            "group-macro-scenarios",
            "Macro scenarios used by every entity",
            "eco-002",
            350,
            (
                *history(
                    4,
                    oldest=340,
                    newest=70,
                    auc=(0.68, 0.70),
                    by=("eco-002",),
                    decided_by="apr-041",
                    rng=rng,
                    card="IFRS-009",
                ),
                Draft(
                    PENDING,
                    6,
                    "eco-002",
                    5,
                    "eco-002",
                    "Autumn forecast round.",
                    ("QA", "PendingApproval"),
                    0.706,
                    card="IFRS-009",
                ),
            ),
            account=SHARING,
            use_case=CASES["IFRS-009"],
            tags=_tag("IFRS-009"),
            shared_with=OWN,
        ),
    )


def other_rows(rng: random.Random) -> tuple[Story, ...]:
    """The rest of the claims and markets accounts."""
    return (
        Story(
            "bodily-injury-reserve",
            "First reserve of a bodily injury claim",
            "act-003",
            200,
            (
                *history(
                    2,
                    oldest=190,
                    newest=100,
                    auc=(0.69, 0.71),
                    by=("act-003",),
                    decided_by="apr-021",
                    rng=rng,
                    card="CLM-022",
                ),
                Draft(
                    PENDING,
                    11,
                    "act-003",
                    10,
                    "act-003",
                    "Court inflation to this year.",
                    ("Development", "PendingApproval"),
                    0.724,
                    card="CLM-022",
                ),
            ),
            account=CLAIMS,
            use_case=CASES["CLM-022"],
            tags=_tag("CLM-022"),
        ),
        Story(
            "motor-damage-photo",
            "Repair cost from photographs",
            "ds-310",
            150,
            (
                *history(
                    3,
                    oldest=140,
                    newest=50,
                    auc=(0.81, 0.84),
                    by=("ds-310", "act-015"),
                    decided_by="apr-021",
                    rng=rng,
                    card="CLM-031",
                ),
                Draft(
                    PENDING,
                    3,
                    "ds-310",
                    2.5,
                    "ds-310",
                    "Ajoute les utilitaires légers.",
                    ("Development", "Complete"),
                    0.852,
                    card="CLM-031",
                ),
            ),
            account=CLAIMS,
            use_case=CASES["CLM-031"],
            tags=_tag("CLM-031"),
        ),
        Story(
            "reinsurance-treaty-support",
            "Comparable treaties for a submission",
            "act-015",
            20,
            account=CLAIMS,
            use_case=CASES["RNS-002"],
            tags=_tag("RNS-002"),
        ),
        Story(
            "claims-fraud-rings",
            "Rings in the graph of parties and repairers",
            "ds-310",
            66,
            (
                Draft(APPROVED, 60, "ds-310", 55, "apr-021", "Investigators only.", None, 0.77),
                Draft(PENDING, 16, "ds-310", 15, "ds-310", auc=0.791),
            ),
            account=CLAIMS,
        ),
        Story(
            "intraday-liquidity-forecast",
            "Intraday liquidity by currency",
            "qa-014",
            70,
            (
                Draft(
                    APPROVED,
                    61,
                    "qa-014",
                    58,
                    "apr-031",
                    None,
                    ("Development", "Approved"),
                    0.71,
                    card="MKT-005",
                ),
                Draft(
                    PENDING,
                    9,
                    "qa-014",
                    8.5,
                    "qa-014",
                    "Adds the settlement calendar.",
                    ("DataPrep-DataCollection", "InProgress"),
                    0.733,
                    card="MKT-005",
                ),
            ),
            account=MARKETS,
            use_case=CASES["MKT-005"],
            tags=_tag("MKT-005"),
        ),
        Story(
            "corporate-early-warning",
            "Early warning of corporate default",
            "qa-009",
            600,
            history(
                7,
                oldest=590,
                newest=33,
                auc=(0.74, 0.79),
                by=("qa-009",),
                decided_by="apr-031",
                rng=rng,
                card="EWS-001",
                stage="Production",
            ),
            account=MARKETS,
            use_case=CASES["EWS-001"],
            tags=_tag("EWS-001"),
        ),
    )
