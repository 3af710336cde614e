"""``python -m sandbox``: AWS, OpenPages, MLflow and Studio on this machine."""

from __future__ import annotations

import argparse
import asyncio
import sys
from pathlib import Path

from sandbox.catalogue.model import PERSONAS
from sandbox.catalogue.registries import DEFAULT, EXTRA_GROUPS, MAX_PER_REGISTRY, MAXIMUM
from sandbox.gate import FAULTS

from .mlflow_server.versions import CURRENT as MLFLOW
from .mlflow_server.versions import OLDER
from .supervisor import Supervisor
from .supervisor_lab import DEFAULT_PORT
from .supervisor_options import DEFAULT_GROUPS, Options
from .supervisor_process import SandboxError


def _port(text: str) -> int:
    port = int(text)
    if not 0 <= port <= 65535:
        raise argparse.ArgumentTypeError(f"{port} is not a port")
    return port


def _groups(text: str) -> int:
    groups = int(text)
    if not 0 <= groups <= 10_000:
        raise argparse.ArgumentTypeError("must be between 0 and 10000")
    return groups


def _registries(text: str) -> int:
    registries = int(text)
    if not 1 <= registries <= MAXIMUM:
        raise argparse.ArgumentTypeError(f"must be between 1 and {MAXIMUM}")
    return registries


def _per_registry(text: str) -> int:
    groups = int(text)
    if not 0 <= groups <= MAX_PER_REGISTRY:
        raise argparse.ArgumentTypeError(f"must be between 0 and {MAX_PER_REGISTRY}")
    return groups


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m sandbox", description=__doc__)
    add = parser.add_argument
    add("--run-dir", type=Path, required=True, help="state, logs and sandbox.json")
    add("--as", dest="persona", choices=sorted(PERSONAS), default="data-scientist")
    how_many = parser.add_mutually_exclusive_group().add_argument
    how_many(
        "--groups",
        type=_groups,
        metavar="N",
        help=f"model package groups over the first three registries (default {DEFAULT_GROUPS})",
    )
    how_many(
        "--groups-per-registry",
        type=_per_registry,
        metavar="N",
        help="the same number of groups in every registry",
    )
    add(
        "--registries",
        type=_registries,
        metavar="N",
        help=f"connected SageMaker registries, the own one included (default {DEFAULT}); those"
        f" beyond three have {EXTRA_GROUPS} groups each, or as --groups-per-registry says",
    )
    add("--port", type=_port, help=f"of the lab; 0: any free one (default {DEFAULT_PORT})")
    add("--fault", action="append", default=[], choices=sorted(FAULTS), metavar="NAME")
    add("--list-faults", action="store_true", help="show the names of the faults")
    add("--space", choices=("private", "shared"), default="private")
    add(
        "--mlflow-kinds",
        action="store_true",
        help="connect MLflow behind API Gateway, a tracking server and an App as well",
    )
    add(
        "--mlflow-version",
        action="append",
        default=[],
        choices=[MLFLOW, *OLDER],
        help="connect an MLflow of this version as well (may be repeated)",
    )
    add("--jupyterlab", default=Options.jupyterlab, metavar="VERSION")
    add("--no-lab", action="store_true", help="only the upstreams")
    add("--parent", type=int, help="end when this process ends")
    return parser


def main() -> int:
    """Run the sandbox; returns the exit code."""
    if "--list-faults" in sys.argv:
        for name, meaning in sorted(FAULTS.items()):
            print(f"{name:22} {meaning}")
        return 0
    arguments = _parser().parse_args()
    options = Options(
        run_dir=arguments.run_dir.resolve(),
        persona=arguments.persona,
        groups=arguments.groups,
        registries=arguments.registries,
        groups_per_registry=arguments.groups_per_registry,
        port=arguments.port,
        faults=tuple(arguments.fault),
        lab=not arguments.no_lab,
        space=arguments.space,
        mlflow_kinds=arguments.mlflow_kinds,
        mlflow_versions=tuple(dict.fromkeys(arguments.mlflow_version)),
        jupyterlab=arguments.jupyterlab,
        parent=arguments.parent,
    )
    try:
        return asyncio.run(Supervisor(options).run())
    except SandboxError as error:
        print(f"\nError: {error}", file=sys.stderr)
        if error.hint:
            print(f"What to do: {error.hint}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    raise SystemExit(main())
