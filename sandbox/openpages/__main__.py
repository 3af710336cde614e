"""``python -m sandbox.openpages``: run the stand-in until it is told to stop."""

from __future__ import annotations

import argparse
import asyncio
import json
import logging
import os
import signal
from pathlib import Path

from aiohttp import web

from sandbox.catalogue import build
from sandbox.catalogue.registries import DEFAULT

from .app import CONTEXT, Application
from .auth import DEFAULT_APIKEY, DEFAULT_PASSWORD, Auth
from .store import Store


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m sandbox.openpages", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="0: any free one")
    parser.add_argument("--groups", type=int, default=40, help="model package groups")
    parser.add_argument("--registries", type=int, default=DEFAULT, help="accounts with a registry")
    parser.add_argument("--groups-per-registry", type=int, help="of every registry, not in all")
    parser.add_argument("--seed", type=int, default=20261121)
    parser.add_argument("--now", type=float, help="moment of the catalogue, epoch seconds")
    parser.add_argument("--state", type=Path, help="journal of the writes, kept over starts")
    parser.add_argument("--token-seconds", type=int, default=3600, help="life of a token")
    return parser.parse_args()


async def _serve(arguments: argparse.Namespace) -> None:
    catalogue = build(
        arguments.groups,
        arguments.seed,
        arguments.now,
        registries=arguments.registries,
        groups_per_registry=arguments.groups_per_registry,
    )
    store = Store(catalogue, arguments.state)
    auth = Auth(
        apikey=os.environ.get("SANDBOX_OPENPAGES_APIKEY", DEFAULT_APIKEY),
        password=os.environ.get("SANDBOX_OPENPAGES_PASSWORD", DEFAULT_PASSWORD),
        seconds=arguments.token_seconds,
    )
    runner = web.AppRunner(Application(store, auth).build(), access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", arguments.port)
    await site.start()
    port = runner.addresses[0][1]
    print(json.dumps({"url": f"http://127.0.0.1:{port}{CONTEXT}"}), flush=True)
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    await stop.wait()
    await runner.cleanup()


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s: %(message)s")
    asyncio.run(_serve(_arguments()))
