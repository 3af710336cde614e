"""Starts every part of the sandbox, watches it, and ends all of it."""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import errno
import fcntl
import json
import os
import signal
import sys
import time
from collections.abc import Awaitable, Iterator
from pathlib import Path
from typing import Any, TextIO
from urllib.parse import urlsplit

import aiohttp
import psutil

from sandbox.catalogue.model import PERSONAS
from sandbox.catalogue.registries import HOMES, Home
from sandbox.gate import FAULTS, ControlServer, Gate

from .studio import environment, lab
from .supervisor_lab import choose_port, start_lab
from .supervisor_mlflow import MLflow, other_copy, seeded_copy
from .supervisor_options import Content, Options, remembered, write_atomically
from .supervisor_process import (
    READY_SECONDS,
    Child,
    SandboxError,
    adopt_orphans,
    clean_environment,
    end_with_parent,
)

ROOT = Path(__file__).resolve().parents[1]


def say(text: str) -> None:
    """Tell the user something; stdout is left to ``Lab ready``."""
    print(text, file=sys.stderr, flush=True)


@contextlib.contextmanager
def held(path: Path) -> Iterator[bool]:
    """Hold a lock file while the block runs; gives False when another has it.

    The system frees it when its process ends, however it ends.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    file: TextIO
    with path.open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            if error.errno not in (errno.EWOULDBLOCK, errno.EACCES):
                raise
            yield False
        else:
            yield True


def gate_name(home: Home) -> str:
    """Name of the gate before an account's registry."""
    return "aws" if home is HOMES[0] else f"aws-{home.id}"


def _origin(url: str) -> str:
    """Scheme, host and port of a URL."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


class Supervisor:
    """The sandbox of one run directory.

    Args:
        options: what was asked for.
    """

    def __init__(self, options: Options) -> None:
        self._options = options
        self._dir = options.run_dir
        self._file = self._dir / "sandbox.json"
        self._children: list[Child] = []
        self._gates: list[Gate] = []
        self._control: ControlServer | None = None
        self._mlflow: MLflow | None = None
        self._restarting = asyncio.Lock()
        self._stop = asyncio.Event()

    async def run(self) -> int:
        """Run until told to stop; returns the exit code.

        Raises:
            SandboxError: a part could not be started, or ended by itself.
        """
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            loop.add_signal_handler(number, self._stop.set)
        if self._options.parent is not None:
            end_with_parent(self._options.parent)
        adopt_orphans()
        self._dir.mkdir(parents=True, exist_ok=True)
        if self._options.lab:
            self._check_lab_environment()
        persona_lock = self._dir / "labs" / f"{self._options.persona}.lock"
        with held(self._dir / "sandbox.lock") as ours:
            if not ours and not self._options.lab:
                raise SandboxError(
                    f"A sandbox runs in {self._dir} already.",
                    "use it (sandbox.json), or choose another folder with --run-dir.",
                )
            with held(persona_lock) as free:
                if not free:
                    raise self._already_running()
                try:
                    await self._race(self._start() if ours else self._join())
                finally:
                    await self._end(ours)
        return 0

    async def _race(self, starting: Awaitable[None]) -> None:
        """Start and then watch, until told to stop."""
        task = asyncio.ensure_future(starting)
        stop = asyncio.ensure_future(self._stop.wait())
        await asyncio.wait({task, stop}, return_when=asyncio.FIRST_COMPLETED)
        if not task.done():
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            return
        await task
        while not self._stop.is_set():
            with contextlib.suppress(asyncio.TimeoutError):
                await asyncio.wait_for(self._stop.wait(), 0.5)
            ended = [child for child in self._children if not child.running()]
            # A reset stops MLflow for a moment.
            if ended and not self._stop.is_set() and not self._restarting.locked():
                raise ended[0].ended_early()

    # ------------------------------------------------------------ the sandbox

    async def _start(self) -> None:
        began = time.monotonic()
        self._file.unlink(missing_ok=True)
        if self._options.lab and self._options.port:
            # Said before the rest is started; the lab takes it at the end.
            choose_port(self._options.port)
        content = remembered(self._options)
        homes = HOMES[: content.registries]
        mlflow_dir = await seeded_copy(self._dir, self._spawn_seeding, say)
        mlflow = MLflow(mlflow_dir, choose_port(0), self._dir / "logs" / "mlflow.log")
        aws, openpages = (
            self._stand_in("aws", content, mlflow_dir, mlflow.url),
            self._stand_in("openpages", content),
        )
        self._mlflow = mlflow
        self._children += [aws, openpages, mlflow.child]
        say("Starting AWS, OpenPages and MLflow ...")
        await asyncio.gather(
            aws.start(announces=True),
            openpages.start(announces=True),
            mlflow.child.start(),
        )
        said, said_openpages, _ready = await asyncio.gather(
            aws.announcement(READY_SECONDS),
            openpages.announcement(READY_SECONDS),
            mlflow.ready(READY_SECONDS),
        )
        upstreams = {
            **{gate_name(home): said["url"] for home in homes},
            "openpages": said_openpages["url"].removesuffix("/opgrc"),
            "mlflow": mlflow.url,
            **{f"mlflow-{door}": _origin(url) for door, url in said["mlflow"].items()},
        }
        listening = await self._open_gates(upstreams)
        endpoints = lab.Endpoints(
            registries={home.id: listening[gate_name(home)] for home in homes},
            openpages=f"{listening['openpages']}/opgrc",
            mlflow=listening["mlflow"],
            mlflow_gateway=listening["mlflow-gateway"] + urlsplit(said["mlflow"]["gateway"]).path,
            mlflow_managed=listening["mlflow-managed"],
            mlflow_login=listening["mlflow-login"],
            credentials=f"{listening['control']}/credentials",
        )
        state: dict[str, Any] = {
            "persona": self._options.persona,
            "control": listening["control"],
            "aws": endpoints.registries["own"],
            "registries": endpoints.registries,
            "mlflow": endpoints.mlflow,
            "mlflow_gateway": endpoints.mlflow_gateway,
            "mlflow_managed": endpoints.mlflow_managed,
            "mlflow_login": endpoints.mlflow_login,
            "openpages": endpoints.openpages,
            "credentials": endpoints.credentials,
            "accounts": {home.id: home.account for home in homes},
            "groups": content.groups,
            "groups_per_registry": content.groups_per_registry,
            "pids": {"sandbox": os.getpid()},
        }
        for fault in self._options.faults:
            await self._switch_on(listening["control"], fault)
        if self._options.lab:
            child, url = await self._start_lab(endpoints)
            state |= {"lab": url, "pids": {"sandbox": os.getpid(), "lab": child.pid}}
        write_atomically(self._file, state)
        say(f"All up in {time.monotonic() - began:.1f} s; parts: {self._file}")
        if self._options.lab:
            print(f"Lab ready: {state['lab']}", flush=True)

    def _stand_in(
        self, name: str, content: Content, mlflow_dir: Path | None = None, mlflow_url: str = ""
    ) -> Child:
        state = self._dir / "state" / f"{name}.jsonl"
        command = [sys.executable, "-m", f"sandbox.{name}", "--port", "0"]
        command += [*content.arguments(), "--state", str(state)]
        if mlflow_dir is not None:
            command += ["--mlflow-index", str(mlflow_dir / "index.json"), "--mlflow", mlflow_url]
        return self._spawn(name, command)

    def _spawn(self, name: str, command: list[str]) -> Child:
        log = self._dir / "logs" / f"{name}.log"
        return Child(name, command, log, clean_environment(), ROOT)

    async def _spawn_seeding(self, command: list[str]) -> None:
        """Run the seeding of MLflow to its end."""
        child = self._spawn("mlflow-seed", command)
        await child.start()
        try:
            if await child.wait() != 0:
                raise child.ended_early()
        finally:
            await child.stop()

    async def _open_gates(self, upstreams: dict[str, str]) -> dict[str, str]:
        """Put a gate before each upstream; returns the URLs to use."""
        self._gates = [Gate(name, url) for name, url in upstreams.items()]
        await asyncio.gather(*(gate.start() for gate in self._gates))
        self._control = ControlServer(self._gates, resets={"mlflow": self._reset_mlflow})
        await self._control.start()
        return {
            **{gate.name: gate.url for gate in self._gates},
            "control": self._control.url,
        }

    async def _reset_mlflow(self) -> None:
        """Start MLflow again, on the same port, from its seed."""
        if self._mlflow is not None:
            async with self._restarting:
                await self._mlflow.restart_from_seed(READY_SECONDS)

    async def _switch_on(self, control: str, fault: str) -> None:
        if fault not in FAULTS:
            known = ", ".join(sorted(FAULTS))
            raise SandboxError(f"There is no fault '{fault}'.", f"use one of {known}.")
        async with (
            aiohttp.ClientSession() as session,
            session.post(f"{control}/faults", json={"name": fault}) as answer,
        ):
            if answer.status >= 400:
                raise SandboxError(f"Fault '{fault}' was refused: {await answer.text()}")
        say(f"Fault switched on: {fault} ({FAULTS[fault]})")

    async def _start_others(self) -> dict[str, str]:
        """Start the other versions of MLflow, this lab's own; version -> URL."""
        started: dict[str, MLflow] = {}
        for version in self._options.mlflow_versions:
            name = f"mlflow-{version}-{self._options.persona}"
            installed, place = await other_copy(self._dir, name, version, self._spawn_seeding, say)
            log = self._dir / "logs" / f"{name}.log"
            started[version] = MLflow(place, choose_port(0), log, installed)
            await started[version].child.start()
            self._children.append(started[version].child)
        await asyncio.gather(*(one.ready(READY_SECONDS) for one in started.values()))
        return {version: one.url for version, one in started.items()}

    # ---------------------------------------------------------------- the lab

    def _check_lab_environment(self) -> None:
        version = self._options.jupyterlab
        if not (environment.directory(version) / "sandbox.json").exists():
            raise SandboxError(
                f"There is no environment for JupyterLab {version}.",
                "make it with: npm run setup (or use npm run demo, which does it first).",
            )

    async def _start_lab(self, endpoints: lab.Endpoints) -> tuple[Child, str]:
        child, url = await start_lab(
            self._options,
            dataclasses.replace(endpoints, mlflow_versions=await self._start_others()),
            say,
        )
        self._children.append(child)
        persona = self._options.persona
        write_atomically(
            self._dir / "labs" / f"{persona}.json",
            {"lab": url, "persona": persona, "pid": child.pid},
        )
        return child, url

    def _already_running(self) -> SandboxError:
        persona = self._options.persona
        file = self._dir / "labs" / f"{persona}.json"
        url = json.loads(file.read_text("utf-8"))["lab"] if file.exists() else "starting"
        others = ", ".join(name for name in PERSONAS if name != persona)
        return SandboxError(
            f"A lab of {persona} runs in {self._dir} already: {url}",
            f"use it, join it with --as ({others}), or choose another folder with --run-dir.",
        )

    async def _join(self) -> None:
        """Start only a lab, against the sandbox that runs in the folder."""
        deadline = time.monotonic() + READY_SECONDS
        while not self._file.exists():
            if time.monotonic() > deadline:
                raise SandboxError(
                    f"The sandbox in {self._dir} does not get ready.",
                    f"look at its logs in {self._dir / 'logs'}.",
                )
            await asyncio.sleep(0.2)
        state = json.loads(self._file.read_text("utf-8"))
        say(f"Joining the sandbox of process {state['pids']['sandbox']} ...")
        for option, has in (
            ("groups", state["groups"]),
            ("registries", len(state["registries"])),
            ("groups_per_registry", state["groups_per_registry"]),
        ):
            if getattr(self._options, option) not in (None, has):
                name = option.replace("_", "-")
                say(f"It runs with --{name} {has}; what is asked for is left aside.")
        endpoints = lab.Endpoints(
            registries=state["registries"],
            openpages=state["openpages"],
            mlflow=state["mlflow"],
            mlflow_gateway=state["mlflow_gateway"],
            mlflow_managed=state["mlflow_managed"],
            mlflow_login=state["mlflow_login"],
            credentials=state["credentials"],
        )
        for fault in self._options.faults:
            await self._switch_on(state["control"], fault)
        _child, url = await self._start_lab(endpoints)
        print(f"Lab ready: {url}", flush=True)
        asyncio.get_running_loop().create_task(self._end_with(state["pids"]["sandbox"]))

    async def _end_with(self, pid: int) -> None:
        """End when the sandbox that we joined ends: a new one has other ports."""
        while psutil.pid_exists(pid):
            with contextlib.suppress(asyncio.TimeoutError):
                await asyncio.wait_for(self._stop.wait(), 1)
                return
        say("The sandbox that this lab had joined was stopped.")
        self._stop.set()

    # ---------------------------------------------------------------- the end

    async def _end(self, ours: bool) -> None:
        """End everything that was started, the lab first."""
        (self._dir / "labs" / f"{self._options.persona}.json").unlink(missing_ok=True)
        if ours:
            self._file.unlink(missing_ok=True)
        labs = [child for child in self._children if child.name.startswith("lab-")]
        await asyncio.gather(*(child.stop() for child in labs))
        if self._control is not None:
            await self._control.stop()
        await asyncio.gather(*(gate.stop() for gate in self._gates))
        await asyncio.gather(*(child.stop() for child in self._children))
        # Kernels and workers that outlived their parent came to us.
        left = psutil.Process().children(recursive=True)
        for process in left:
            with contextlib.suppress(psutil.NoSuchProcess):
                process.kill()
        psutil.wait_procs(left, timeout=3)
