"""Files of MLflow's UI from an installed mlflow, for servers that show none.

No code of that mlflow is imported: its version is read from `version.py`, and files are
given out as they are.
"""

from __future__ import annotations

import hashlib
import json
import mimetypes
import posixpath
import re
import site
import sys
import sysconfig
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from jupyter_core.paths import jupyter_path

from ..errors import RelayError

#: A content hash in the name: such a file never changes.
_HASHED = re.compile(r"\.[0-9a-f]{8,}\.(?:[a-z]+\.)*[a-z0-9]+$", re.IGNORECASE)
_VERSION = re.compile(r"^VERSION\b[^=]*=\s*[\"']([\w.+-]+)[\"']", re.MULTILINE)
#: Types that some systems' tables lack.
_TYPES = {
    ".js": "text/javascript",
    ".mjs": "text/javascript",
    ".css": "text/css",
    ".json": "application/json",
    ".wasm": "application/wasm",
    ".woff": "font/woff",
    ".woff2": "font/woff2",
    ".svg": "image/svg+xml",
    ".html": "text/html; charset=utf-8",
}


@dataclass(frozen=True)
class Build:
    """The UI of one installed mlflow."""

    version: str
    #: Folder with `index.html`.
    folder: Path

    def file(self, path: str) -> Path | None:
        """A file of the UI by its path below MLflow's root; None: there is none."""
        name = "index.html" if path in ("", "index.html") else path.removeprefix("static-files/")
        if posixpath.normpath(name) != name or name.startswith(("/", "..")) or "\\" in name:
            return None
        found = self.folder / name
        try:
            return found if found.is_file() and self._has(found.resolve(), name) else None
        except OSError:
            # A name that is too long, a folder that may not be read.
            return None

    def _has(self, real: Path, name: str) -> bool:
        """Whether a file is one of the build, wherever links lead.

        Installers link packages from their store file by file: then it is a file of the
        same name in a build there.
        """
        return real.is_relative_to(self.folder.resolve()) or real.parts[
            -len(_TAIL) - len(Path(name).parts) :
        ] == (*_TAIL, *Path(name).parts)


def is_asset(path: str) -> bool:
    """Whether a path of MLflow is a file of its UI."""
    return path in ("", "index.html", "favicon.ico") or path.startswith("static-files/")


def builds(folders: Iterable[str] = (), kernels: Iterable[Path] = ()) -> list[Build]:
    """All UIs that are installed where we may look; blocks on the disk.

    Parameters
    ----------
    folders
        Named by an administrator: site-packages, mlflow packages or builds.
    kernels
        Folders of kernel specifications, whose environments are looked into.
    """
    found: dict[Path, Build] = {}
    for place in _places(folders, kernels):
        for folder in (place, place / "server" / "js" / "build", place / "mlflow" / _BUILD):
            if (folder / "index.html").is_file():
                package = folder.parents[2] if folder.parts[-3:] == _TAIL else None
                version = _version(package) if package else None
                if version:
                    found.setdefault(folder.resolve(), Build(version, folder))
                break
    return list(found.values())


_TAIL = ("server", "js", "build")
_BUILD = Path(*_TAIL)


def _places(folders: Iterable[str], kernels: Iterable[Path]) -> Iterator[Path]:
    for folder in folders:
        yield Path(folder).expanduser()
    # Not `sys.path`: the folder that the server was started in may be on it.
    for location in (sysconfig.get_path("purelib"), sysconfig.get_path("platlib")):
        yield Path(location)
    for location in (*site.getsitepackages(), site.getusersitepackages()):
        yield Path(location)
    seen = {Path(sys.prefix).resolve()}
    for kernel in kernels:
        prefix = _prefix(kernel)
        if prefix is not None and prefix.resolve() not in seen:
            seen.add(prefix.resolve())
            yield from sorted(prefix.glob("lib/python3*/site-packages"))


def kernel_folders() -> list[Path]:
    """Folders of the kernel specifications that Jupyter knows."""
    found: list[Path] = []
    for root in jupyter_path("kernels"):
        try:
            found += sorted(Path(root).iterdir())
        except OSError:
            # Not there, or not to be read: then there are no kernels for us.
            continue
    return found


def _prefix(kernel: Path) -> Path | None:
    """Environment of a Python kernel, from its `argv`."""
    try:
        argv = json.loads((kernel / "kernel.json").read_text(encoding="utf-8"))["argv"]
        python = Path(argv[0])
    except (OSError, ValueError, KeyError, TypeError, IndexError):
        return None
    return python.parent.parent if python.is_absolute() and python.parent.name == "bin" else None


def _version(package: Path) -> str | None:
    try:
        match = _VERSION.search((package / "version.py").read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError):
        return None
    return match[1] if match else None


def nearest(candidates: list[Build], version: str | None) -> Build | None:
    """The UI that fits a server best: of its release, else the next one above.

    A newer UI asks for calls that an older server may lack, and says so; an older UI
    misreads what it does not know. Another major version comes last.
    """
    if not candidates:
        return None
    newest = max(candidates, key=lambda build: numbers(build.version))
    if version is None:
        return newest
    wanted = numbers(version)

    def distance(build: Build) -> tuple[object, ...]:
        has = numbers(build.version)
        return (
            has[0] != wanted[0],
            has[1] != wanted[1],
            has < wanted,
            tuple(abs(a - b) for a, b in zip(has, wanted, strict=True)),
        )

    return min(candidates, key=distance)


def skew(build: Build, version: str | None) -> str:
    """How far a UI is from its server: `none`, `patch`, `minor`, `major` or `unknown`."""
    if version is None:
        return "unknown"
    has, wanted = numbers(build.version), numbers(version)
    if has == wanted:
        return "none"
    return "patch" if has[:2] == wanted[:2] else "minor" if has[0] == wanted[0] else "major"


def numbers(version: str) -> tuple[int, int, int]:
    """Major, minor and patch of a version."""
    found = [int(part) for part in re.findall(r"\d+", version)[:3]]
    major, minor, patch, *_ = (*found, 0, 0, 0)
    return major, minor, patch


def content_type(file: Path) -> str:
    """Type of a file by its name."""
    suffix = file.suffix.lower()
    return _TYPES.get(suffix) or mimetypes.guess_type(file.name)[0] or "application/octet-stream"


def cache_headers(build: Build, file: Path) -> dict[str, str]:
    """How long a browser may keep a file."""
    stat = file.stat()
    mark = f"{build.version}/{file.name}/{stat.st_size}/{stat.st_mtime_ns}"
    hashed = _HASHED.search(file.name)
    return {
        "ETag": f'"{hashlib.sha256(mark.encode()).hexdigest()[:24]}"',
        "Cache-Control": "private, max-age=31536000, immutable" if hashed else "private, no-cache",
    }


def none_installed(label: str, version: str | None, connection: str) -> RelayError:
    """The error when no UI is installed anywhere."""
    wanted = f"mlflow=={version}" if version else "mlflow"
    return RelayError(
        "no_ui_assets",
        f"{label} shows no pages to programs, and no installed mlflow was found to show instead.",
        f"Install {wanted} where the Jupyter server or a kernel runs, or have an administrator name"
        " a folder in SageMakerGovernance.mlflow_assets; or open MLflow in a browser tab.",
        connection,
    )
