"""SageMaker's ``Search``: filters, nested expressions, sorting."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

from .errors import invalid

Record = dict[str, Any]
Predicate = Callable[[Record], bool]

_TIMES = ("CreationTime", "LastModifiedTime")


def values(record: Record, name: str) -> Iterator[Any]:
    """Values of a property by dotted name; lists are looked into, tags go by key."""
    if name.startswith("Tags."):
        key = name[len("Tags.") :]
        yield from (tag["Value"] for tag in record.get("Tags", ()) if tag["Key"] == key)
        return
    yield from _descend(record, name)


def _descend(value: Any, name: str) -> Iterator[Any]:
    if isinstance(value, list):
        for member in value:
            yield from _descend(member, name)
        return
    if not isinstance(value, dict):
        return
    if name in value:
        # Keys of maps (CustomerMetadataProperties) may themselves hold dots.
        found = value[name]
        yield from found if isinstance(found, list) else (found,)
        return
    head, dot, rest = name.partition(".")
    if dot and head in value:
        yield from _descend(value[head], rest)


def _number(value: Any) -> float:
    if isinstance(value, (int, float)):
        return float(value)
    return float(str(value))


def _instant(text: str, name: str) -> float:
    try:
        return float(text)
    except ValueError:
        pass
    try:
        return datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp()
    except ValueError:
        raise invalid(f"Invalid value for {name}: {text} is not a timestamp.") from None


def _compare(operator: str, name: str, text: str) -> Callable[[Any], bool]:
    checks: dict[str, Callable[[float, float], bool]] = {
        "GreaterThan": lambda a, b: a > b,
        "GreaterThanOrEqualTo": lambda a, b: a >= b,
        "LessThan": lambda a, b: a < b,
        "LessThanOrEqualTo": lambda a, b: a <= b,
    }
    check = checks[operator]
    if name.rpartition(".")[2] in _TIMES:
        limit = _instant(text, name)
    else:
        try:
            limit = _number(text)
        except ValueError:
            raise invalid(f"Operator {operator} needs a number or a time for {name}.") from None

    def holds(value: Any) -> bool:
        try:
            return check(_number(value), limit)
        except ValueError:
            return False

    return holds


def _same(value: Any, text: str) -> bool:
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        try:
            return float(value) == float(text)
        except ValueError:
            return False
    return str(value) == text


def _filter(spec: Record) -> Predicate:
    name: str = spec["Name"]
    operator: str = spec.get("Operator", "Equals")
    text: str | None = spec.get("Value")
    if operator in ("Exists", "NotExists"):
        wanted = operator == "Exists"
        return lambda record: any(True for _ in values(record, name)) == wanted
    if text is None:
        raise invalid(f"Filter on {name} with operator {operator} needs a Value.")
    if operator == "Equals":
        if name.rpartition(".")[2] in _TIMES:
            at = _instant(text, name)
            return lambda record: any(v == at for v in values(record, name))
        return lambda record: any(_same(v, text) for v in values(record, name))
    if operator == "NotEquals":
        return lambda record: not any(_same(v, text) for v in values(record, name))
    if operator == "Contains":
        part = text.lower()
        return lambda record: any(part in str(v).lower() for v in values(record, name))
    if operator == "In":
        allowed = {part.strip() for part in text.split(",")}
        return lambda record: any(str(v) in allowed for v in values(record, name))
    holds = _compare(operator, name, text)
    return lambda record: any(holds(v) for v in values(record, name))


def _nested(spec: Record) -> Predicate:
    """All filters hold for one and the same member of a list property."""
    name: str = spec["NestedPropertyName"]
    prefix = f"{name}."
    inner = [
        _filter({**part, "Name": part["Name"].removeprefix(prefix)}) for part in spec["Filters"]
    ]
    return lambda record: any(
        isinstance(member, dict) and all(check(member) for check in inner)
        for member in values(record, name)
    )


def _contains_count(expression: Record) -> int:
    filters: list[Record] = expression.get("Filters", [])
    own = sum(1 for f in filters if f.get("Operator") == "Contains")
    return own + sum(_contains_count(sub) for sub in expression.get("SubExpressions", ()))


def _compile(expression: Record) -> Predicate:
    checks = [_filter(spec) for spec in expression.get("Filters", ())]
    checks += [_nested(spec) for spec in expression.get("NestedFilters", ())]
    checks += [_compile(sub) for sub in expression.get("SubExpressions", ())]
    if not checks:
        raise invalid("A SearchExpression must contain at least one filter.")
    combine = any if expression.get("Operator", "And") == "Or" else all
    return lambda record: combine(check(record) for check in checks)


def compile_expression(expression: Record | None) -> Predicate | None:
    """Predicate of a ``SearchExpression``; None when there is none.

    Raises:
        ApiError: ``ValidationException`` for an empty expression, a filter without
            its value, a value of the wrong kind, or more than one ``Contains``.
    """
    if expression is None:
        return None
    if _contains_count(expression) > 1:
        raise invalid("Only one Contains operator is allowed in a SearchExpression.")
    return _compile(expression)


def sort_key(name: str) -> Callable[[Record], tuple[int, Any]]:
    """Order by a property; records that lack it come first."""

    def key(record: Record) -> tuple[int, Any]:
        value = next(values(record, name), None)
        if value is None:
            return (0, 0)
        return (1, value) if isinstance(value, (int, float)) else (2, str(value))

    return key
