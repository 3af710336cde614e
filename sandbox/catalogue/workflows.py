"""Workflows that are active in the governance console, as the statuses tell."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from .model import Group, UseCase, Workflow
from .story import DAY, PENDING

USE_CASE_REQUEST = "Use Case Request"
MODEL_LIFECYCLE = "Model Lifecycle"

GATHERING = "Use Case Data Gathering"
ASSESSMENT = "Risk Assessment"
REVIEW = "Stakeholder Review"

STAGES: dict[str, str] = {
    "Proposed": GATHERING,
    "Draft": GATHERING,
    GATHERING: GATHERING,
    "Risk and Applicability Scoping": ASSESSMENT,
    "Under Review": ASSESSMENT,
    "Awaiting Use Case Approval": REVIEW,
    "Awaiting Approval": REVIEW,
    REVIEW: REVIEW,
}
"""Status word of a use case -> stage in which it is; others are in no workflow."""


def workflows(
    use_cases: Iterable[UseCase], groups: Iterable[Group], now: float
) -> tuple[Workflow, ...]:
    """Active workflows on use cases, and on pending versions of linked groups."""
    return (*_of_use_cases(use_cases, now), *_of_versions(groups))


def _of_use_cases(use_cases: Iterable[UseCase], now: float) -> Iterator[Workflow]:
    for case in use_cases:
        stage = STAGES.get(case.status or "")
        if stage:
            since = now - case.changed * DAY
            first = since if stage == GATHERING else now - case.age * DAY
            yield Workflow(USE_CASE_REQUEST, case.id, stage, min(first, since), since)


def _of_versions(groups: Iterable[Group]) -> Iterator[Workflow]:
    for group in groups:
        if not group.use_case or not group.versions or not group.synchronised:
            continue
        latest = group.versions[-1]
        if latest.approval != PENDING:
            continue
        # With a reason it was handed in; without, its author still works on it.
        stage = "Validation" if latest.approval_description else "Development"
        packages = group.arn.replace(":model-package-group/", ":model-package/")
        arn = f"{packages}/{latest.number}"
        yield Workflow(MODEL_LIFECYCLE, arn, stage, latest.created, latest.modified)
