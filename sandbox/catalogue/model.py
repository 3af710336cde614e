"""What the sandbox's bank and insurer have in their registries, as plain data.

One catalogue feeds every stand-in, so that AWS, OpenPages and MLflow tell one story.
Times are seconds since the epoch, relative to the catalogue's ``now``.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

OWN = "111122223333"
CLAIMS = "222233334444"
MARKETS = "333344445555"
SHARING = "444455556666"
REGION = "eu-west-1"
DOMAIN = "d-sandbox00001"
EXTERNAL_ID = "sandbox-external-id"
REGISTRY_ROLE = "SageMakerGovernanceRegistry"
USE_CASE_TAG = "governance:use-case-id"

PERSONAS: dict[str, tuple[str, str]] = {
    "data-scientist": ("ds-042", "SageMakerGovernanceDataScientist"),
    "approver": ("apr-007", "SageMakerGovernanceApprover"),
    "reader": ("rd-001", "SageMakerGovernanceReader"),
}
"""Persona -> (Studio user profile, role in the own account)."""


@dataclass(frozen=True)
class Entity:
    """A business entity of OpenPages."""

    id: str
    name: str
    parent: str | None = None


@dataclass(frozen=True)
class UseCase:
    """A use case (``Register``) of OpenPages."""

    id: str
    """OpenPages Resource ID."""
    key: str
    """Short key people say, e.g. ``CREDIT-001``."""
    name: str
    """Name in OpenPages, which begins with the key."""
    status: str | None
    risk: str | None
    owner: str | None
    entity: str
    """Resource ID of the entity above it."""
    readable: bool = True
    """False: OpenPages denies it to the connection's user."""
    associable: bool = True
    """False: the connection's user may read it, but link nothing to it."""
    age: float = 0
    """Days before the catalogue's ``now`` at which it was made."""
    changed: float = 0
    """Days before the catalogue's ``now`` of its last change."""


@dataclass(frozen=True)
class Version:
    """A model package."""

    number: int
    approval: Literal["Approved", "Rejected", "PendingManualApproval"]
    created: float
    created_by: str
    """Studio user profile."""
    modified: float
    modified_by: str
    approval_description: str | None = None
    stage: tuple[str, str] | None = None
    """ModelLifeCycle stage and status, verbatim."""
    metrics: dict[str, float] = field(default_factory=dict)
    params: dict[str, str] = field(default_factory=dict)
    run_name: str | None = None
    """MLflow run behind it, by name within ``experiment``."""
    experiment: str | None = None
    card_use_case: str | None = None
    """Key of the use case that the model card names."""
    intended_uses: str | None = None
    registration_type: str | None = "Registered"


@dataclass(frozen=True)
class Group:
    """A model package group."""

    name: str
    account: str
    description: str
    created: float
    created_by: str
    versions: tuple[Version, ...] = ()
    tags: dict[str, str] = field(default_factory=dict)
    use_case: str | None = None
    """Resource ID of the use case that OpenPages links it to (by ARN)."""
    region: str = REGION
    shared_with: str | None = None
    """Account that it is shared with by RAM."""
    synchronised: bool = True
    """False: OpenPages has no object of it yet."""

    @property
    def arn(self) -> str:
        """The ARN SageMaker gives it (names are lower-cased there)."""
        return (
            f"arn:aws:sagemaker:{self.region}:{self.account}"
            f":model-package-group/{self.name.lower()}"
        )


@dataclass(frozen=True)
class Run:
    """An MLflow run that the sandbox really trains."""

    experiment: str
    name: str
    model: Literal["logistic", "forest", "boosting"]
    params: dict[str, float]
    registered_as: str | None = None


@dataclass(frozen=True)
class Workflow:
    """An active workflow of OpenPages."""

    definition: str
    """Name of the workflow."""
    object: str
    """Resource ID of the use case, or ARN of the model package."""
    stage: str
    started: float
    since: float
    """Moment at which the stage began."""


@dataclass(frozen=True)
class Catalogue:
    """Everything, for one seed and one moment."""

    now: float
    entities: tuple[Entity, ...]
    use_cases: tuple[UseCase, ...]
    groups: tuple[Group, ...]
    runs: tuple[Run, ...]
    workflows: tuple[Workflow, ...] = ()
