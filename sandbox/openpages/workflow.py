"""The two workflows of the instance, as small state machines.

Stage and action names are those that published labs show; a customer has others.
"""

from __future__ import annotations

import secrets
import time
from dataclasses import dataclass

from . import schema as names
from .errors import OpenPagesError
from .store import Store


@dataclass(frozen=True)
class Action:
    """What leads from one stage to the next; ``status`` is written to the object."""

    name: str
    stage: str
    next_stage: str | None
    status: str


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
        "Use Case Data Gathering",
        "Proposed",
        (
            Action(
                "Send for risk and applicability scoring",
                "Use Case Data Gathering",
                "Risk Assessment",
                "Risk and Applicability Scoping",
            ),
            Action(
                "Submit for stakeholder review",
                "Risk Assessment",
                "Stakeholder Review",
                "Awaiting Use Case Approval",
            ),
            Action(
                "Approve for development", "Stakeholder Review", None, "Approved for Development"
            ),
            Action("Reject", "Stakeholder Review", None, "Rejected"),
        ),
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
    ),
)


def definition(id_: str) -> Definition:
    """A workflow. Raises OpenPagesError: 404 unknown."""
    for one in DEFINITIONS:
        if one.id == id_:
            return one
    raise OpenPagesError(404, f'There is no workflow definition "{id_}".')


def start(store: Store, definition_id: str, object_id: str) -> dict[str, str]:
    """Start a workflow on an object; one active workflow per object."""
    found = definition(definition_id)
    target = store.get(object_id)
    if target.type != found.type:
        raise OpenPagesError(400, f'"{found.name}" is a workflow of "{found.type}" objects.')
    if any(one["object"] == object_id for one in store.instances.values()):
        raise OpenPagesError(400, f'The object "{object_id}" already has an active workflow.')
    instance = {
        "id": str(500_000 + secrets.randbelow(400_000)),
        "definition": found.id,
        "object": object_id,
        "stage": found.first,
    }
    store.put_instance(instance)
    store.update(object_id, {found.field: found.status}, time.time())
    return instance


def transition(store: Store, instance_id: str, action_name: str) -> None:
    """Take an action on an active instance. Raises OpenPagesError: 404, 400, 403."""
    instance = store.instances.get(instance_id)
    if instance is None:
        raise OpenPagesError(404, f'There is no active workflow instance "{instance_id}".')
    found = definition(instance["definition"])
    store.get(instance["object"])
    for action in found.actions:
        if action.name == action_name and action.stage == instance["stage"]:
            store.put_instance({**instance, "stage": action.next_stage or ""})
            store.update(instance["object"], {found.field: action.status}, time.time())
            return
    raise OpenPagesError(
        400, f'The action "{action_name}" is not available in stage "{instance["stage"]}".'
    )


def as_json(instance: dict[str, str]) -> dict[str, object]:
    """An instance, as the search lists it."""
    found = definition(instance["definition"])
    return {
        "id": instance["id"],
        "workflow": found.name,
        "stage": instance["stage"],
        "grc_object": {"id": instance["object"], "type_definition_id": found.type},
    }


def search(
    store: Store, workflow_name: str | None, type_name: str | None
) -> list[dict[str, object]]:
    """Active instances on objects that the user may read."""
    found: list[dict[str, object]] = []
    for instance in store.instances.values():
        one = definition(instance["definition"])
        fits = workflow_name in (None, one.name) and type_name in (None, one.type)
        if fits and store.find(instance["object"]).readable:
            found.append(as_json(instance))
    return found
