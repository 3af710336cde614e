"""Starts the lab of a persona, on a port that may be taken meanwhile."""

from __future__ import annotations

import asyncio
import socket
import sys
import time
from collections.abc import Callable
from pathlib import Path

import aiohttp

from .studio import lab
from .supervisor_options import Options
from .supervisor_process import READY_SECONDS, Child, SandboxError, clean_environment

DEFAULT_PORT = 8888
#: Starts of a lab whose port somebody else took before it did.
_TRIES = 3


def choose_port(wanted: int | None) -> int:
    """A port that is free on loopback.

    Raises:
        SandboxError: the wanted one is taken.
    """
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", DEFAULT_PORT if wanted is None else wanted))
        except OSError as error:
            if wanted is not None:
                raise SandboxError(
                    f"Port {wanted} cannot be used: {error.strerror}.",
                    "choose another with --port N, or --port 0 for any free one.",
                ) from error
            probe.close()
            return choose_port(0)
        return int(probe.getsockname()[1])


async def start_lab(
    options: Options, endpoints: lab.Endpoints, say: Callable[[str], None]
) -> tuple[Child, str]:
    """Start it and wait until it answers; gives the process and its URL.

    Raises:
        SandboxError: it ended, or did not answer in time.
    """
    persona = options.persona
    for left in reversed(range(_TRIES)):
        port = choose_port(options.port)
        prepared = lab.prepare(
            options.run_dir,
            persona,
            endpoints,
            port=port,
            space=options.space,
            mlflow_kinds=options.mlflow_kinds,
            jupyterlab=options.jupyterlab,
            inherited=clean_environment(),
            kernel_python=Path(sys.executable),
        )
        log = options.run_dir / "logs" / f"lab-{persona}.log"
        child = Child(f"lab-{persona}", prepared.command, log, prepared.env, prepared.cwd)
        say(f"Starting JupyterLab {options.jupyterlab} as {persona} ...")
        await child.start()
        try:
            await _answers(child, prepared.url)
        except BaseException:
            taken = not child.running() and f"port {port} is not available" in child.tail()
            await child.stop()
            if not taken or not left:
                raise
            say(f"Port {port} was taken meanwhile; trying another ...")
            continue
        return child, prepared.url
    raise AssertionError("the last try returns or raises")


async def _answers(child: Child, url: str) -> None:
    """Wait until a page of the lab answers 200."""
    deadline = time.monotonic() + READY_SECONDS
    async with aiohttp.ClientSession() as session:
        while child.running():
            try:
                async with session.get(url) as answer:
                    if answer.status == 200:
                        return
                    reason = f"{url} answered {answer.status}"
            except aiohttp.ClientError as error:
                reason = str(error)
            if time.monotonic() > deadline:
                raise SandboxError(
                    f"The lab was not ready after {READY_SECONDS:.0f} s: {reason}.{child.tail()}",
                    f"its log: {child.log}",
                )
            await asyncio.sleep(0.1)
    raise child.ended_early()
