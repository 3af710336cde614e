"""Stories behind the rows of the mock-ups, all in the bank's own account."""

from __future__ import annotations

import random

from .runs import CLAIMS_TRIAGE, CREDIT, params_of
from .story import APPROVED, HOUR, PENDING, REJECTED, Draft, Story, history, single, tagged
from .usecases import USE_CASES as CASES

TEAM = {"team": "retail-credit", "cost-centre": "CC-4711"}


def _credit_risk(rng: random.Random) -> Story:
    case = CASES["CREDIT-001"]
    early = history(
        6,
        oldest=240,
        newest=110,
        auc=(0.79, 0.822),
        by=("ds-042", "ds-107"),
        decided_by="apr-007",
        rng=rng,
        card=case.key,
        stage="Production",
    )
    uses = "Ranks applicants for unsecured retail loans; a credit officer decides."

    def trained(run: str, draft: Draft) -> Draft:
        return Draft(
            **{
                **draft.__dict__,
                "run": run,
                "experiment": CREDIT,
                "card": case.key,
                "params": params_of(CREDIT, run),
            }
        )

    late = (
        trained(
            "calm-heron-204",
            Draft(
                APPROVED,
                104,
                "ds-042",
                101,
                "apr-007",
                "Baseline of the new data set.",
                ("QA", "Approved"),
                0.818,
                uses=uses,
            ),
        ),
        trained(
            "brisk-stoat-311",
            Draft(
                APPROVED,
                95,
                "ds-107",
                92,
                "apr-011",
                "Stable over the hold-out quarters.",
                ("QA", "Approved"),
                0.831,
                uses=uses,
            ),
        ),
        trained(
            "quiet-elm-077",
            Draft(
                APPROVED,
                81,
                "ds-042",
                79,
                "apr-007",
                "No findings of the second line.",
                ("QA", "Approved"),
                0.839,
                uses=uses,
            ),
        ),
        trained(
            "keen-lark-093",
            Draft(
                REJECTED,
                63,
                "ds-107",
                60,
                "apr-007",
                "AUC below the agreed floor of 0.83 on thin files.",
                ("Development", "Rejected"),
                0.812,
                uses=uses,
            ),
        ),
        trained(
            "stout-oak-412",
            Draft(
                APPROVED,
                50,
                "ds-042",
                48,
                "apr-007",
                "Replaces v9 in production after a parallel run of six weeks.",
                ("Production", "Approved"),
                0.848,
                uses=uses,
            ),
        ),
        trained(
            "bold-owl-118",
            Draft(
                PENDING,
                3.02,
                "ds-042",
                3,
                "ds-042",
                "Adds bureau data; Gini +2.6 pp over v11, stable over 8 quarters.",
                ("Development", "Complete"),
                0.861,
            ),
        ),
    )
    return Story(
        CREDIT,
        "Application scorecard for unsecured retail loans",
        "ds-042",
        252,
        (*early, *late),
        use_case=case,
        tags=tagged(case, **TEAM),
    )


def _claims_triage() -> Story:
    case = CASES["CLM-014"]

    def trained(run: str, draft: Draft) -> Draft:
        return Draft(
            **{
                **draft.__dict__,
                "run": run,
                "experiment": CLAIMS_TRIAGE,
                "card": case.key,
                "params": params_of(CLAIMS_TRIAGE, run),
                "uses": "Routes new claims to fast track or to a handler.",
            }
        )

    return Story(
        CLAIMS_TRIAGE,
        "Fast track or handler: first look at a new claim",
        "ds-107",
        120,
        (
            trained(
                "plain-wren-019",
                Draft(
                    APPROVED,
                    110,
                    "ds-107",
                    108,
                    "apr-007",
                    "Pilot in one region only.",
                    ("Development", "Approved"),
                    0.742,
                ),
            ),
            trained(
                "slow-beech-233",
                Draft(
                    REJECTED,
                    70,
                    "ds-107",
                    66,
                    "apr-007",
                    "Explanations are missing in the card.",
                    ("Development", "Rejected"),
                    0.771,
                ),
            ),
            trained(
                "swift-kite-501",
                Draft(
                    APPROVED,
                    22,
                    "ds-042",
                    9,
                    "apr-007",
                    "Approved for the pilot; the use case still waits.",
                    ("Development", "Approved"),
                    0.803,
                ),
            ),
        ),
        use_case=case,
        tags=tagged(case, team="claims"),
    )


def rows(rng: random.Random) -> tuple[Story, ...]:
    """The rows of the mock-ups, in their order."""
    fraud, mortgage = CASES["FRD-002"], CASES["MTG-007"]
    arabic, motor, lapse = CASES["AR-3"], CASES["MOT-011"], CASES["LIF-001"]
    return (
        _credit_risk(rng),
        _claims_triage(),
        single(
            "fraud-cards-eu",
            "Card-not-present fraud, euro area",
            REJECTED,
            count=41,
            age=400,
            last=4,
            auc=(0.882, 0.931),
            rng=rng,
            case=fraud,
            by="ds-042",
            changed=1.1,
            changed_by="apr-007",
            note="False positives rose by a third in the travel segment.",
            stage=("Development", "Rejected"),
        ),
        Story(
            "churn-retail",
            "Customers likely to leave within 90 days",
            "ds-042",
            0.3,
            (Draft(PENDING, 2.4 * HOUR, "ds-042", 2 * HOUR, "ds-042", auc=0.774),),
            tags={"team": "customer-insight"},
        ),
        single(
            "mortgage-pricing",
            "Risk premium of fixed-rate mortgages",
            APPROVED,
            count=5,
            age=300,
            last=35,
            auc=(0.71, 0.744),
            rng=rng,
            case=mortgage,
            changed=31,
            changed_by="apr-007",
            note="Approved before the use case was rejected.",
            stage=("QA", "Approved"),
        ),
        single(
            "retail-loans-ksa-scoring",
            "Personal loans, Riyadh branch (قروض الأفراد)",
            PENDING,
            count=2,
            age=60,
            last=1.2,
            auc=(0.73, 0.752),
            rng=rng,
            case=arabic,
            by="ds-233",
            changed=1,
            changed_by="ds-233",
            note="نسخة ثانية بعد مراجعة البيانات",
            stage=("Development", "PendingApproval"),
        ),
        single(
            "motor-telematics",
            "Driving style from telematics trips",
            APPROVED,
            count=8,
            age=380,
            last=44,
            auc=(0.68, 0.731),
            rng=rng,
            case=motor,
            by="act-015",
            changed=41,
            changed_by="apr-011",
            stage=("Production", "Approved"),
            note="Annual review passed.",
            card=False,
            tags={},
        ),
        single(
            "legacy-lapse-model",
            "Lapse of term life policies; replaced",
            APPROVED,
            count=2,
            age=1400,
            last=900,
            auc=(0.66, 0.671),
            rng=rng,
            case=lapse,
            by="act-003",
            changed=890,
            changed_by="apr-011",
            stage=("Archived", "Retired"),
        ),
    )
