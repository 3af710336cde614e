"""Who the installer runs as, and a Python that this person can read."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

UNUSED = ("site-packages", "dist-packages", "test", "idlelib", "EXTERNALLY-MANAGED")
"""Of a Python's library: what a container's own would not bring."""


@dataclass(frozen=True)
class Person:
    """A user who is not root and owns nothing but the tree.

    When root runs the tests this is a second account, so that rights of files are
    real; otherwise it is the user who runs them.
    """

    name: str
    uid: int
    gid: int
    second: bool

    @classmethod
    def find(cls) -> Person:
        """The account ``nobody`` for root, else oneself."""
        if os.geteuid() != 0:
            own = pwd.getpwuid(os.getuid())
            return cls(own.pw_name, own.pw_uid, own.pw_gid, second=False)
        other = pwd.getpwnam("nobody")
        return cls(other.pw_name, other.pw_uid, other.pw_gid, second=True)

    def options(self) -> dict[str, Any]:
        """Options of ``subprocess`` that make a process this person's."""
        if not self.second:
            return {}
        return {"user": self.uid, "group": self.gid, "extra_groups": []}

    def can_read(self, path: Path) -> bool:
        """Whether the path, with the folders above it, is open to this person."""
        done = subprocess.run(  # noqa: S603 (own arguments)
            ["/usr/bin/test", "-r", str(path)], check=False, cwd="/", **self.options()
        )
        return done.returncode == 0

    def own(self, path: Path) -> None:
        """Give a file, or a folder and all in it, to this person; not what links name."""
        if not self.second:
            return
        os.chown(path, self.uid, self.gid, follow_symlinks=False)
        for at, folders, files in os.walk(path):
            for name in (*folders, *files):
                os.chown(Path(at) / name, self.uid, self.gid, follow_symlinks=False)


def _copy(source: str, target: str) -> str:
    """The same file under another name where that can be had, else a copy."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)
    return target


@dataclass(frozen=True)
class Image:
    """A Python and the packages beside it, as an image brings them."""

    python: Path
    """The program; to be copied to where it is to have its prefix."""
    library: Path
    """Its standard library."""
    packages: Path
    """What is installed in it: pip, JupyterLab, botocore and more."""
    lab: Path
    """JupyterLab's own files, of ``share/jupyter/lab``."""
    loader: Path | None
    """Folder of its shared library, if it has one."""
    version: str
    """Such as ``3.11``."""

    @classmethod
    def of(cls, base: Path, person: Person, folder: Path) -> Image:
        """The image of a Python that is on this machine.

        Args:
            base: prefix of the Python.
            folder: for copies of what the person cannot read.
        """
        found = sorted((base / "bin").glob("python3.[0-9]*[0-9]"), key=lambda p: len(p.name))
        python = found[0]
        version = python.name.removeprefix("python")
        packages = Path(sysconfig.get_path("purelib"))
        lab = Path(sys.prefix) / "share/jupyter/lab"

        def readable(path: Path, name: str) -> Path:
            if person.can_read(path):
                return path
            target = folder / name
            shutil.copytree(
                path,
                target,
                symlinks=True,
                copy_function=_copy,
                ignore=shutil.ignore_patterns(*UNUSED),
                dirs_exist_ok=True,
            )
            return target

        shared = sorted((base / "lib").glob("libpython3*.so*"))
        loader = None
        if shared and person.can_read(shared[0]):
            loader = base / "lib"
        elif shared:
            loader = folder / f"shared-{version}"
            loader.mkdir()
            for library in shared:
                _copy(str(library.resolve()), str(loader / library.name))
        return cls(
            python=readable(python.parent, f"bin-{version}") / python.name,
            library=readable(base / "lib" / f"python{version}", f"library-{version}"),
            packages=readable(packages, "packages"),
            lab=readable(lab, "lab"),
            loader=loader,
            version=version,
        )

    def make_prefix(self, prefix: Path) -> Path:
        """Make a prefix of its own, as ``/opt/conda`` is one: no virtual environment,
        so that the user's folders come first as they do there.

        Returns:
            its folder for packages.
        """
        library = prefix / "lib" / f"python{self.version}"
        site = Path(
            sysconfig.get_path("purelib", scheme="posix_prefix", vars={"base": str(prefix)})
        )
        site = Path(str(site).replace(f"python{sysconfig.get_python_version()}", library.name))
        for made in (prefix / "bin", site, prefix / "share/jupyter/labextensions"):
            made.mkdir(parents=True)
        (prefix / "etc/jupyter/jupyter_server_config.d").mkdir(parents=True)
        for name in ("python", "python3", self.python.name):
            shutil.copy2(self.python, prefix / "bin" / name)
        for entry in self.library.iterdir():
            if entry.name not in UNUSED:
                (library / entry.name).symlink_to(entry)
        (site / "image.pth").write_text(f"{self.packages}\n")
        (prefix / "share/jupyter/lab").symlink_to(self.lab)
        return site


@contextmanager
def small_disk(path: Path, person: Person, kilobytes: int) -> Iterator[list[str]]:
    """Put a small file system at a folder.

    Yields:
        words to begin a command with that is to meet it: where only a process's own
        view of the disks can be changed, they change it.

    Raises:
        pytest.fail.Exception: this machine lets nobody mount anything.
    """
    path.mkdir(parents=True, exist_ok=True)
    person.own(path)
    size = f"size={kilobytes}k,mode=755"
    mount = ["mount", "-t", "tmpfs", "-o", size, "none", str(path)]
    if person.second:
        owner = f",uid={person.uid},gid={person.gid}"
        mount[4] += owner
        done = subprocess.run(mount, capture_output=True, check=False)  # noqa: S603 (own arguments)
        if done.returncode == 0:
            try:
                yield []
            finally:
                subprocess.run(["umount", "-l", str(path)], check=True)  # noqa: S603, S607 (as above)
            return
    own_view = ["unshare", "--map-root-user", "--mount"]
    tried = subprocess.run([*own_view, *mount], capture_output=True, text=True, check=False)  # noqa: S603 (as above)
    if person.second or tried.returncode != 0:
        pytest.fail(f"a small disk cannot be made here: root, or user namespaces: {tried.stderr}")
    yield [*own_view, "/bin/sh", "-c", f'{" ".join(mount)} && exec "$0"']


def pythons() -> dict[str, Path]:
    """Version -> prefix of each Python of 3.10 to 3.12 on this machine that runs."""
    found = {f"{sys.version_info[0]}.{sys.version_info[1]}": Path(sys.base_prefix)}
    folders = [Path(one) for one in os.environ.get("PATH", "").split(":") if one]
    folders += sorted(Path.home().glob(".pyenv/versions/*/bin"))
    for minor in (10, 11, 12):
        version = f"3.{minor}"
        for folder in folders:
            if version in found:
                break
            program = folder / f"python{version}"
            if not program.exists():
                continue
            told = subprocess.run(  # noqa: S603 (a Python of this machine)
                [str(program), "-c", "import sys; print(sys.base_prefix)"],
                capture_output=True,
                text=True,
                check=False,
            )
            if told.returncode == 0:
                found[version] = Path(told.stdout.strip())
    return found
