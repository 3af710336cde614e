"""JSON of ``/v2/contents``: objects, their fields and associations, both ways."""

from __future__ import annotations

from . import schema as names
from .errors import OpenPagesError
from .schema import ObjectType, Schema
from .store import GrcObject


def content(one: GrcObject, found: ObjectType) -> dict[str, object]:
    """An object as ``GET /v2/contents/{id}`` tells it."""
    own = [field for name, field in found.fields.items() if ":" in name]
    out: dict[str, object] = {
        "id": one.id,
        "name": one.values[names.NAME],
        "title": one.values[names.NAME],
        "description": one.values[names.DESCRIPTION] or "",
        "type_definition_id": found.id,
        "creation_date": one.values[names.CREATED],
        "last_modification_date": one.values[names.MODIFIED],
        "fields": [field.value_as_json(one.values.get(field.name)) for field in own],
    }
    if one.parents:
        out["primary_parent_id"] = one.parents[0].id
    return out


def text_member(body: dict[str, object], name: str) -> str | None:
    """A member that must be a string (or a number, for ids); None when absent.

    Raises OpenPagesError (400).
    """
    value = body.get(name)
    if value is None:
        return None
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    if not isinstance(value, str):
        raise OpenPagesError(400, f'"{name}" must be a string.')
    return value


def read_values(body: dict[str, object]) -> dict[str, str | None]:
    """Values by field name of a create or update body. Raises OpenPagesError (400)."""
    values: dict[str, str | None] = {}
    for member, name in (("name", names.NAME), ("description", names.DESCRIPTION)):
        if member in body:
            values[name] = text_member(body, member)
    fields = body.get("fields", [])
    if not isinstance(fields, list):
        raise OpenPagesError(400, '"fields" must be an array.')
    for field in fields:
        if not isinstance(field, dict) or not isinstance(field.get("name"), str):
            raise OpenPagesError(400, 'Every member of "fields" needs a "name".')
        values[field["name"]] = _value(field["name"], field.get("value"))
    return values


def _value(name: str, value: object) -> str | None:
    if isinstance(value, dict):
        value = value.get("name")
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    raise OpenPagesError(400, f'The value of "{name}" has the wrong type.')


def associations_of(one: GrcObject, kind: str, schema: Schema) -> dict[str, object]:
    """Ids of what is next to an object; kind ``parent``, ``child`` or empty for both.

    Ids stand there even of objects that the user may not read, so that "denied" can be
    told from "not linked"; whether the real service does so is not documented.
    """
    near: list[GrcObject] = []
    if kind in ("", "parent"):
        near += one.parents
    if kind in ("", "child"):
        near += one.children
    return {
        "associations": [
            {"id": other.id, "type_definition_id": schema.types[other.type].id} for other in near
        ]
    }


def ids_of(body: dict[str, object]) -> tuple[list[str], list[str]]:
    """Parents and children that an association body names. Raises OpenPagesError (400)."""
    listed = body.get("associations")
    if not isinstance(listed, list) or not listed:
        raise OpenPagesError(400, '"associations" must be an array with at least one member.')
    found: dict[str, list[str]] = {"parent": [], "child": []}
    for one in listed:
        if not isinstance(one, dict) or one.get("type") not in found:
            raise OpenPagesError(400, 'An association needs "id" and "type" (parent or child).')
        id_ = text_member(one, "id")
        if not id_:
            raise OpenPagesError(400, 'An association needs an "id".')
        found[one["type"]].append(id_)
    return found["parent"], found["child"]
