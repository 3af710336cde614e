"""Business entities and hand-written use cases of the governance console.

Statuses follow what public sources show (proposed, scoping, awaiting, approved for
development, rejected, decommissioned) and some words that nobody foresaw, because
the vocabulary is a customer's own.
"""

from __future__ import annotations

from .model import Entity, UseCase

OWN_ENTITY = "11001"
CLAIMS_ENTITY = "12001"
MARKETS_ENTITY = "13001"
PILOTS_ENTITY = "11002"
"""Below the own account's root: IBM synchronises only what is directly below a root."""
ELSEWHERE = "14000"
"""Outside every connection's root: its use cases do not synchronise."""

ENTITIES: tuple[Entity, ...] = (
    # IBM wants one entity per connection, at the root and below no other.
    Entity(OWN_ENTITY, "SageMaker prod"),
    Entity(PILOTS_ENTITY, "SageMaker prod pilots", OWN_ENTITY),
    Entity(CLAIMS_ENTITY, "SageMaker claims"),
    Entity(MARKETS_ENTITY, "SageMaker markets"),
    Entity("10000", "Alder Bank & Insurance"),
    Entity(ELSEWHERE, "Group Functions", "10000"),
)


def _case(
    id_: int,
    key: str,
    name: str,
    status: str | None,
    risk: str | None,
    owner: str | None,
    entity: str = OWN_ENTITY,
    readable: bool = True,
    associable: bool = True,
) -> UseCase:
    return UseCase(
        str(id_),
        key,
        f"{key} {name}",
        status,
        risk,
        owner,
        entity,
        readable,
        associable,
        age=120 + id_ % 29 * 20,
        changed=1 + id_ % 31 * 3,
    )


_ALL: tuple[UseCase, ...] = (
    _case(
        15001,
        "CREDIT-001",
        "Credit risk assessment",
        "Approved for Development",
        "High",
        "Retail credit team",
    ),
    _case(
        15002,
        "CLM-014",
        "Claims triage",
        "Awaiting Use Case Approval",
        "Medium",
        "Claims analytics",
    ),
    _case(15003, "FRD-002", "Card fraud EU", "Under Development", "High", "Fraud operations"),
    _case(15004, "MTG-007", "Mortgage pricing", "Rejected", "High", "Mortgage desk"),
    _case(15005, "AR-3", "تقييم قروض الأفراد", "In pre-assessment", "Low", "فريق قروض الأفراد"),
    _case(
        15006,
        "MOT-011",
        "Motor telematics score",
        "Approved for Development",
        "Medium",
        "Motor underwriting",
        readable=False,
    ),
    _case(15007, "LIF-001", "Lapse prediction", "Decommissioned", "Low", "Life actuarial"),
    _case(
        15008,
        "AML-021",
        "Transaction monitoring alerts",
        "Risk and Applicability Scoping",
        "High",
        "Financial crime unit",
    ),
    _case(
        15009,
        "IFRS-009",
        "IFRS 9 probability of default, retail",
        "Approved",
        "High",
        "Impairment team",
        # The impairment team keeps to itself what is linked to it.
        associable=False,
    ),
    _case(
        15010,
        "IFRS-010",
        "IFRS 9 loss given default, mortgages",
        "Under Review",
        "High",
        "Impairment team",
    ),
    _case(15011, "COL-004", "Collections next best action", "Proposed", "Medium", "Collections"),
    _case(15012, "CHN-006", "Attrition of current accounts", "Draft", "Low", "Customer insight"),
    _case(
        15013,
        "HOM-003",
        "Household flood exposure",
        "Approved for Development",
        "Medium",
        "Property underwriting",
        CLAIMS_ENTITY,
    ),
    _case(
        15014,
        "CLM-022",
        "Bodily injury reserve",
        "Awaiting Approval",
        "High",
        "Claims reserving",
        CLAIMS_ENTITY,
    ),
    _case(
        15015,
        "CLM-031",
        "Estimation des dommages auto par photo – véhicules légers",
        "Approved for Development",
        "Medium",
        "Équipe sinistres",
        CLAIMS_ENTITY,
    ),
    _case(
        15016,
        "MKT-002",
        "Trade surveillance: layering and spoofing",
        "Approved",
        "High",
        "Markets compliance",
        MARKETS_ENTITY,
    ),
    _case(
        15017,
        "MKT-005",
        "Liquidity forecast intraday",
        "Data Acquisition",
        "Medium",
        "Treasury",
        MARKETS_ENTITY,
    ),
    _case(
        15018,
        "SME-012",
        "Betriebsmittelkredite für kleine Unternehmen",
        "Stakeholder Review",
        "High",
        "Firmenkundengeschäft",
    ),
    _case(
        15019,
        "KYC-008",
        "Name screening against sanctions lists",
        None,
        "High",
        "Financial crime unit",
    ),
    _case(
        15020,
        "HR-001",
        "Rota planning for branches",
        "Cancelled",
        "Low",
        "Branch operations",
        ELSEWHERE,
    ),
    _case(
        15021,
        "PRC-009",
        "Deposit price elasticity",
        "Parked until Q3 committee",
        "Medium",
        "Savings products",
    ),
    _case(
        15022,
        "CRD-044",
        "Credit line increase offers",
        "Approved with conditions",
        "High",
        "Cards portfolio",
    ),
    _case(
        15023,
        "COL-005",
        "Vulnerable customer detection",
        "Awaiting Use Case Approval",
        "High",
        "Collections",
    ),
    _case(
        15024,
        "JP-002",
        "住宅ローン事前審査",
        "Approved for Development",
        "High",
        "住宅ローン推進部",
    ),
    _case(15025, "LIF-004", "Mortality experience by cohort", "Retired", "Low", "Life actuarial"),
    _case(
        15026,
        "CREDIT-002",
        "Credit risk of buy now pay later",
        "Not approved",
        "High",
        "Retail credit team",
    ),
    _case(
        15027,
        "DOC-003",
        "Income document extraction 📄",
        "Feature Engineering",
        "Medium",
        "Lending operations",
        PILOTS_ENTITY,
    ),
    _case(
        15028,
        "RNS-002",
        "Reinsurance treaty pricing support",
        "Use Case Data Gathering",
        None,
        None,
        CLAIMS_ENTITY,
    ),
    _case(
        15029,
        "EWS-001",
        "Early warning of corporate default",
        "Operational",
        "High",
        "Corporate credit risk",
        MARKETS_ENTITY,
    ),
)

USE_CASES: dict[str, UseCase] = {case.key: case for case in _ALL}
"""Use cases of the stories by their key."""
