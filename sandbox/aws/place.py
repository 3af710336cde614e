"""Where and when a request counts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

Record = dict[str, Any]
"""JSON object with the members of one of SageMaker's own shapes."""


@dataclass(frozen=True)
class Place:
    """Account and region of a request, and the moment that it counts as."""

    account: str
    region: str
    user: Record
    """``UserContext`` of the caller."""
    now: float
