"""Child processes that never outlive the sandbox."""

from __future__ import annotations

import asyncio
import ctypes
import json
import os
import signal
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, BinaryIO

PR_SET_PDEATHSIG = 1
PR_SET_CHILD_SUBREAPER = 36

TAIL_LINES = 30
#: In which a part has to answer.
READY_SECONDS = 120.0


class SandboxError(RuntimeError):
    """Something the user can act on; printed without a traceback.

    Args:
        message: what happened, to what.
        hint: what to do next.
    """

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint


def _prctl(option: int, value: int) -> None:
    """Call Linux's ``prctl``; elsewhere do nothing."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(option, value, 0, 0, 0)


def end_with_parent(parent: int | None = None) -> None:
    """Get SIGTERM when the parent process ends.

    Args:
        parent: process id that the parent must have; if it is gone already,
            this process ends at once.
    """
    _prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    if parent is not None and os.getppid() != parent:
        raise SystemExit(f"The process {parent} that started this one is gone.")


def adopt_orphans() -> None:
    """Become the parent of grandchildren whose own parent ends."""
    _prctl(PR_SET_CHILD_SUBREAPER, 1)


def clean_environment(extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """Environment of a child: ours without what could change what it talks to.

    The user's own AWS, Jupyter, MLflow and Python settings are left out, and
    proxies never apply to loopback.
    """
    dropped = ("AWS_", "SAGEMAKER_", "JUPYTER", "JPY_", "MLFLOW_", "PYTHON", "BOTO_")
    kept = {k: v for k, v in os.environ.items() if not k.startswith(dropped)}
    for name in ("NO_PROXY", "no_proxy"):
        kept[name] = ",".join(filter(None, [kept.get(name), "127.0.0.1", "localhost"]))
    return {**kept, "PYTHONNOUSERSITE": "1", "PYTHONUNBUFFERED": "1", **(extra or {})}


class Child:
    """One process in its own group, with its output in a log file.

    Args:
        name: what people call it.
        command: program and arguments.
        log: file that gets its output, overwritten.
        env: complete environment.
        cwd: working folder.
    """

    def __init__(
        self,
        name: str,
        command: Sequence[str],
        log: Path,
        env: Mapping[str, str],
        cwd: Path,
    ) -> None:
        self.name = name
        self.log = log
        self._command = list(command)
        self._env = dict(env)
        self._cwd = cwd
        self._process: asyncio.subprocess.Process | None = None
        self._output: BinaryIO | None = None
        self._copying: asyncio.Task[None] | None = None

    @property
    def pid(self) -> int:
        """Process id.

        Raises:
            SandboxError: it was not started.
        """
        if self._process is None:
            raise SandboxError(f"{self.name} was not started.")
        return self._process.pid

    async def start(self, *, announces: bool = False) -> None:
        """Start it.

        Args:
            announces: its standard output begins with a line for ``announcement``.
        """
        self.log.parent.mkdir(parents=True, exist_ok=True)
        self._output = self.log.open("wb")
        supervisor = os.getpid()

        def in_child() -> None:
            end_with_parent(supervisor)

        self._process = await asyncio.create_subprocess_exec(
            *self._command,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE if announces else self._output,
            stderr=self._output,
            env=self._env,
            cwd=self._cwd,
            start_new_session=True,
            preexec_fn=in_child,
        )

    async def announcement(self, timeout: float) -> dict[str, Any]:
        """The JSON object that it prints when it is ready.

        Args:
            timeout: seconds.

        Raises:
            SandboxError: it ended, was too slow or printed something else.
        """
        process = self._process
        if process is None or process.stdout is None:
            raise SandboxError(f"{self.name} was not started to announce itself.")
        deadline = asyncio.get_running_loop().time() + timeout
        while True:
            left = deadline - asyncio.get_running_loop().time()
            try:
                line = await asyncio.wait_for(process.stdout.readline(), left)
            except asyncio.TimeoutError:
                raise SandboxError(
                    f"{self.name} was not ready after {timeout:.0f} s.{self.tail()}",
                    f"its log: {self.log}",
                ) from None
            if not line:
                await process.wait()
                raise self.ended_early()
            self._write(line)
            if line.startswith(b"{"):
                self._copying = asyncio.create_task(self._copy(process.stdout))
                return dict(json.loads(line))

    async def _copy(self, stream: asyncio.StreamReader) -> None:
        while chunk := await stream.read(65536):
            self._write(chunk)

    def _write(self, data: bytes) -> None:
        if self._output is not None:
            self._output.write(data)
            self._output.flush()

    def tail(self) -> str:
        """End of its log, for a message."""
        lines = self.log.read_text("utf-8", "replace").splitlines()[-TAIL_LINES:]
        return "".join(f"\n  | {line}" for line in lines)

    def running(self) -> bool:
        """Whether it was started and has not ended."""
        return self._process is not None and self._process.returncode is None

    async def wait(self) -> int:
        """Wait for its end and return its exit code."""
        if self._process is None:
            raise SandboxError(f"{self.name} was not started.")
        return await self._process.wait()

    def ended_early(self) -> SandboxError:
        """The error that says that it ended although nobody asked it to."""
        code = None if self._process is None else self._process.returncode
        return SandboxError(
            f"{self.name} ended (exit code {code}).{self.tail()}", f"its log: {self.log}"
        )

    def _signal(self, number: signal.Signals) -> None:
        try:
            os.killpg(self.pid, number)
        except ProcessLookupError:
            return

    async def stop(self, grace: float = 8.0) -> None:
        """End it and its group: asked first, then by force after ``grace`` seconds."""
        if self._process is not None:
            if self.running():
                self._signal(signal.SIGTERM)
                try:
                    await asyncio.wait_for(self._process.wait(), grace)
                except asyncio.TimeoutError:
                    self._signal(signal.SIGKILL)
                    await self._process.wait()
            # What its group still holds ends too.
            self._signal(signal.SIGKILL)
        if self._copying is not None:
            self._copying.cancel()
            self._copying = None
        if self._output is not None:
            self._output.close()
            self._output = None
