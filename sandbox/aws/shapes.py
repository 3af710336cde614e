"""Checks input against botocore's own service model, with AWS's wording.

botocore's ``ParamValidator`` knows names, types, required members and lower bounds;
enumerations, patterns and upper bounds stand in the model but are left to the service.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator
from typing import Any

import botocore.session
from botocore.model import ListShape, MapShape, OperationModel, Shape, StructureShape
from botocore.utils import parse_timestamp
from botocore.validate import ParamValidator

from .errors import invalid

_CLASSES = {
    # Unicode classes of the model, as near as Python's re comes to them.
    r"\p{L}": r"\w",
    r"\p{M}": "\u0300-\u036f\u064b-\u065f",
    r"\p{N}": r"\d",
    r"\p{Z}": r"\x20\xa0\u2000-\u200a\u3000",
    r"\p{P}": r"!-#%-*,-/:;?@\[-\]_{}\xa1\xa7\xab\xb6\xb7\xbb\xbf\u2010-\u2027\u2030-\u205e",
    r"\p{S}": r"$+<=>^`|~\xa2-\xa9\xac-\xb1\xb4\xd7\xf7",
}


@functools.cache
def operation(name: str) -> OperationModel:
    """Model of a SageMaker operation.

    Raises:
        botocore.model.OperationNotFoundError: SageMaker has no such operation.
    """
    return _service().operation_model(name)


@functools.cache
def _service() -> Any:
    return botocore.session.get_session().get_service_model("sagemaker")


@functools.cache
def members(name: str, *path: str) -> frozenset[str]:
    """Member names of an operation's output, or of a structure inside it.

    Args:
        name: operation.
        path: members to descend through; lists and maps are stepped into.
    """
    shape = operation(name).output_shape
    for step in path:
        shape = shape.members[step]
        while not isinstance(shape, StructureShape):
            shape = shape.member if isinstance(shape, ListShape) else shape.value
    return frozenset(shape.members)


@functools.cache
def pattern(text: str) -> re.Pattern[str]:
    """A pattern of the service model in Python's terms.

    Raises:
        re.error: Python has no such pattern.
    """
    # "(...)${1,256}" in the model repeats an anchor; bounds stand in min and max too.
    text = re.sub(r"\$\{\d+,\d+\}$", "$", text)
    for unicode_class, python in _CLASSES.items():
        text = text.replace(unicode_class, python)
    return re.compile(text)


def _label(path: tuple[str, ...]) -> str:
    return ".".join(part[:1].lower() + part[1:] for part in path)


def _problems(value: Any, shape: Shape, path: tuple[str, ...]) -> Iterator[str]:
    meta = shape.metadata
    shown = f"Value '{value}' at '{_label(path)}' failed to satisfy constraint: "
    if isinstance(shape, StructureShape):
        for name, member in value.items():
            yield from _problems(member, shape.members[name], (*path, name))
        return
    if isinstance(shape, ListShape):
        for i, member in enumerate(value):
            yield from _problems(member, shape.member, (*path, f"{i + 1}.member"))
    elif isinstance(shape, MapShape):
        for key, member in value.items():
            yield from _problems(key, shape.key, (*path, "key"))
            yield from _problems(member, shape.value, (*path, key))
    if "max" in meta and not isinstance(value, bool):
        if isinstance(value, (int, float)):
            if value > meta["max"]:
                yield f"{shown}Member must have value less than or equal to {meta['max']}"
        elif len(value) > meta["max"]:
            yield f"{shown}Member must have length less than or equal to {meta['max']}"
    if isinstance(value, str):
        if "enum" in meta and value not in meta["enum"]:
            allowed = ", ".join(meta["enum"])
            yield f"{shown}Member must satisfy enum value set: [{allowed}]"
        if "pattern" in meta and not pattern(meta["pattern"]).fullmatch(value):
            yield f"{shown}Member must satisfy regular expression pattern: {meta['pattern']}"


def check_input(name: str, params: dict[str, Any]) -> None:
    """Refuse input that SageMaker would refuse before acting.

    Raises:
        ApiError: ``ValidationException`` that names each member at fault.
    """
    shape = operation(name).input_shape
    report = ParamValidator().validate(params, shape)
    if report.has_errors():
        raise invalid(report.generate_report())
    problems = list(_problems(params, shape, ()))
    if problems:
        count = len(problems)
        raise invalid(
            f"{count} validation error{'s' if count > 1 else ''} detected: {'; '.join(problems)}"
        )


def timestamp(text: str) -> float:
    """Seconds since the epoch of a time in a request.

    Raises:
        ApiError: ``ValidationException``, it is none.
    """
    try:
        return float(parse_timestamp(text).timestamp())
    except ValueError:
        raise invalid(f"{text} is not a timestamp.") from None
