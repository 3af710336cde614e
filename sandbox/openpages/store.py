"""The objects of the stand-in, built from the catalogue, with a journal of the writes."""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from sandbox.catalogue.model import Catalogue, Group, UseCase, Version

from . import schema as names
from .errors import OpenPagesError, invalid_field
from .schema import Schema, build_schema

SERVICE_USER = "svc-sagemaker-governance"
log = logging.getLogger(__name__)


@dataclass(slots=True, eq=False)
class GrcObject:
    """An object: its values by field name, its parents (the first is primary)."""

    id: str
    type: str
    values: dict[str, str | None]
    readable: bool = True
    parents: list[GrcObject] = field(default_factory=list)
    children: list[GrcObject] = field(default_factory=list)


def timestamp(seconds: float) -> str:
    """A moment as OpenPages writes it."""
    moment = datetime.fromtimestamp(seconds, tz=timezone.utc)
    return moment.isoformat(timespec="milliseconds")


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


class Store:
    """Every object, and the writes since the seed.

    ``journal`` keeps the writes of earlier starts; a line cut off by a crash at its end
    is dropped with a warning, any other unreadable line raises ValueError.
    """

    def __init__(self, catalogue: Catalogue, journal: Path | None = None) -> None:
        self._catalogue = catalogue
        self._journal = journal
        self.version = 0
        """Grows with every write: what was read under it may be kept."""
        self.schema = self._schema_of(catalogue)
        self._objects: dict[str, GrcObject] = {}
        self._by_type: dict[str, dict[str, GrcObject]] = {}
        self.instances: dict[str, dict[str, str]] = {}
        """Active workflow instances by id."""
        self._seed()
        if journal and journal.exists():
            self._replay(journal)

    @staticmethod
    def _schema_of(catalogue: Catalogue) -> Schema:
        return build_schema(
            tuple(one.status for one in catalogue.use_cases if one.status),
            tuple(one.risk for one in catalogue.use_cases if one.risk),
        )

    # ------------------------------------------------------------------ seed

    def reset(self) -> None:
        """Back to the seed; the journal is emptied."""
        if self._journal:
            self._journal.write_text("", encoding="utf-8")
        self.version += 1
        self._seed()

    def _seed(self) -> None:
        self._objects = {}
        self._by_type = {name: {} for name in self.schema.types}
        self.instances = {}
        now = self._catalogue.now
        for entity in self._catalogue.entities:
            self._put(
                entity.id, names.ENTITY, entity.name, "", now, {}, self._existing(entity.parent)
            )
        for use_case in self._catalogue.use_cases:
            self._seed_use_case(use_case, now)
        roots = self._entity_of_account()
        for group in self._catalogue.groups:
            self._seed_group(group, roots.get(group.account))

    def _existing(self, *ids: str | None) -> list[GrcObject]:
        return [self._objects[one] for one in ids if one is not None]

    def _seed_use_case(self, one: UseCase, now: float) -> None:
        values: dict[str, str | None] = {
            names.STATUS: one.status,
            names.RISK: one.risk,
            names.OWNER: one.owner,
            names.PURPOSE: None,
        }
        made = self._put(
            one.id, names.USE_CASE, one.name, one.name, now, values, self._existing(one.entity)
        )
        made.readable = one.readable

    def _entity_of_account(self) -> dict[str, GrcObject]:
        """Account -> the entity above most of its use cases: its connection's root."""
        votes: dict[str, dict[str, int]] = {}
        above = {one.id: one.entity for one in self._catalogue.use_cases}
        for group in self._catalogue.groups:
            if group.use_case:
                entity = above[group.use_case]
                counted = votes.setdefault(group.account, {})
                counted[entity] = counted.get(entity, 0) + 1
        return {
            account: self._objects[max(counted, key=lambda one: counted[one])]
            for account, counted in votes.items()
        }

    def _seed_group(self, group: Group, root: GrcObject | None) -> None:
        # A group without use case hangs below the connection's entity, where the
        # synchronisation leaves what somebody must link by hand.
        parents = self._existing(group.use_case) if group.use_case else [root] if root else []
        if not parents:
            return
        made = self._put(
            _stable_id(group.arn, self._objects),
            names.MODEL_GROUP,
            group.name,
            group.description,
            group.created,
            {names.GROUP_ARN: group.arn},
            parents,
        )
        packages = group.arn.replace(":model-package-group/", ":model-package/")
        for version in group.versions:
            arn = f"{packages}/{version.number}"
            self._put(
                _stable_id(arn, self._objects),
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

    def _put(
        self,
        id_: str,
        type_name: str,
        name: str,
        description: str,
        created: float,
        values: dict[str, str | None],
        parents: list[GrcObject],
    ) -> GrcObject:
        moment = timestamp(created)
        system: dict[str, str | None] = {
            names.RESOURCE_ID: id_,
            names.NAME: name,
            names.DESCRIPTION: description or None,
            names.CREATED: moment,
            names.MODIFIED: moment,
            names.CREATED_BY: SERVICE_USER,
            names.MODIFIED_BY: SERVICE_USER,
        }
        made = GrcObject(id_, type_name, system | values)
        self._objects[id_] = made
        self._by_type[type_name][id_] = made
        for parent in parents:
            made.parents.append(parent)
            parent.children.append(made)
        return made

    # ----------------------------------------------------------------- reads

    def readable(self, type_name: str) -> Iterator[GrcObject]:
        """Objects of a type that the user may read."""
        return (one for one in self._by_type[type_name].values() if one.readable)

    def find(self, id_: str) -> GrcObject:
        """An object. Raises OpenPagesError: 404 unknown."""
        if id_ not in self._objects:
            raise OpenPagesError(404, f'There is no object with Resource ID "{id_}".')
        return self._objects[id_]

    def get(self, id_: str) -> GrcObject:
        """An object the user may read. Raises OpenPagesError: 404 unknown, 403 denied."""
        found = self.find(id_)
        if not found.readable:
            raise OpenPagesError(403, f'You are not authorized to read the object "{id_}".')
        return found

    # ---------------------------------------------------------------- writes

    def create(
        self, type_name: str, values: dict[str, str | None], parent: str | None, now: float
    ) -> GrcObject:
        """Make an object; ``values`` holds Name and Description too."""
        self._check(type_name, values, new=True)
        if parent is not None:
            self._may_hang(self.get(parent), type_name)
        id_ = _stable_id(f"{type_name}/{values[names.NAME]}/{now}", self._objects)
        return self._write(
            {
                "op": "create",
                "id": id_,
                "type": type_name,
                "values": values,
                "parent": parent,
                "at": now,
            }
        )

    def update(self, id_: str, values: dict[str, str | None], now: float) -> GrcObject:
        """Change some values. Raises OpenPagesError: see :meth:`get`, and bad values."""
        self._check(self.get(id_).type, values, new=False)
        return self._write({"op": "update", "id": id_, "values": values, "at": now})

    def delete(self, id_: str) -> None:
        """Remove an object without children."""
        found = self.get(id_)
        if found.children:
            raise OpenPagesError(400, f'The object "{id_}" has children; delete them first.')
        self._write({"op": "delete", "id": id_})

    def associate(self, id_: str, parents: Iterable[str], children: Iterable[str]) -> None:
        """Add parents and children; what is there already stays as it is."""
        pairs = [(one, id_) for one in parents] + [(id_, one) for one in children]
        for parent, child in pairs:
            self._may_hang(self.get(parent), self.get(child).type)
        for parent, child in pairs:
            if self.get(parent) not in self.get(child).parents:
                self._write({"op": "associate", "parent": parent, "child": child})

    def dissociate(self, id_: str, parents: Iterable[str], children: Iterable[str]) -> None:
        """Remove parents and children; an object keeps at least one parent."""
        pairs = {(one, id_): None for one in parents} | {(id_, one): None for one in children}
        left: dict[str, int] = {}
        for parent, child in pairs:
            below = self.get(child)
            if self.get(parent) not in below.parents:
                raise OpenPagesError(400, f'"{parent}" is not a parent of "{child}".')
            left[child] = left.get(child, len(below.parents)) - 1
            if left[child] == 0:
                raise OpenPagesError(400, f'The object "{child}" cannot lose its only parent.')
        for parent, child in pairs:
            self._write({"op": "dissociate", "parent": parent, "child": child})

    def put_instance(self, instance: dict[str, str]) -> None:
        """Keep a workflow instance; stage ``""`` ends it."""
        self._write({"op": "instance", "instance": instance})

    def _may_hang(self, parent: GrcObject, child_type: str) -> None:
        if not self.schema.may_be_child(parent.type, child_type):
            raise OpenPagesError(
                400, f'A "{child_type}" cannot be a child of a "{parent.type}" in this instance.'
            )

    def _check(self, type_name: str, values: dict[str, str | None], new: bool) -> None:
        fields = self.schema.types[type_name].fields
        for name, value in values.items():
            if name not in fields:
                raise invalid_field(type_name, name)
            definition = fields[name]
            if definition.read_only:
                raise OpenPagesError(400, f'The field "{name}" is read-only.')
            if value is None:
                continue
            if definition.enum_values and value not in definition.enum_values:
                raise OpenPagesError(400, f'"{value}" is not a value of the field "{name}".')
            if definition.data_type == "INTEGER_TYPE" and not value.lstrip("-").isdecimal():
                raise OpenPagesError(400, f'"{value}" is not a number, as "{name}" needs.')
            if len(value.encode()) > names.MAX_STRING_BYTES:
                raise OpenPagesError(
                    500,
                    f'The specified value for "{name}" is too long. '
                    f"The maximum length is {names.MAX_STRING_BYTES} bytes.",
                    "OP-03381",
                )
        if (new or names.NAME in values) and not values.get(names.NAME):
            raise OpenPagesError(400, f'The field "{names.NAME}" is required.')

    # --------------------------------------------------------------- journal

    def _write(self, entry: dict[str, Any]) -> GrcObject:
        if self._journal:
            with self._journal.open("a", encoding="utf-8") as file:
                file.write(json.dumps(entry, ensure_ascii=False) + "\n")
        return self._apply(entry)

    def _apply(self, entry: dict[str, Any]) -> GrcObject:
        self.version += 1
        op = entry["op"]
        if op == "create":
            values = dict(entry["values"])
            name, description = values.pop(names.NAME), values.pop(names.DESCRIPTION, None)
            above = self._existing(entry["parent"])
            at = entry["at"]
            return self._put(entry["id"], entry["type"], name, description or "", at, values, above)
        if op == "instance":
            instance = entry["instance"]
            if instance["stage"]:
                self.instances[instance["id"]] = instance
            else:
                self.instances.pop(instance["id"], None)
            return self._objects[instance["object"]]
        if op in ("associate", "dissociate"):
            parent, child = self._objects[entry["parent"]], self._objects[entry["child"]]
            if op == "associate":
                child.parents.append(parent)
                parent.children.append(child)
            else:
                child.parents.remove(parent)
                parent.children.remove(child)
            return child
        found = self._objects[entry["id"]]
        if op == "update":
            found.values.update(entry["values"])
            found.values[names.MODIFIED] = timestamp(entry["at"])
        elif op == "delete":
            for parent in found.parents:
                parent.children.remove(found)
            del self._objects[found.id], self._by_type[found.type][found.id]
        return found

    def _replay(self, journal: Path) -> None:
        text = journal.read_text(encoding="utf-8")
        lines = text.split("\n")
        if lines[-1]:
            log.warning("%s: dropped its last line, cut off by a crash", journal)
            journal.write_text("".join(f"{line}\n" for line in lines[:-1]), encoding="utf-8")
        for number, line in enumerate(lines[:-1], 1):
            try:
                self._apply(json.loads(line))
            except (ValueError, KeyError) as error:
                raise ValueError(
                    f"{journal}, line {number} does not fit this catalogue ({error!r}); "
                    "delete the file to start again from the seed"
                ) from error


def _stable_id(key: str, taken: dict[str, GrcObject]) -> str:
    """A numeric Resource ID that depends on the key only, so that journals stay valid."""
    number = 100_000_000 + int.from_bytes(hashlib.sha256(key.encode()).digest()[:4], "big")
    while str(number) in taken:
        number += 1
    return str(number)
