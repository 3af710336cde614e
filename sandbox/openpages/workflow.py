"""The two workflows of the instance, as small state machines.

Stage and action names are those that published labs show; a customer has others. How an
instance tells its stage and its assignees, and how a refused action is answered, is
published nowhere: here is a choice, from which clients must not infer more than names.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sandbox.catalogue.workflows import ASSESSMENT, GATHERING, REVIEW

from . import schema as names
from .errors import OpenPagesError
from .users import OFFICER, SERVICE, User

if TYPE_CHECKING:
    from .store import Store

LIMIT = 100
"""Instances that a search gives when it is not asked for more."""


@dataclass(frozen=True)
class Action:
    """What leads from one stage to the next; ``status`` is written to the object."""

    name: str
    stage: str
    next_stage: str | None
    status: str
    required: tuple[str, ...] = ()
    """Fields that must have a value before."""


@dataclass(frozen=True)
class Definition:
    """A workflow on objects of one type."""

    id: str
    name: str
    type: str
    field: str
    first: str
    status: str
    """Status word at the start."""
    actions: tuple[Action, ...]
    assignees: dict[str, tuple[User, ...]]
    """Users of each stage; only they may take its actions."""

    def as_json(self, full: bool) -> dict[str, object]:
        """Summary, or with stages and actions."""
        out: dict[str, object] = {"id": self.id, "name": self.name, "object_type": self.type}
        if full:
            stages = dict.fromkeys([self.first, *(one.stage for one in self.actions)])
            out["stages"] = [
                {
                    "name": stage,
                    "actions": [{"name": one.name} for one in self.actions if one.stage == stage],
                }
                for stage in stages
            ]
        return out


DEFINITIONS: tuple[Definition, ...] = (
    Definition(
        "4001",
        "Use Case Request",
        names.USE_CASE,
        names.STATUS,
        GATHERING,
        "Proposed",
        (
            Action(
                "Send for risk and applicability scoring",
                GATHERING,
                ASSESSMENT,
                "Risk and Applicability Scoping",
                (names.RISK, names.OWNER),
            ),
            Action(
                "Submit for stakeholder review", ASSESSMENT, REVIEW, "Awaiting Use Case Approval"
            ),
            Action("Approve for development", REVIEW, None, "Approved for Development"),
            Action("Reject", REVIEW, None, "Rejected"),
        ),
        {GATHERING: (SERVICE,), ASSESSMENT: (SERVICE, OFFICER), REVIEW: (OFFICER,)},
    ),
    Definition(
        "4002",
        "Model Lifecycle",
        names.MODEL,
        names.MODEL_STATUS,
        "Development",
        "Under Development",
        (
            Action("Submit for Validation", "Development", "Validation", "Awaiting Validation"),
            Action(
                "Submit for final approval", "Validation", "Final Approval", "Awaiting Approval"
            ),
            Action("Approve", "Final Approval", None, "Approved"),
            Action("Reject", "Final Approval", None, "Rejected"),
        ),
        {
            "Development": (SERVICE,),
            "Validation": (OFFICER,),
            "Final Approval": (OFFICER,),
        },
    ),
)


def definition(id_: str) -> Definition:
    """A workflow. Raises OpenPagesError: 404 unknown."""
    for one in DEFINITIONS:
        if one.id == id_:
            return one
    raise OpenPagesError(404, f'There is no workflow definition "{id_}".')


def instance_of(
    id_: str, name: str, object_id: str, stage: str, started: float, since: float
) -> dict[str, str]:
    """An active instance, as the store keeps it; moments in seconds since the epoch."""
    found = next(one for one in DEFINITIONS if one.name == name)
    return {
        "id": id_,
        "definition": found.id,
        "object": object_id,
        "stage": stage,
        "started": str(started),
        "since": str(since),
    }


def start(store: Store, definition_id: str, object_id: str, user: User) -> dict[str, str]:
    """Start a workflow on an object; one active workflow per object."""
    found = definition(definition_id)
    target = store.get(object_id, user)
    if target.type != found.type:
        raise OpenPagesError(400, f'"{found.name}" is a workflow of "{found.type}" objects.')
    if any(one["object"] == object_id for one in store.instances.values()):
        raise OpenPagesError(400, f'The object "{object_id}" already has an active workflow.')
    store.get(object_id, user, "write")
    store.meet_conflict()
    now = store.clock()
    id_ = str(500_000 + secrets.randbelow(400_000))
    instance = instance_of(id_, found.name, object_id, found.first, now, now)
    store.put_instance(instance)
    store.set_values(object_id, {found.field: found.status}, now, user)
    return instance


def transition(store: Store, instance_id: str, action_name: str, user: User) -> None:
    """Take an action on an active instance. Raises OpenPagesError: 404, 403, 400."""
    instance = store.instances.get(instance_id)
    if instance is None:
        raise OpenPagesError(404, f'There is no active workflow instance "{instance_id}".')
    found = definition(instance["definition"])
    target = store.get(instance["object"], user)
    stage = instance["stage"]
    if user not in found.assignees[stage]:
        raise OpenPagesError(403, f'You are not an assignee of the stage "{stage}".')
    for action in found.actions:
        if action.name == action_name and action.stage == stage:
            break
    else:
        raise OpenPagesError(
            400, f'The action "{action_name}" is not available in stage "{stage}".'
        )
    missing = [name for name in action.required if not target.values.get(name)]
    if missing:
        listed = ", ".join(f'"{name}"' for name in missing)
        raise OpenPagesError(400, f"Required fields have no value: {listed}.")
    store.meet_conflict()
    now = store.clock()
    store.put_instance({**instance, "stage": action.next_stage or "", "since": str(now)})
    store.set_values(target.id, {found.field: action.status}, now, user)


def as_json(store: Store, instance: dict[str, str]) -> dict[str, object]:
    """An instance, as the search lists it."""
    found = definition(instance["definition"])
    target = store.find(instance["object"])
    return {
        "id": instance["id"],
        "workflow": found.name,
        "workflow_definition_id": found.id,
        "stage": instance["stage"],
        "assignees": [
            {"user_name": user.name, "display_name": user.full_name}
            for user in found.assignees[instance["stage"]]
        ],
        "start_date": names.timestamp(float(instance["started"])),
        "stage_start_date": names.timestamp(float(instance["since"])),
        "grc_object": {
            "id": target.id,
            "name": target.values[names.NAME],
            "type_definition_id": store.schema.types[target.type].id,
        },
    }


def search(
    store: Store,
    user: User,
    workflow_name: str | None,
    type_name: str | None,
) -> list[dict[str, str]]:
    """Active instances on objects that the user may read, oldest first."""
    found: list[dict[str, str]] = []
    wanted = store.schema.find(type_name) if type_name is not None else None
    if type_name is not None and wanted is None:
        raise OpenPagesError(404, f'There is no type "{type_name}".')
    for instance in store.instances.values():
        one = definition(instance["definition"])
        fits = workflow_name in (None, one.name) and (wanted is None or wanted.name == one.type)
        if fits and user.may("read", store.find(instance["object"]).closed):
            found.append(instance)
    return sorted(found, key=lambda one: float(one["started"]))
