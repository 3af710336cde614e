"""MLflow in the sandbox: trained once per machine, copied into each run directory."""

from __future__ import annotations

import asyncio
import shutil
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

from sandbox import mlflow_server
from sandbox.catalogue import build
from sandbox.mlflow_server import versions

from .supervisor_process import Child, SandboxError, clean_environment

ROOT = Path(__file__).resolve().parents[1]
SEEDS = ROOT / ".cache" / "sandbox-seed"
SEED = SEEDS / "mlflow"

Run = Callable[[list[str]], Awaitable[None]]


def _copy(source: Path, target: Path) -> None:
    """Copy a folder so that the target is there whole or not at all."""
    part = target.with_name(f".{target.name}.part")
    shutil.rmtree(part, ignore_errors=True)
    shutil.copytree(source, part)
    shutil.rmtree(target, ignore_errors=True)
    part.replace(target)


async def seeded_copy(run_dir: Path, run: Run, say: Callable[[str], None]) -> Path:
    """The run directory's MLflow, made from the seed when it has none yet.

    Args:
        run_dir: of the sandbox.
        run: runs a command to its end.
        say: tells the user what takes long.

    Returns:
        Folder with the database, the artifacts and ``index.json``.
    """
    target = run_dir / "mlflow"
    if not target.exists():
        if not mlflow_server.is_seeded(SEED, build(0)):
            say("Training the models that MLflow shows (once, up to a minute) ...")
            await run([sys.executable, "-m", __name__])
        await asyncio.to_thread(_copy, SEED, target)
    return target


async def other_copy(
    run_dir: Path, name: str, version: str, run: Run, say: Callable[[str], None]
) -> tuple[versions.Installed, Path]:
    """Another version of MLflow, installed and seeded by itself where it is not yet.

    Args:
        run_dir: of the sandbox.
        name: of the folder in it.
        version: one that has a lock, or the project's own.
        run: runs a command to its end.
        say: tells the user what takes long.
    """
    if version != versions.CURRENT and not versions.is_ready(version):
        say(f"Installing MLflow {version} (once, up to a minute) ...")
        await run([sys.executable, "-m", "sandbox.mlflow_server.install", version])
    installed = versions.ensure(version)
    target = run_dir / name
    if not target.exists():
        seed = SEEDS / f"mlflow-{version}"
        # It looks whether that was done before, with its own versions.
        say(f"Seeding MLflow {version} (once, up to a minute) ...")
        await run([installed.python, "-m", "sandbox.mlflow_server", "--brief", str(seed)])
        await asyncio.to_thread(_copy, seed, target)
    return installed, target


class MLflow:
    """The real MLflow server on a run directory's copy of the seed.

    Args:
        directory: from ``seeded_copy`` or ``other_copy``.
        port: of loopback.
        log: file that gets its output.
        installed: another version than the project's own.
    """

    def __init__(
        self,
        directory: Path,
        port: int,
        log: Path,
        installed: versions.Installed | None = None,
    ) -> None:
        self._directory = directory
        self.url = f"http://127.0.0.1:{port}"
        given = mlflow_server.environment(directory)
        env = {
            **clean_environment(),
            **{k: v for k, v in given.items() if "MLFLOW" in k or k == "DO_NOT_TRACK"},
        }
        command = mlflow_server.command(directory, port, installed)
        name = f"mlflow-{installed.version}" if installed else "mlflow"
        self.child = Child(name, command, log, env, ROOT)

    async def ready(self, timeout: float) -> None:
        """Wait until it answers.

        Args:
            timeout: seconds.

        Raises:
            SandboxError: it ended, or was too slow.
        """
        try:
            await asyncio.to_thread(mlflow_server.wait_ready, self.url, timeout, self.child.running)
        except ChildProcessError as error:
            raise self.child.ended_early() from error
        except TimeoutError as error:
            raise SandboxError(f"{error}.{self.child.tail()}") from error

    async def restart_from_seed(self, timeout: float) -> None:
        """Forget everything since the seed; the address stays.

        Args:
            timeout: seconds until it has to answer again.
        """
        await self.child.stop()
        await asyncio.to_thread(_copy, SEED, self._directory)
        await self.child.start()
        await self.ready(timeout)


if __name__ == "__main__":
    mlflow_server.seed(SEED, build(0))
