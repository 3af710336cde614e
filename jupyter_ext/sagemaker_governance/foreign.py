"""Reading what somebody else wrote: it may be of any shape, and may be meant to hurt."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

#: Values in one text. MLflow's largest pages have some hundred thousand; ten million of
#: nothing, 32 MB of text, would take 900 MB and seconds.
_MOST_VALUES = 2_000_000


def parse_json(
    text: bytes | str,
    object_pairs_hook: Callable[[list[tuple[str, Any]]], Any] | None = None,
) -> Any:
    """`json.loads`, whose every failure is a `ValueError`.

    Raises
    ------
    ValueError
        Not JSON, nested so deeply that Python gives up (a `RecursionError`), or of so
        many values that they would fill the memory.
    """
    data = text.encode("utf-8", "surrogatepass") if isinstance(text, str) else text
    if data.count(b",") + data.count(b"[") + data.count(b"{") > _MOST_VALUES:
        raise ValueError("too many values")
    try:
        return json.loads(text, object_pairs_hook=object_pairs_hook)
    except RecursionError as error:
        raise ValueError("nested too deeply") from error
