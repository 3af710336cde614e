"""`jupyter sagemaker-governance doctor`: the checks, from a terminal of the space.

Reads the configuration that the server reads; needs no running lab.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import logging
import sys
from collections.abc import Sequence
from datetime import datetime, timezone
from typing import Any

from jupyter_core.paths import jupyter_config_path
from jupyter_server.extension.config import ExtensionConfigManager
from jupyter_server.serverapp import ServerApp

from .. import __version__
from ..app import SageMakerGovernance
from ..relay import Relay
from .catalogue import CHECKS
from .report import GROUPS, text_report
from .run import examine

#: Exit codes; those of the admin command line mean the same.
FINE, BROKEN, USAGE, FOUND = 0, 1, 2, 3

_EPILOG = """\
Exit codes: 0 nothing failed, 1 the checks could not be run, 2 wrong usage,
3 something failed. Warnings alone are 0.
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Entry point of `jupyter-sagemaker-governance`; gives the exit code."""
    options = _parser().parse_args(arguments)
    _quiet()
    try:
        relay, switched_on = configured()
    except Exception as error:
        # Files of configuration are Python too: anything can happen in them.
        print(f"The configuration could not be read: {type(error).__name__}.", file=sys.stderr)
        return BROKEN
    unknown = sorted(set(options.only) - _known(relay))
    if unknown:
        print(
            f"There is no check, group or connection named {', '.join(unknown)}."
            f"\nChecks: {', '.join(CHECKS)}.\nGroups: {', '.join(GROUPS)}."
            f"\nConnections: {', '.join(relay.configuration.connections) or 'none'}.",
            file=sys.stderr,
        )
        return USAGE
    try:
        findings, ms = asyncio.run(_gather(relay, options.only, switched_on))
    except KeyboardInterrupt:
        print("\nStopped; nothing was changed.", file=sys.stderr)
        return BROKEN
    now = datetime.now(timezone.utc).strftime("%Y-%m-%d %H:%M:%S UTC")
    if options.json:
        counts: dict[str, int] = {}
        for one in findings:
            counts[one["state"]] = counts.get(one["state"], 0) + 1
        report = {"version": __version__, "at": now, "ms": ms, "counts": counts}
        print(json.dumps({**report, "findings": findings}, indent=2))
    else:
        head = f"Model governance {__version__}, checked {now} in {ms / 1000:.1f} s"
        sys.stdout.write(
            text_report(findings, head, _unicode(), tuple(relay.configuration.connections))
        )
    return FOUND if any(one["state"] == "failed" for one in findings) else FINE


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="jupyter sagemaker-governance",
        description="Model governance in this space.",
    )
    parser.add_argument("--version", action="version", version=__version__)
    commands = parser.add_subparsers(dest="command", required=True)
    doctor = commands.add_parser(
        "doctor",
        help="check this installation",
        description="Check this installation; only reads. Holds no secret: the output can be"
        " put into a ticket.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    doctor.add_argument("--json", action="store_true", help="print JSON")
    doctor.add_argument(
        "--only",
        action="extend",
        nargs="+",
        default=[],
        type=str,
        metavar="NAME",
        help="checks, groups or connections to look at",
    )
    return parser


def _known(relay: Relay) -> set[str]:
    connections = relay.configuration.connections
    kinds = {one.kind for one in connections.values()}
    return {*CHECKS, *GROUPS, *connections, *kinds}


def _quiet() -> None:
    """Say on stderr only what is worth it; libraries log what they send."""
    logging.basicConfig(level=logging.ERROR, format="%(message)s")


def configured() -> tuple[Relay, bool | None]:
    """The server's shared state by the configuration, and whether the server loads us."""
    server = ServerApp(log_level=logging.ERROR)
    server.load_config_file()
    app = SageMakerGovernance(log_level=logging.ERROR)
    app.serverapp = server
    app.load_config_file()
    app.update_config(server.config)
    manager = ExtensionConfigManager(read_config_path=jupyter_config_path())
    listed: dict[str, bool] = {
        **manager.get_jpserver_extensions(),
        **server.jpserver_extensions,
    }
    return app.make_relay(), listed.get("sagemaker_governance", False)


async def _gather(
    relay: Relay, only: Sequence[str], switched_on: bool | None
) -> tuple[list[dict[str, Any]], int]:
    findings: list[dict[str, Any]] = []
    total, ms = 0, 0
    try:
        async for line in examine(relay, None, only, running=False, server_enabled=switched_on):
            if "check" in line:
                findings.append(line)
            total = line.get("total", total)
            ms = line.get("ms", ms) if "done" in line else ms
            if "finished" in line:
                _progress(f"{line['finished']} of {total} checks")
    finally:
        _progress("")
        await relay.close()
    return findings, ms


def _progress(text: str) -> None:
    """Say how far it is, where a person looks at it."""
    if sys.stderr.isatty():
        print(f"\r\033[K{text}", end="", file=sys.stderr, flush=True)


def _unicode() -> bool:
    return (sys.stdout.encoding or "").lower().replace("-", "").startswith("utf")


if __name__ == "__main__":
    sys.exit(main())
