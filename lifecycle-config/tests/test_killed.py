"""The installer killed at every step, and two of them at once."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from conftest import S3
from studio import CONFIG_FILE, DOCTOR, LABEXTENSION, SERVER, STATE, Studio, with_version
from studio_lab import started

TRACE = """set -o functrace
trap '{{
  printf x >>{folder}/count
  read -r sg_count <{folder}/count
  if [ "${{#sg_count}}" -ge {stop} ]; then
    echo "${{#sg_count}} $BASHPID" >{folder}/next && mv {folder}/next {folder}/reached
    kill -STOP $BASHPID
  fi
}} 2>/dev/null' DEBUG
"""
"""Read by every bash of a run: it stops before each command from a number on."""

HOOK = """import os, signal, sys
count = 0
def watch(event, args):
    global count
    written = event == "open" and isinstance(args[2], int) and args[2] & (os.O_WRONLY | os.O_RDWR)
    if written or event in ("os.mkdir", "os.rename", "os.remove", "os.rmdir"):
        count += 1
        if count == {stop}:
            os.close(os.open("{folder}/reached", os.O_CREAT | os.O_WRONLY))
            os.kill(os.getpid(), signal.SIGSTOP)
if "install" in sys.orig_argv:
    sys.addaudithook(watch)
    import atexit
    atexit.register(lambda: open("{folder}/pip", "w").write(str(count)))
"""
"""Read by every Python of a run: pip stops before it changes a file for a number of times."""


class Killer:
    """Runs the installer up to a step."""

    def __init__(self, studio: Studio) -> None:
        self.studio = studio
        self.folder = studio.folder / "trace"
        self.reached = self.folder / "reached"
        self.folder.mkdir()
        self.hook = studio.site / "sitecustomize.py"

    def _start(self) -> subprocess.Popen[str]:
        self.studio.person.own(self.folder)
        process = self.studio.start()
        self.studio.env.pop("BASH_ENV", None)
        return process

    def _fresh(self) -> None:
        shutil.rmtree(self.folder)
        self.folder.mkdir()

    def _trace(self, step: int) -> subprocess.Popen[str]:
        self._fresh()
        (self.folder / "trace.sh").write_text(TRACE.format(folder=self.folder, stop=step))
        self.studio.env["BASH_ENV"] = str(self.folder / "trace.sh")
        return self._start()

    def _wait(self, process: subprocess.Popen[str]) -> bool:
        """Wait for the run to stop; False: it came to its end."""
        deadline = time.monotonic() + 60
        while process.poll() is None and not self.reached.exists():
            assert time.monotonic() < deadline, "the installer neither stops nor ends"
            time.sleep(0.001)
        return self.reached.exists()

    def stops(self) -> Iterator[int]:
        """Run to the end, with a stop before each command: number after number."""
        process = self._trace(1)
        while self._wait(process):
            step, pid = (int(word) for word in self.reached.read_text().split())
            while state(pid) != "T":
                time.sleep(0.001)
            yield step
            self.reached.unlink()
            os.kill(pid, signal.SIGCONT)
        assert process.wait(20) == 0
        self.studio.kill(process)

    def kill_at(self, step: int) -> None:
        """Run, and kill everything before the command with this number."""
        process = self._trace(step)
        assert self._wait(process), f"there is no step {step}"
        self.studio.kill(process)

    def kill_pip_at(self, change: int) -> bool:
        """Run, and kill everything before pip's change of a file with this number."""
        self._fresh()
        self.hook.write_text(HOOK.format(folder=self.folder, stop=change))
        process = self._start()
        found = self._wait(process)
        self.studio.kill(process)
        self.hook.unlink()
        return found


def state(pid: int) -> str:
    """State of a process: ``T`` is stopped."""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]


class Parts:
    """What the installer has in a container and on the volume, to be put back."""

    def __init__(self, studio: Studio) -> None:
        self.studio = studio
        inside = (STATE, LABEXTENSION, SERVER, DOCTOR, CONFIG_FILE)
        self.places = [studio.prefix / name for name in inside]
        self.places += [studio.site / "sagemaker-governance.pth", studio.home / ".cache"]
        self.kept = studio.folder / "parts"
        self.kept.mkdir()
        for number, place in enumerate(self.places):
            self._copy(place, self.kept / str(number))

    @staticmethod
    def _copy(source: Path, target: Path) -> None:
        if source.is_symlink():
            target.symlink_to(source.readlink())
        elif source.exists():
            shutil.copytree(source, target, symlinks=True)

    def restore(self) -> None:
        """Put everything back."""
        for number, place in enumerate(self.places):
            if place.is_symlink():
                place.unlink()
            elif place.exists():
                shutil.rmtree(place)
            self._copy(self.kept / str(number), place)
            if place.exists() or place.is_symlink():
                self.studio.person.own(place)

    def disk(self) -> set[tuple[str, str]]:
        """What is on the disks now, without what the installer notes for itself."""
        found = set()
        for root in (*self.places, self.studio.restarts):
            inside = root.rglob("*") if root.is_dir() and not root.is_symlink() else ()
            for path in (root, *inside):
                if path.is_symlink():
                    found.add((str(path), str(path.readlink())))
                elif path.is_file() and path.name not in ("lock", "step"):
                    found.add((str(path), str(path.stat().st_size)))
        return found


def kill_everywhere(studio: Studio, old: str | None) -> None:
    """See every step, and kill wherever the step before has changed something.

    What SIGKILL leaves is what is on the disk at that moment: so each command is
    stopped at and looked at, and runs are really killed at those where the disk
    differs from the step before.
    """
    new = studio.variables["VERSION"]
    parts = Parts(studio)
    killer = Killer(studio)
    found, changed, before = [], [], parts.disk()
    for step in killer.stops():
        found.append(studio.seen())
        assert found[-1] in (old, new), f"before step {step}"
        now = parts.disk()
        if now != before:
            changed.append((step, found[-1]))
            before = now
    assert len(found) > 60
    assert len(changed) > 10, changed
    # One step changes the lab: nothing but the old before it, the new after it.
    assert found == sorted(found, key=lambda version: version == new)
    assert {old, new} == set(found)
    for number, (step, expected) in enumerate(changed):
        parts.restore()
        killer.kill_at(step)
        assert studio.seen() == expected, f"killed before step {step}"
        if number % 3 == 0:
            result = studio.run()
            assert (result.code, result.errors(), studio.seen()) == (0, [], new)


def finish(studio: Studio) -> None:
    """A start after all that is as any other."""
    result = studio.run()
    assert (result.code, result.errors()) == (0, [])
    assert studio.seen() == studio.variables["VERSION"]
    assert len(list((studio.prefix / STATE).glob("v.*"))) == 1
    assert not list(studio.home.rglob("*.part"))
    with started(studio) as lab:
        assert lab.version() == studio.variables["VERSION"]


@pytest.mark.timeout(600)
def test_killed_at_every_step_of_a_first_start(studio: Studio) -> None:
    kill_everywhere(studio, None)
    finish(studio)


@pytest.mark.timeout(600)
def test_killed_at_every_step_of_an_upgrade(
    studio: Studio, s3: S3, wheel: Path, place: Path
) -> None:
    newer = with_version(wheel, "99.0.0", place / "newer")
    s3.upload(newer)
    studio.run()
    studio.pin(newer)
    kill_everywhere(studio, wheel.name.split("-")[1])
    finish(studio)


def test_killed_while_pip_writes(studio: Studio) -> None:
    """At eight of pip's own changes of files, spread over all of them."""
    killer = Killer(studio)
    parts = Parts(studio)
    assert not killer.kill_pip_at(1_000_000)
    changes = int((killer.folder / "pip").read_text())
    assert changes > 50
    parts.restore()
    for at in range(1, 9):
        assert killer.kill_pip_at(changes * at // 9), f"pip made no change {changes * at // 9}"
        assert studio.seen() is None
    finish(studio)


@pytest.mark.parametrize("how", ["the same", "another version"])
def test_two_starts_at_once(
    how: str,
    studio: Studio,
    s3: S3,
    wheel: Path,
    place: Path,
) -> None:
    """In one container: one after the other, and each finds a whole installation."""
    first = studio.start()
    if how == "another version":
        newer = with_version(wheel, "99.0.0", place / "newer")
        s3.upload(newer)
        studio.pin(newer)
    second = studio.start()
    with ThreadPoolExecutor(2) as pool:
        ends = pool.map(lambda one: one.communicate(timeout=100), (first, second))
        said = [log for log, _ in ends]
    assert (first.returncode, second.returncode) == (0, 0)
    assert all(log.startswith("sagemaker-governance: DONE") for log in said), said
    if how == "the same":
        assert sorted("nothing changed" in log for log in said) == [False, True], said
        assert studio.restart_count() == 1
    assert studio.seen() in ("99.0.0", wheel.name.split("-")[1])
    assert len(list((studio.prefix / STATE).glob("v.*"))) == 1
    with started(studio) as lab:
        assert lab.version() == studio.seen()
