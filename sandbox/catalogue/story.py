"""Short hand for writing the stories down: days of age instead of timestamps."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from typing import Literal

from .model import OWN, USE_CASE_TAG, Group, UseCase, Version

Approval = Literal["Approved", "Rejected", "PendingManualApproval"]
APPROVED: Approval = "Approved"
REJECTED: Approval = "Rejected"
PENDING: Approval = "PendingManualApproval"

DAY = 86_400.0
HOUR = 1 / 24
"""Ages are in days; an hour is this part of one."""

COIN_TOSS = 0.5


def scores(auc: float, rng: random.Random) -> dict[str, float]:
    """Discrimination and calibration measures that go together.

    Gini is ``2 * AUC - 1`` by definition; KS and Brier follow AUC with some noise,
    as they do for a scorecard with a bad rate of some per cent.
    """
    gini = 2 * auc - 1
    brier = 0.182 - 0.13 * (auc - COIN_TOSS) + rng.uniform(-0.004, 0.004)
    return {
        "auc": round(auc, 4),
        "gini": round(gini, 4),
        "ks": round(max(0.0, 0.74 * gini + rng.uniform(-0.012, 0.012)), 4),
        "brier": round(max(0.01, brier), 4),
    }


@dataclass(frozen=True)
class Draft:
    """A version as a story tells it; ages in days before the catalogue's ``now``."""

    approval: Approval
    age: float
    by: str = "ds-042"
    changed: float | None = None
    """Age of the last change; None: never changed after its creation."""
    changed_by: str | None = None
    note: str | None = None
    stage: tuple[str, str] | None = None
    auc: float | None = None
    params: dict[str, str] = field(default_factory=dict)
    run: str | None = None
    experiment: str | None = None
    card: str | None = None
    uses: str | None = None
    registration: str | None = "Registered"


@dataclass(frozen=True)
class Story:
    """A group as it is told, with the use case that belongs to it."""

    name: str
    description: str
    by: str
    age: float
    drafts: tuple[Draft, ...] = ()
    account: str = OWN
    tags: dict[str, str] = field(default_factory=dict)
    use_case: UseCase | None = None
    linked: bool = True
    """False: OpenPages does not link the group, whatever the card and the tag say."""
    shared_with: str | None = None
    synchronised: bool = True
    """False: OpenPages has no object of the group yet."""


def history(
    count: int,
    *,
    oldest: float,
    newest: float,
    auc: tuple[float, float],
    by: tuple[str, ...],
    decided_by: str,
    rng: random.Random,
    card: str | None = None,
    stage: str = "Development",
) -> tuple[Draft, ...]:
    """Older versions: most approved, each sixth rejected because it was worse.

    Args:
        count: number of versions.
        oldest: age of the first, in days.
        newest: age of the last, in days.
        auc: AUC of the first and of the last version.
        by: user profiles that take turns in registering.
        decided_by: user profile that decided.
        rng: source of the noise.
        card: key of the use case that the model card names.
        stage: life-cycle stage of the approved ones but the last.
    """
    drafts: list[Draft] = []
    for i in range(count):
        part = i / max(1, count - 1)
        age = oldest + (newest - oldest) * part
        value = auc[0] + (auc[1] - auc[0]) * part + rng.uniform(-0.004, 0.004)
        wait = min(age * 0.5, rng.uniform(0.4, 3.0))
        rejected = i % 6 == 5
        if rejected:
            value -= 0.03
        drafts.append(
            Draft(
                approval=REJECTED if rejected else APPROVED,
                age=age,
                by=by[i % len(by)],
                changed=age - wait,
                changed_by=decided_by,
                note=(
                    "Discrimination below the agreed floor on the hold-out quarter."
                    if rejected
                    else "Reviewed against the validation checklist; no findings open."
                ),
                stage=(stage, "Rejected" if rejected else "Approved"),
                auc=value,
                card=card,
                uses="Supports a decision that a trained person takes." if card else None,
            )
        )
    return tuple(drafts)


def tagged(case: UseCase, **more: str) -> dict[str, str]:
    """Tags of a group that name its use case."""
    return {USE_CASE_TAG: case.id, **more}


def single(
    name: str,
    description: str,
    approval: Approval,
    *,
    count: int,
    age: float,
    last: float,
    auc: tuple[float, float],
    rng: random.Random,
    case: UseCase | None = None,
    by: str = "ds-107",
    changed: float | None = None,
    changed_by: str | None = None,
    note: str | None = None,
    stage: tuple[str, str] | None = None,
    tags: dict[str, str] | None = None,
    card: bool = True,
    linked: bool = True,
    synchronised: bool = True,
) -> Story:
    """A group with ``count`` versions of which the last one makes the story.

    Args:
        age: age of the group, in days.
        last: age of the last version, in days.
        auc: AUC of the first and of the last version.
        changed: age of the last change of the last version, in days.
        card: whether the model cards name the use case.
    """
    key = case.key if case and card else None
    older = history(
        count - 1,
        oldest=age - 1,
        newest=last + (age - last) / (count + 1),
        auc=auc,
        by=(by, "ds-233"),
        decided_by="apr-011",
        rng=rng,
        card=key,
    )
    newest = Draft(
        approval,
        last,
        by,
        changed,
        changed_by,
        note,
        stage,
        auc[1],
        card=key,
        uses="Supports a decision that a trained person takes." if key else None,
    )
    return Story(
        name,
        description,
        by,
        age,
        (*older, newest),
        use_case=case,
        linked=linked,
        synchronised=synchronised,
        tags=tagged(case) if tags is None and case else dict(tags or {}),
    )


def group_of(story: Story, now: float, rng: random.Random) -> Group:
    """The group of a story, its ages turned into moments before ``now``."""
    versions: list[Version] = []
    for number, draft in enumerate(story.drafts, 1):
        created = now - draft.age * DAY
        versions.append(
            Version(
                number=number,
                approval=draft.approval,
                created=created,
                created_by=draft.by,
                modified=created if draft.changed is None else now - draft.changed * DAY,
                modified_by=draft.changed_by or draft.by,
                approval_description=draft.note,
                stage=draft.stage,
                metrics={} if draft.auc is None else scores(draft.auc, rng),
                params=dict(draft.params),
                run_name=draft.run,
                experiment=draft.experiment,
                card_use_case=draft.card,
                intended_uses=draft.uses,
                registration_type=draft.registration,
            )
        )
    return Group(
        name=story.name,
        account=story.account,
        description=story.description,
        created=now - story.age * DAY,
        created_by=story.by,
        versions=tuple(versions),
        tags=dict(story.tags),
        use_case=story.use_case.id if story.use_case and story.linked else None,
        shared_with=story.shared_with,
        synchronised=story.synchronised,
    )
