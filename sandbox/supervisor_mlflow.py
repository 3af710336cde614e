"""MLflow in the sandbox: seeded once, copied into each run directory."""

from __future__ import annotations
