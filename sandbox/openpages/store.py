"""The objects of the stand-in, with a journal of the writes."""

from __future__ import annotations

import hashlib
import json
import logging
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sandbox.catalogue.model import Catalogue

from . import schema as names
from . import seeding
from .errors import OpenPagesError, conflict, invalid_field
from .schema import Schema, build_schema, timestamp
from .synchronisation import Synchronisation
from .users import SERVICE, Right, User

SERVICE_USER = SERVICE.name
log = logging.getLogger(__name__)


@dataclass(slots=True, eq=False)
class GrcObject:
    """An object: its values by field name, its parents (the first is primary)."""

    id: str
    type: str
    values: dict[str, str | None]
    closed: frozenset[Right] = frozenset()
    """Rights that only some users have on it."""
    parents: list[GrcObject] = field(default_factory=list)
    children: list[GrcObject] = field(default_factory=list)


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
        self.clock: Callable[[], float] = time.time
        self.links = Synchronisation()
        self.conflicts = 0
        """Next writes that find the object just changed by somebody else."""
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
        self.links = Synchronisation()
        self.conflicts = 0
        self._seed()

    def _seed(self) -> None:
        self._objects = {}
        self._by_type = {name: {} for name in self.schema.types}
        self.instances = {}
        seeding.seed(self, self._catalogue)

    def put(
        self,
        id_: str,
        type_name: str,
        name: str,
        description: str,
        created: float,
        values: dict[str, str | None],
        parents: list[GrcObject],
        by: str = SERVICE_USER,
    ) -> GrcObject:
        """Add an object, without a check and without the journal."""
        moment = timestamp(created)
        system: dict[str, str | None] = {
            names.RESOURCE_ID: id_,
            names.NAME: name,
            names.DESCRIPTION: description or None,
            names.CREATED: moment,
            names.MODIFIED: moment,
            names.CREATED_BY: by,
            names.MODIFIED_BY: by,
        }
        made = GrcObject(id_, type_name, system | values)
        self._objects[id_] = made
        self._by_type[type_name][id_] = made
        for parent in parents:
            made.parents.append(parent)
            parent.children.append(made)
        return made

    # ----------------------------------------------------------------- reads

    def readable(self, type_name: str, user: User = SERVICE) -> Iterator[GrcObject]:
        """Objects of a type that a user may read."""
        every = self._by_type[type_name].values()
        return (one for one in every if user.may("read", one.closed))

    def find(self, id_: str) -> GrcObject:
        """An object. Raises OpenPagesError: 404 unknown."""
        if id_ not in self._objects:
            raise OpenPagesError(404, f'There is no object with Resource ID "{id_}".')
        return self._objects[id_]

    def get(self, id_: str, user: User = SERVICE, right: Right = "read") -> GrcObject:
        """An object on which a user has a right. Raises OpenPagesError: 404, 403."""
        found = self.find(id_)
        for one in dict.fromkeys(("read", right)):
            if not user.may(one, found.closed):
                raise OpenPagesError(403, f'You are not authorized to {one} the object "{id_}".')
        return found

    def stable_id(self, key: str) -> str:
        """A Resource ID that depends on the key only, so that journals stay valid."""
        return _stable_id(key, self._objects)

    def children_shown(self, one: GrcObject) -> list[GrcObject]:
        """Children as the query service tells them."""
        if not self.links.pending:
            return one.children
        shown = [near for near in one.children if (one.id, near.id) not in self.links.unseen]
        return shown + [
            self._objects[child]
            for parent, child in self.links.ghosts
            if parent == one.id and child in self._objects
        ]

    def parents_shown(self, one: GrcObject) -> list[GrcObject]:
        """Parents as the query service tells them."""
        if not self.links.pending:
            return one.parents
        shown = [near for near in one.parents if (near.id, one.id) not in self.links.unseen]
        return shown + [
            self._objects[parent]
            for parent, child in self.links.ghosts
            if child == one.id and parent in self._objects
        ]

    def settle(self) -> None:
        """Let the query service see the links that are due."""
        if self.links.settle(self.clock()):
            self.version += 1

    # ---------------------------------------------------------------- writes

    def create(
        self,
        type_name: str,
        values: dict[str, str | None],
        parent: str | None,
        now: float,
        user: User = SERVICE,
    ) -> GrcObject:
        """Make an object; ``values`` holds Name and Description too."""
        self._check(type_name, values, new=True)
        if parent is not None:
            self._may_hang(self.get(parent, user, "associate"), type_name)
        entry = {
            "op": "create",
            "id": self.stable_id(f"{type_name}/{values[names.NAME]}/{now}"),
            "type": type_name,
            "values": values,
            "parent": parent,
            "at": now,
            "by": user.name,
        }
        return self._write(entry)

    def update(
        self, id_: str, values: dict[str, str | None], now: float, user: User = SERVICE
    ) -> GrcObject:
        """Change some values. Raises OpenPagesError: see :meth:`get`, and bad values."""
        self._check(self.get(id_, user, "write").type, values, new=False)
        self.meet_conflict()
        return self.set_values(id_, values, now, user)

    def set_values(
        self, id_: str, values: dict[str, str | None], now: float, user: User
    ) -> GrcObject:
        """Change values as the system does, whatever the rights of the user."""
        return self._write(
            {"op": "update", "id": id_, "values": values, "at": now, "by": user.name}
        )

    def delete(self, id_: str, user: User = SERVICE) -> None:
        """Remove an object without children."""
        found = self.get(id_, user, "write")
        if found.children:
            raise OpenPagesError(400, f'The object "{id_}" has children; delete them first.')
        self._write({"op": "delete", "id": id_})

    def associate(
        self, id_: str, parents: Iterable[str], children: Iterable[str], user: User = SERVICE
    ) -> None:
        """Add parents and children; what is there already stays as it is."""
        pairs = [(one, id_) for one in parents] + [(id_, one) for one in children]
        for parent, child in pairs:
            above, below = (self.get(one, user, "associate") for one in (parent, child))
            self._may_hang(above, below.type)
        self.meet_conflict()
        for parent, child in pairs:
            if self.find(parent) not in self.find(child).parents:
                self.links.added(parent, child, self.clock())
                self._write({"op": "associate", "parent": parent, "child": child})

    def dissociate(
        self, id_: str, parents: Iterable[str], children: Iterable[str], user: User = SERVICE
    ) -> None:
        """Remove parents and children; an object keeps at least one parent."""
        pairs = {(one, id_): None for one in parents} | {(id_, one): None for one in children}
        left: dict[str, int] = {}
        for parent, child in pairs:
            above, below = (self.get(one, user, "associate") for one in (parent, child))
            if above not in below.parents:
                raise OpenPagesError(400, f'"{parent}" is not a parent of "{child}".')
            left[child] = left.get(child, len(below.parents)) - 1
            if left[child] == 0:
                raise OpenPagesError(400, f'The object "{child}" cannot lose its only parent.')
        self.meet_conflict()
        for parent, child in pairs:
            self.links.removed(parent, child, self.clock())
            self._write({"op": "dissociate", "parent": parent, "child": child})

    def meet_conflict(self) -> None:
        """Refuse a write while :attr:`conflicts` says so."""
        if self.conflicts > 0:
            self.conflicts -= 1
            raise conflict()

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
            above = [self._objects[entry["parent"]]] if entry["parent"] else []
            by = entry.get("by", SERVICE_USER)
            return self.put(
                entry["id"],
                entry["type"],
                name,
                description or "",
                entry["at"],
                values,
                above,
                by,
            )
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
            found.values[names.MODIFIED_BY] = entry.get("by", SERVICE_USER)
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
