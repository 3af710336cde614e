"""``python -m sandbox.aws``: AWS for the sandbox, as one HTTP server."""

from __future__ import annotations

import argparse
import json
import logging
import os
import signal
import socket
import sys
import threading
from pathlib import Path

from werkzeug.serving import BaseWSGIServer

from sandbox.catalogue import SEED
from sandbox.catalogue.registries import DEFAULT, MAXIMUM


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m sandbox.aws", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="0 (default): any free port")
    parser.add_argument("--groups", type=int, default=40, help="model package groups in all")
    parser.add_argument("--registries", type=int, default=DEFAULT, help="accounts with a registry")
    parser.add_argument("--groups-per-registry", type=int, help="of every registry, not in all")
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--state", type=Path, help="journal of writes, played at the next start")
    parser.add_argument("--mlflow-index", type=Path, help="index.json of the seeded MLflow")
    parser.add_argument(
        "--mlflow", metavar="URL", help="MLflow to open API Gateway and SageMaker for"
    )
    parser.add_argument("--now", type=float, help="moment that ages count from, epoch seconds")
    parser.add_argument(
        "--iam",
        action=argparse.BooleanOptionalAction,
        default=True,
        help="decide by policies (signatures are checked anyway)",
    )
    arguments = parser.parse_args()
    if arguments.groups < 0:
        parser.error("--groups must be at least 0")
    if not 1 <= arguments.registries <= MAXIMUM:
        parser.error(f"--registries must be 1 to {MAXIMUM}")
    return arguments


def _check_port(port: int) -> None:
    if port == 0:
        return
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            sys.exit(f"sandbox.aws: port {port} cannot be used ({error.strerror}); try --port 0")


def main() -> None:
    """Start, print ``{"url": ...}`` and serve until a signal."""
    arguments = _arguments()
    _check_port(arguments.port)
    # moto reads these when it is imported; a real configuration must not leak in.
    os.environ.setdefault("AWS_DEFAULT_REGION", "eu-west-1")
    os.environ.pop("MOTO_ACCOUNT_ID", None)
    # SageMaker sends no Access-Control-Allow-Origin.
    os.environ["MOTO_DISABLE_GLOBAL_CORS"] = "true"
    from .authorization import SimulatorError
    from .journal import JournalError
    from .mlflow_doors import open_doors
    from .server import serve, warm
    from .world import Settings, SettingsError, World

    logging.getLogger("werkzeug").setLevel(logging.WARNING)
    try:
        world = World(
            Settings(
                groups=arguments.groups,
                registries=arguments.registries,
                groups_per_registry=arguments.groups_per_registry,
                seed=arguments.seed,
                state=arguments.state,
                mlflow_index=arguments.mlflow_index,
                iam=arguments.iam,
                now=arguments.now,
            )
        )
    except (SettingsError, JournalError, SimulatorError) as error:
        sys.exit(f"sandbox.aws: {error}")
    server = serve(world, arguments.port)
    warm(world, server)
    said: dict[str, object] = {"url": f"http://127.0.0.1:{server.server_port}"}
    doors: list[BaseWSGIServer] = []
    if arguments.mlflow:
        doors, said["mlflow"] = open_doors(world, arguments.mlflow)
    for door in doors:
        threading.Thread(target=door.serve_forever, daemon=True).start()
    print(json.dumps(said), flush=True)

    def stop(number: int, frame: object) -> None:
        # shutdown() waits for the loop below, so it cannot run in its thread.
        threading.Thread(target=server.shutdown, daemon=True).start()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    try:
        server.serve_forever()
    finally:
        world.close()


if __name__ == "__main__":
    main()
