"""Runs a parsed query over the objects, with the row-level security of the user."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import TypeVar

from .errors import OpenPagesError, invalid_field, not_sql
from .query import Both, Column, Comparison, Condition, Join, Not, Query
from .schema import FieldDefinition, ObjectType, Schema
from .store import GrcObject, Store
from .users import SERVICE, User

Row = tuple[GrcObject | None, ...]
"""One object per type of FROM and JOIN, in that order; None from an outer join."""
_Ordered = TypeVar("_Ordered", int, str)
Test = Callable[[Row], "bool | None"]
"""A condition; None is SQL's unknown."""


class Plan:
    """A query checked against the schema, ready to run.

    Raises OpenPagesError: ``OP-60005`` for an unknown field, ``OP-60002`` for a type that
    is not there and for a join along an association that does not exist.
    """

    def __init__(self, query: Query, schema: Schema, case_insensitive: bool) -> None:
        self._query = query
        self._schema = schema
        self._fold = case_insensitive
        self._slots: dict[str, int] = {}
        self._add(query.source)
        for join in query.joins:
            self._check_join(join)
            self._add(join.type)
        self.columns = [self._resolve(column) for column in query.columns or ()]
        self._test = self._compile(query.where) if query.where else None
        self._order = [(self._resolve(column), down) for column, down in query.order]

    @property
    def counts(self) -> bool:
        """True for ``SELECT COUNT(...)``."""
        return self._query.columns is None

    def _add(self, type_name: str) -> None:
        if type_name not in self._schema.types:
            raise not_sql(f'"{type_name}" is not an object type.')
        if type_name in self._slots:
            raise not_sql(f'"{type_name}" stands twice in FROM.')
        self._slots[type_name] = len(self._slots)

    def _check_join(self, join: Join) -> None:
        if join.type not in self._schema.types:
            raise not_sql(f'"{join.type}" is not an object type.')
        if join.of not in self._slots:
            raise not_sql(f'{join.relation}([{join.of}]): "{join.of}" is not in FROM.')
        schema = self._schema
        fits = {
            "PARENT": lambda: schema.may_be_child(join.of, join.type),
            "CHILD": lambda: schema.may_be_child(join.type, join.of),
            "ANCESTOR": lambda: schema.related(join.of, join.type),
            "DESCENDANT": lambda: schema.related(join.type, join.of),
        }
        if not fits[join.relation]():
            raise not_sql(
                f'"{join.of}" is never {join.relation} of "{join.type}": wrong join direction.'
            )

    def _resolve(self, column: Column) -> tuple[int, FieldDefinition]:
        type_name = column.type
        if type_name is None:
            if len(self._slots) > 1:
                raise not_sql(f'"{column.field}" stands without its type in a join.')
            type_name = self._query.source
        if type_name not in self._slots:
            raise not_sql(f'"{type_name}" is not in FROM.')
        found: ObjectType = self._schema.types[type_name]
        if column.field not in found.fields:
            raise invalid_field(type_name, column.field)
        return self._slots[type_name], found.fields[column.field]

    # ------------------------------------------------------------ conditions

    def _compile(self, condition: Condition) -> Test:
        if isinstance(condition, Not):
            inner = self._compile(condition.condition)

            def negation(row: Row) -> bool | None:
                value = inner(row)
                return None if value is None else not value

            return negation
        if isinstance(condition, Both):
            listed = _as_list(condition)
            if listed:
                return self._compare(listed)
            left, right = self._compile(condition.left), self._compile(condition.right)
            decisive = condition.operator == "OR"

            def both(row: Row) -> bool | None:
                first = left(row)
                if first is decisive:
                    return decisive
                second = right(row)
                if second is decisive:
                    return decisive
                return None if first is None or second is None else not decisive

            return both
        return self._compare(condition)

    def _compare(self, comparison: Comparison) -> Test:
        slot, definition = self._resolve(comparison.column)
        name = definition.name
        if comparison.operator == "IS NULL":
            return lambda row: _value(row[slot], name) is None
        matches = self._matcher(definition, comparison.operator, comparison.values)

        def test(row: Row) -> bool | None:
            value = _value(row[slot], name)
            return None if value is None else matches(value)

        return test

    def _matcher(
        self, definition: FieldDefinition, operator: str, values: tuple[str, ...]
    ) -> Callable[[str], bool]:
        fold: Callable[[str], str] = str.casefold if self._fold else str
        if operator == "LIKE":
            pattern = "".join(
                ".*" if char == "%" else "." if char == "_" else re.escape(char)
                for char in values[0]
            )
            flags = re.DOTALL | (re.IGNORECASE if self._fold else 0)
            like = re.compile(pattern, flags)
            return lambda value: like.fullmatch(value) is not None
        if operator == "CONTAINS":
            wanted = [fold(value) for value in values]
            return lambda value: any(one in fold(value) for one in wanted)
        numeric = definition.data_type in ("INTEGER_TYPE", "ID_TYPE")
        if numeric:
            return _ordering(operator, [_number(definition, value) for value in values], int)
        if definition.data_type == "DATE_TYPE" and operator in ("=", "<>", "IN"):
            # A day stands for all its moments.
            wanted_result = operator != "<>"
            return lambda value: value.startswith(values) is wanted_result
        return _ordering(operator, [fold(value) for value in values], fold)

    # ------------------------------------------------------------------ rows

    def run(self, store: Store, honor_primary: bool, user: User = SERVICE) -> list[Row]:
        """All rows that the user may read, filtered and in order."""
        rows: Iterator[Row] = ((one,) for one in store.readable(self._query.source, user))
        for join in self._query.joins:
            rows = self._joined(rows, join, honor_primary, store, user)
        test = self._test
        found = [row for row in rows if test(row) is True] if test else list(rows)
        for (slot, definition), down in reversed(self._order):
            name = definition.name
            number = definition.data_type in ("INTEGER_TYPE", "ID_TYPE")

            def key(
                row: Row, slot: int = slot, name: str = name, number: bool = number
            ) -> tuple[bool, int, str]:
                value = _value(row[slot], name)
                if value is None:
                    return True, 0, ""
                return False, int(value) if number else 0, value

            found.sort(key=key, reverse=down)
        return found

    def _joined(
        self, rows: Iterator[Row], join: Join, honor_primary: bool, store: Store, user: User
    ) -> Iterator[Row]:
        slot = self._slots[join.of]
        for row in rows:
            base = row[slot]
            near = [] if base is None else _related(store, base, join, honor_primary)
            near = [one for one in near if user.may("read", one.closed)]
            if near:
                for other in near:
                    yield (*row, other)
            elif join.outer:
                yield (*row, None)

    def fields(self, row: Row) -> list[dict[str, object]]:
        """The ``fields`` of a row: unqualified names, in the order of SELECT."""
        return [
            definition.value_as_json(_value(row[slot], definition.name))
            for slot, definition in self.columns
        ]


def _as_list(condition: Both) -> Comparison | None:
    """An OR of equalities on one column as one IN, which is quicker; None for others."""
    values: list[str] = []
    column: Column | None = None
    todo: list[Condition] = [condition]
    while todo:
        one = todo.pop()
        if isinstance(one, Both) and one.operator == "OR":
            todo += [one.right, one.left]
        elif isinstance(one, Comparison) and one.operator == "=" and column in (None, one.column):
            column = one.column
            values += one.values
        else:
            return None
    return Comparison(column, "IN", tuple(values)) if column else None


def _value(one: GrcObject | None, name: str) -> str | None:
    return None if one is None else one.values.get(name)


def _number(definition: FieldDefinition, value: str) -> int:
    try:
        return int(value)
    except ValueError:
        raise not_sql(f'"{value}" is not a number, as "{definition.name}" needs.') from None


def _ordering(
    operator: str, wanted: list[_Ordered], convert: Callable[[str], _Ordered]
) -> Callable[[str], bool]:
    first, last = wanted[0], wanted[-1]
    among = set(wanted)
    tests: dict[str, Callable[[str], bool]] = {
        "IN": lambda value: convert(value) in among,
        "=": lambda value: convert(value) == first,
        "<>": lambda value: convert(value) != first,
        "<": lambda value: convert(value) < first,
        ">": lambda value: convert(value) > first,
        "<=": lambda value: convert(value) <= first,
        ">=": lambda value: convert(value) >= first,
        "BETWEEN": lambda value: first <= convert(value) <= last,
    }
    return tests[operator]


def _related(store: Store, base: GrcObject, join: Join, honor_primary: bool) -> list[GrcObject]:
    if join.relation == "PARENT":
        near = store.children_shown(base)
        if honor_primary:
            near = [one for one in near if one.parents[0] is base]
    elif join.relation == "CHILD":
        near = base.parents[:1] if honor_primary else store.parents_shown(base)
    else:
        near = _closure(store, base, downwards=join.relation == "ANCESTOR")
    return [one for one in near if one.type == join.type]


def _closure(store: Store, base: GrcObject, downwards: bool) -> list[GrcObject]:
    found: dict[str, GrcObject] = {}
    todo = [base]
    while todo:
        one = todo.pop()
        for near in store.children_shown(one) if downwards else store.parents_shown(one):
            if near.id not in found:
                found[near.id] = near
                todo.append(near)
    return list(found.values())


def page_bounds(body: dict[str, object], maximum: int) -> tuple[int, int, int]:
    """``offset``, ``limit`` and ``max_rows`` of a query body; 0 rows means no cap.

    Raises OpenPagesError (400) when one is not a whole number >= 0 (limit: >= 1).
    """
    out: list[int] = []
    for name, default, least in (("offset", 0, 0), ("limit", 50, 1), ("max_rows", 0, 0)):
        value = body.get(name, default)
        if not isinstance(value, int) or isinstance(value, bool) or value < least:
            raise OpenPagesError(400, f'"{name}" must be a whole number >= {least}.')
        out.append(value)
    return out[0], min(out[1], maximum), out[2]
