"""Groups beyond the hand-written ones, for registries of up to some 10,000."""

from __future__ import annotations

import random
from collections.abc import Sequence

from .model import USE_CASE_TAG, Group, UseCase, Version
from .registries import HOMES, Home
from .story import APPROVED, DAY, PENDING, REJECTED, Approval, scores

Homes = Sequence[tuple[Home, int]]
"""Registries with their weights."""
EVERYWHERE: Homes = tuple(zip(HOMES, (90, 6, 4), strict=False))
"""Most groups in the own account, some in the two others."""
FIRST = 1000
"""Number in the key of the first generated use case."""

_SUBJECTS = (
    ("application-scorecard", "Application scorecard", "CREDIT"),
    ("behavioural-score", "Behavioural score", "CREDIT"),
    ("card-fraud", "Card fraud", "FRD"),
    ("account-takeover", "Account takeover", "FRD"),
    ("churn", "Churn", "CHN"),
    ("claims-severity", "Claims severity", "CLM"),
    ("claims-triage", "Claims triage", "CLM"),
    ("telematics-score", "Telematics score", "MOT"),
    ("mortgage-pricing", "Mortgage pricing", "MTG"),
    ("aml-alert-score", "AML alert score", "AML"),
    ("lapse", "Lapse", "LIF"),
    ("ifrs9-pd", "IFRS 9 probability of default", "IFRS"),
    ("ifrs9-lgd", "IFRS 9 loss given default", "IFRS"),
    ("collections-treatment", "Collections treatment", "COL"),
    ("cross-sell", "Cross-sell", "PRC"),
    ("subsidence-risk", "Subsidence risk", "HOM"),
)
_PRODUCTS = (
    "cards",
    "mortgage",
    "motor",
    "household",
    "travel",
    "term-life",
    "savings",
    "overdraft",
    "sme-loans",
    "leasing",
    "pet",
    "annuity",
)
_MARKETS = ("uk", "ie", "de", "fr", "es", "it", "nl", "pl", "pt", "at", "se", "ksa")
_PEOPLE = ("ds-107", "ds-233", "ds-019", "ds-310", "act-015", "act-003", "mlops-pipeline")
_OWNERS = (
    "Retail credit team",
    "Fraud operations",
    "Claims analytics",
    "Life actuarial",
    "Customer insight",
    "Motor underwriting",
)
_STATUSES: tuple[tuple[str | None, int], ...] = (
    ("Approved for Development", 34),
    ("Approved", 12),
    ("Awaiting Use Case Approval", 12),
    ("Under Review", 5),
    ("Under Development", 12),
    ("Proposed", 7),
    ("Draft", 4),
    ("Rejected", 5),
    ("Decommissioned", 4),
    ("In pre-assessment", 3),
    (None, 2),
)
_APPROVALS: tuple[tuple[Approval, int], ...] = ((APPROVED, 6), (PENDING, 3), (REJECTED, 1))
_STAGES = (("Development", "InProgress"), ("QA", "Approved"), ("Production", "Approved"), None)


def _use_cases(count: int, rng: random.Random, homes: Homes, first: int) -> list[UseCase]:
    words, weights = zip(*_STATUSES, strict=True)
    places, shares = zip(*homes, strict=True)
    cases = []
    for i in range(count):
        slug, subject, area = rng.choice(_SUBJECTS)
        entity = rng.choices(places, shares)[0].entity
        key = f"{area}-{first + i}"
        cases.append(
            UseCase(
                id=str(19001 + first + i),
                key=key,
                name=f"{key} {subject}, {rng.choice(_PRODUCTS)} {rng.choice(_MARKETS).upper()}",
                status=rng.choices(words, weights)[0],
                risk=rng.choice(("High", "Medium", "Medium", "Low", None)),
                owner=rng.choice(_OWNERS),
                entity=entity,
                readable=i % 97 != 96,
                age=90 + i % 700,
                changed=1 + i % 83,
            )
        )
    return cases


def _versions(
    created: float, now: float, card: str | None, rng: random.Random
) -> tuple[Version, ...]:
    count = rng.choices((0, 1, 2, 3, 7), (6, 44, 28, 18, 4))[0]
    states, weights = zip(*_APPROVALS, strict=True)
    auc = rng.uniform(0.64, 0.9)
    versions = []
    for number in range(1, count + 1):
        at = created + (now - created) * number / (count + 1)
        approval: Approval = rng.choices(states, weights)[0] if number == count else APPROVED
        author = "ds-042" if rng.random() < 0.05 else rng.choice(_PEOPLE)
        decided = approval != PENDING
        auc = min(0.97, auc + rng.uniform(-0.004, 0.012))
        versions.append(
            Version(
                number=number,
                approval=approval,
                created=at,
                created_by=author,
                modified=min(now, at + rng.uniform(0.02, 2.0) * DAY),
                modified_by="apr-011" if decided else author,
                approval_description="Reviewed by the second line." if decided else None,
                stage=rng.choice(_STAGES),
                metrics=scores(auc, rng),
                card_use_case=card,
            )
        )
    return tuple(versions)


def generate(
    count: int,
    taken: set[str],
    now: float,
    rng: random.Random,
    homes: Homes = EVERYWHERE,
    first: int = FIRST,
) -> tuple[list[Group], list[UseCase]]:
    """``count`` groups with unique names, and the use cases that some are linked to.

    Args:
        taken: names already used; grows by the new ones.
        now: the catalogue's moment, in seconds since the epoch.
        homes: registries that the groups are spread over, with weights.
        first: number in the key of the first use case.
    """
    cases = _use_cases(max(1, count // 3), rng, homes, first) if count else []
    places, shares = zip(*homes, strict=True)
    by_entity = {
        home.entity: [case for case in cases if case.entity == home.entity] for home in places
    }
    groups = []
    for i in range(count):
        slug, subject, _ = _SUBJECTS[rng.randrange(len(_SUBJECTS))]
        product, market = rng.choice(_PRODUCTS), rng.choice(_MARKETS)
        name = f"{slug}-{product}-{market}"
        if name in taken:
            name = f"{name}-{i:05d}"
        taken.add(name)
        home = rng.choices(places, shares)[0]
        here = by_entity[home.entity]
        case = rng.choice(here) if here and rng.random() < 0.7 else None
        created = now - rng.uniform(3, 1200) * DAY
        groups.append(
            Group(
                name=name,
                account=home.account,
                description=f"{subject}, {product}, {market.upper()}",
                created=created,
                created_by="ds-042" if rng.random() < 0.04 else rng.choice(_PEOPLE),
                versions=_versions(
                    created, now, case.key if case and rng.random() < 0.6 else None, rng
                ),
                tags={USE_CASE_TAG: case.id} if case and rng.random() < 0.5 else {},
                use_case=case.id if case else None,
            )
        )
    return groups, cases
