"""The objects of the catalogue, as the integration with SageMaker leaves them."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from sandbox.catalogue.model import Catalogue, Group, UseCase, Version, Workflow

from . import schema as names
from .users import Right
from .workflow import instance_of

if TYPE_CHECKING:
    from .store import GrcObject, Store

DAY = 86_400.0


def seed(store: Store, catalogue: Catalogue) -> None:
    """Fill an empty store."""
    for entity in catalogue.entities:
        above = [store.find(entity.parent)] if entity.parent else []
        store.put(entity.id, names.ENTITY, entity.name, "", catalogue.now, {}, above)
    for use_case in catalogue.use_cases:
        _seed_use_case(store, use_case, catalogue.now)
    roots = _entity_of_account(store, catalogue)
    by_arn: dict[str, GrcObject] = {}
    for group in catalogue.groups:
        if group.synchronised:
            _seed_group(store, group, roots.get(group.account), by_arn)
    for workflow in catalogue.workflows:
        target = by_arn.get(workflow.object)
        _seed_workflow(store, workflow, target.id if target else workflow.object)


def _seed_use_case(store: Store, one: UseCase, now: float) -> None:
    values: dict[str, str | None] = {
        names.STATUS: one.status,
        names.RISK: one.risk,
        names.OWNER: one.owner,
        names.PURPOSE: None,
    }
    above = [store.find(one.entity)]
    created = now - one.age * DAY
    made = store.put(one.id, names.USE_CASE, one.name, one.name, created, values, above)
    made.values[names.MODIFIED] = names.timestamp(now - min(one.changed, one.age) * DAY)
    made.closed = _closed(one)


def _closed(one: UseCase) -> frozenset[Right]:
    if not one.readable:
        return frozenset(("read", "write", "associate"))
    return frozenset() if one.associable else frozenset(("associate",))


def _entity_of_account(store: Store, catalogue: Catalogue) -> dict[str, GrcObject]:
    """Account -> the entity above most of its use cases: its connection's root."""
    votes: dict[str, dict[str, int]] = {}
    above = {one.id: one.entity for one in catalogue.use_cases}
    for group in catalogue.groups:
        if group.use_case:
            entity = above[group.use_case]
            counted = votes.setdefault(group.account, {})
            counted[entity] = counted.get(entity, 0) + 1
    return {
        account: store.find(max(counted, key=lambda one: counted[one]))
        for account, counted in votes.items()
    }


def _seed_group(
    store: Store, group: Group, root: GrcObject | None, by_arn: dict[str, GrcObject]
) -> None:
    # A group without use case hangs below the connection's entity, where the
    # synchronisation leaves what somebody must link by hand.
    above = store.find(group.use_case) if group.use_case else root
    if above is None:
        return
    id_ = store.stable_id(group.arn)
    values: dict[str, str | None] = {
        names.EXTERNAL_ID: f"smr-{id_}",
        names.GROUP_ARN: group.arn,
    }
    made = store.put(
        id_,
        names.MODEL_GROUP,
        group.name,
        group.description,
        group.created,
        values,
        [above],
    )
    packages = group.arn.replace(":model-package-group/", ":model-package/")
    for version in group.versions:
        arn = f"{packages}/{version.number}"
        model = store.put(
            store.stable_id(arn),
            names.MODEL,
            f"{group.name}/{version.number}",
            "",
            version.created,
            {
                names.MODEL_STATUS: _model_status(version),
                names.MODEL_OWNER: version.created_by,
                names.MODEL_VERSION: str(version.number),
                names.MODEL_ARN: arn,
            },
            [made],
        )
        model.values[names.MODIFIED] = names.timestamp(version.modified)
        by_arn[arn] = model


def _model_status(version: Version) -> str:
    # The rows of IBM's mapping of ModelLifeCycle that are public, then the decision.
    stages = {
        ("Proposal", "Approved"): "Proposed",
        ("Development", "Review"): "Model Definition",
        ("Development", "InProgress"): "Under Development",
        ("Development", "Complete"): "Development Complete",
    }
    if version.stage in stages and version.approval == "PendingManualApproval":
        return stages[version.stage]
    return {
        "Approved": "Approved",
        "Rejected": "Rejected",
        "PendingManualApproval": "Awaiting Approval",
    }[version.approval]


def _seed_workflow(store: Store, workflow: Workflow, object_id: str) -> None:
    key = hashlib.sha256(f"{workflow.definition}/{object_id}".encode()).digest()
    id_ = str(500_000 + int.from_bytes(key[:4], "big") % 400_000)
    while id_ in store.instances:
        id_ = str(int(id_) + 1)
    store.instances[id_] = instance_of(
        id_, workflow.definition, object_id, workflow.stage, workflow.started, workflow.since
    )
