"""Limits of an exchange, from the traits of the app."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Limits:
    """Traits of the app: seconds (0: none) and bytes."""

    connect_timeout: float = 10.0
    read_timeout: float = 60.0
    total_timeout: float = 3600.0
    max_request_bytes: int = 1 << 30
    max_response_bytes: int = 5 << 30
    spool_memory: int = 1 << 20
