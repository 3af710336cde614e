"""What a sandbox is asked to be, and what a run directory remembers of it."""

from __future__ import annotations

import json
import os
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from sandbox.catalogue import SEED
from sandbox.catalogue.registries import DEFAULT

from .studio.lab import Space

ROOT = Path(__file__).resolve().parents[1]
CURRENT: str = json.loads((ROOT / "sandbox/studio/versions.json").read_text("utf-8"))["current"]
"""JupyterLab version of the demo."""
DEFAULT_GROUPS = 40


@dataclass(frozen=True)
class Options:
    """What the command line asks for."""

    run_dir: Path
    persona: str = "data-scientist"
    groups: int | None = None
    """Over the first three registries; None: as many as the run directory had."""
    registries: int | None = None
    """Accounts with a registry; None: as many as the run directory had."""
    groups_per_registry: int | None = None
    """Of every registry, in place of ``groups``; None: as the run directory had."""
    port: int | None = None
    """Of the lab; 0: any free one; None: ``DEFAULT_PORT`` if free, else any."""
    faults: tuple[str, ...] = ()
    lab: bool = True
    space: Space = "private"
    mlflow_kinds: bool = False
    """Connect MLflow behind API Gateway and SageMaker as well."""
    mlflow_versions: tuple[str, ...] = ()
    """Connect an MLflow of each of these versions as well."""
    jupyterlab: str = CURRENT
    parent: int | None = None


@dataclass(frozen=True)
class Content:
    """What the catalogue is built from; kept over starts."""

    groups: int
    registries: int
    groups_per_registry: int | None
    now: float

    def arguments(self) -> list[str]:
        """Options of the stand-ins."""
        options = ["--groups", str(self.groups), "--registries", str(self.registries)]
        if self.groups_per_registry is not None:
            options += ["--groups-per-registry", str(self.groups_per_registry)]
        return [*options, "--seed", str(SEED), "--now", repr(self.now)]


def write_atomically(path: Path, content: dict[str, Any]) -> None:
    """Write JSON so that a reader sees the old file or the new one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    temporary.write_text(json.dumps(content, indent=2) + "\n", "utf-8")
    temporary.replace(path)


def remembered(options: Options) -> Content:
    """What the catalogue is built from: as asked for, else as at the last start."""
    file = options.run_dir / "state" / "catalogue.json"
    known = json.loads(file.read_text("utf-8")) if file.exists() else {}
    per_registry = options.groups_per_registry
    if per_registry is None and options.groups is None:
        per_registry = known.get("groups_per_registry")
    groups, registries = options.groups, options.registries
    content = Content(
        groups=int(known.get("groups", DEFAULT_GROUPS)) if groups is None else groups,
        registries=int(known.get("registries", DEFAULT)) if registries is None else registries,
        groups_per_registry=per_registry,
        now=float(known.get("now", time.time())),
    )
    write_atomically(file, {**asdict(content), "seed": SEED})
    return content
