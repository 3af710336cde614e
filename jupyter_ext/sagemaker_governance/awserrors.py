"""AWS's error codes, in either of its protocols."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Protocol

from .foreign import parse_json


class Answered(Protocol):
    """What is needed of an answer: `forward.Answer` has it."""

    status: int
    headers: Mapping[str, str]
    start: bytes


def error_code(answer: Answered) -> str:
    """AWS's error code, empty for a success."""
    if answer.status not in (400, 401, 403):
        return ""
    header = answer.headers.get("x-amzn-ErrorType", "")
    if header:
        return header.split(":")[0].split("#")[-1]
    if answer.start.lstrip()[:1] == b"<":
        return xml_text(answer.start, "Code")
    try:
        data = parse_json(answer.start)
    except ValueError:
        return ""
    code = data.get("__type") or data.get("code") if isinstance(data, dict) else None
    return code.split("#")[-1] if isinstance(code, str) else ""


def xml_text(body: bytes, name: str) -> str:
    """Text of the first element of that name, empty if there is none.

    Enough for STS, whose values need no entities but these.
    """
    found = re.search(rf"<{name}>([^<]*)</{name}>".encode(), body)
    text = found[1].decode("utf-8", "replace").strip() if found else ""
    for entity, char in (("lt", "<"), ("gt", ">"), ("quot", '"'), ("apos", "'"), ("amp", "&")):
        text = text.replace(f"&{entity};", char)
    return text


def is_stale(code: str) -> bool:
    """Whether an AWS error code means: these credentials are no longer good."""
    return code in (
        "ExpiredToken",
        "ExpiredTokenException",
        "RequestExpired",
        "InvalidClientTokenId",
        "UnrecognizedClientException",
    )


def is_stale_answer(answer: Answered) -> bool:
    """Whether AWS says that the credentials behind a request are no longer good."""
    return is_stale(error_code(answer))
