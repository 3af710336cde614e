"""A stand-in of IBM OpenPages' REST API v2, as far as public documents tell of it."""

from __future__ import annotations

from . import schema as _names

TYPES: dict[str, str] = {
    "useCase": _names.USE_CASE,
    "entity": _names.ENTITY,
    "modelGroup": _names.MODEL_GROUP,
    "model": _names.MODEL,
}
"""``types`` of a connection to this instance."""

FIELDS: dict[str, str] = {
    "status": _names.STATUS,
    "riskLevel": _names.RISK,
    "owner": _names.OWNER,
    "groupArn": _names.GROUP_ARN,
}
"""``fields`` of a connection to this instance."""

__all__ = ["FIELDS", "TYPES"]
