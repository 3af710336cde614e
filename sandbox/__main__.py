"""``python -m sandbox``: AWS, OpenPages, MLflow and Studio on this machine."""

from __future__ import annotations

import argparse
import asyncio
import sys
from pathlib import Path

from sandbox.catalogue.model import PERSONAS
from sandbox.gate import FAULTS

from .supervisor import DEFAULT_GROUPS, DEFAULT_PORT, Options, Supervisor
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


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m sandbox", description=__doc__)
    add = parser.add_argument
    add("--run-dir", type=Path, required=True, help="state, logs and sandbox.json")
    add("--as", dest="persona", choices=sorted(PERSONAS), default="data-scientist")
    add("--groups", type=_groups, help=f"model package groups (default {DEFAULT_GROUPS})")
    add("--port", type=_port, help=f"of the lab; 0: any free one (default {DEFAULT_PORT})")
    add("--fault", action="append", default=[], choices=sorted(FAULTS), metavar="NAME")
    add("--list-faults", action="store_true", help="show the names of the faults")
    add("--space", choices=("private", "shared"), default="private")
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
        port=arguments.port,
        faults=tuple(arguments.fault),
        lab=not arguments.no_lab,
        space=arguments.space,
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
