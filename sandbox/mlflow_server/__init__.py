"""The sandbox's MLflow: the real server, with runs that were really trained."""

from __future__ import annotations

from .seed import fingerprint, is_seeded, seed
from .server import command, environment, wait_ready

__all__ = ["command", "environment", "fingerprint", "is_seeded", "seed", "wait_ready"]
