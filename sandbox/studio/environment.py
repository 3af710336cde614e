"""The Python environment that a lab of the sandbox runs in.

One per JupyterLab version, with only what Studio's images bring and the wheel
needs: the wheel is installed without its dependencies, as in Studio, so a
dependency that no image carries shows up here.

    python -m sandbox.studio.environment --wheel dist/X.whl 4.6.6 [4.5.11 ...]
"""

from __future__ import annotations

import argparse
import hashlib
import json
import re
import shutil
import subprocess
import sys
from importlib import metadata
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[2]
LOCK = ROOT / "sandbox" / "requirements.lock"
LABS = ROOT / ".cache" / "labs"

BROUGHT_BY_IMAGES = ("jupyterlab", "jupyter-server", "ipykernel", "botocore", "aiohttp")


def directory(version: str) -> Path:
    """Folder of the environment for a JupyterLab version."""
    return LABS / version


def _closure(names: tuple[str, ...]) -> dict[str, str]:
    """Name -> version of packages and all they need, as installed here."""
    found: dict[str, str] = {}
    waiting = [Requirement(name) for name in names]
    while waiting:
        requirement = waiting.pop()
        name = canonicalize_name(requirement.name)
        distribution = metadata.distribution(name)
        extras = requirement.extras or {""}
        if name in found and extras == {""}:
            continue
        found[name] = distribution.version
        for text in distribution.requires or ():
            inner = Requirement(text)
            if inner.marker is None or any(
                inner.marker.evaluate({"extra": extra}) for extra in extras
            ):
                waiting.append(inner)
    return found


def _locked(packages: dict[str, str]) -> str:
    """The lines of the lock, with hashes, for the given packages."""
    blocks = re.split(r"\n(?=[A-Za-z0-9])", LOCK.read_text("utf-8"))
    chosen = []
    for block in blocks:
        match = re.match(r"([A-Za-z0-9._-]+)(?:\[[^]]*\])?==([^\s;\\]+)", block)
        if match and packages.get(canonicalize_name(match[1])) == match[2]:
            chosen.append(block.rstrip())
    missing = len(packages) - len(chosen)
    if missing:
        raise SystemExit(f"{missing} packages of the lab are not in {LOCK.name}.")
    return "\n".join(chosen) + "\n"


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _plan(version: str) -> tuple[str, str]:
    """Locked requirements of an environment, and the key that they make."""
    packages = _closure(BROUGHT_BY_IMAGES)
    if packages["jupyterlab"] != version:
        del packages["jupyterlab"]
    locked = _locked(packages)
    key = f"{version} {sys.version_info[:3]} {locked}"
    return locked, hashlib.sha256(key.encode()).hexdigest()


def _pip(python: Path, *arguments: str) -> None:
    command = [str(python), "-m", "pip", "install", "--disable-pip-version-check", "-q"]
    subprocess.run([*command, "--no-deps", *arguments], check=True)  # noqa: S603 (own arguments)


def _stamp(version: str) -> dict[str, str]:
    file = directory(version) / "sandbox.json"
    return dict(json.loads(file.read_text("utf-8"))) if file.exists() else {}


def is_ready(version: str, wheel: Path) -> bool:
    """Whether the environment is complete and holds exactly this wheel."""
    return _stamp(version) == {"key": _plan(version)[1], "wheel": _sha256(wheel)}


def ensure(version: str, wheel: Path) -> None:
    """Make the environment and install the wheel, whatever is missing of it.

    Args:
        version: of JupyterLab, exact.
        wheel: built wheel of the extension.

    Raises:
        subprocess.CalledProcessError: pip failed; it has said why.
    """
    locked, key = _plan(version)
    target = directory(version)
    python = target / "bin" / "python"
    stamp = target / "sandbox.json"
    if _stamp(version).get("key") != key:
        shutil.rmtree(target, ignore_errors=True)
        target.parent.mkdir(parents=True, exist_ok=True)
        subprocess.run([sys.executable, "-m", "venv", str(target)], check=True)  # noqa: S603 (own arguments)
        requirements = target / "requirements.txt"
        requirements.write_text(locked, "utf-8")
        _pip(python, "--require-hashes", "-r", str(requirements))
        if f"\njupyterlab=={version} " not in f"\n{locked}":
            _pip(python, f"jupyterlab=={version}")
    stamp.write_text(json.dumps({"key": key, "wheel": ""}), "utf-8")
    _pip(python, "--no-index", "--force-reinstall", str(wheel))
    stamp.write_text(json.dumps({"key": key, "wheel": _sha256(wheel)}), "utf-8")


def main() -> None:
    """Command line; exit code 1 from ``--check`` when something is missing."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("versions", nargs="+", metavar="VERSION")
    parser.add_argument("--wheel", type=Path, required=True)
    parser.add_argument("--check", action="store_true", help="only look")
    options = parser.parse_args()
    for version in options.versions:
        if options.check:
            if not is_ready(version, options.wheel):
                raise SystemExit(1)
        else:
            ensure(version, options.wheel)


if __name__ == "__main__":
    main()
