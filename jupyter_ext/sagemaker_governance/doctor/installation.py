"""Checks of what is installed and where it runs; of files and environment only."""

from __future__ import annotations

import json
import os
import platform
import re
import site
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jupyter_server
import tornado
from jupyter_core.paths import jupyter_config_path, jupyter_path

from .. import __version__
from ..environment import read_environment
from .finding import FAILED, INFO, OK, WARNING, Finding

if TYPE_CHECKING:
    from ..relay import Relay

LABEXTENSION = "jupyterlab-sagemaker-governance"
PACKAGE = "sagemaker_governance"
_SWITCH = "jupyter_server_config.d/sagemaker_governance.json"


@dataclass(frozen=True)
class Page:
    """What the browser says of itself; all None without a browser."""

    #: Version of the front end that runs.
    version: str | None = None
    #: Contract that it keeps, `API_VERSION`.
    api: int | None = None
    #: Version of JupyterLab.
    lab: str | None = None


def short(path: str | Path) -> str:
    """A path with the home folder as `~`."""
    text, home = str(path), str(Path.home())
    return f"~{text[len(home) :]}" if text.startswith(f"{home}{os.sep}") else text


def versions(relay: Relay, page: Page) -> list[Finding]:
    """Whether page, server extension and files on disk are one release."""
    from ..relay import API_VERSION

    disk = _labextension_version()
    installed = _distribution_version()
    parts = [f"server extension {__version__}"]
    if page.version is not None:
        parts.append(f"page {page.version}")
    parts.append(f"files of the page {disk or 'not found'}")
    parts.append(f"image {relay.environment.image_version or 'not known'}")
    text = ", ".join(parts)
    if installed is not None and installed != __version__:
        return [
            Finding(
                "versions",
                FAILED,
                f"{text}; installed is {installed}",
                "The server still runs what was there before: restart it"
                " (restart-jupyter-server in a terminal, or stop and run the space).",
            )
        ]
    if disk is None:
        return [
            Finding(
                "versions",
                FAILED,
                f"{text}: the front end is not installed",
                f"There is no {LABEXTENSION} in Jupyter's labextensions folders. Install the"
                " wheel again; the log of the installer says what happened.",
            )
        ]
    if disk != __version__:
        return [
            Finding(
                "versions",
                FAILED,
                f"{text}: the two parts are of different releases",
                "Install one wheel for both parts; the check of other copies names the folder"
                " that is in the way. Then restart the app.",
            )
        ]
    if page.version is not None and (page.version != __version__ or page.api != API_VERSION):
        return [
            Finding(
                "versions",
                FAILED,
                f"{text}: the page is of another release",
                "Reload the page of the lab; if this line stays, restart the space.",
            )
        ]
    return [Finding("versions", OK, text)]


def _labextension_version() -> str | None:
    """Version of the front end that the lab would serve: the first that is found."""
    for folder in jupyter_path("labextensions"):
        data = _json(Path(folder) / LABEXTENSION / "package.json")
        if isinstance(data, dict):
            version = data.get("version")
            return version if isinstance(version, str) else "unknown"
    return None


def _distribution_version() -> str | None:
    """Version of the installed package, if what runs here is of it."""
    here = Path(__file__).resolve().parents[2]
    for one in metadata.distributions(path=[str(here)]):
        if (one.metadata["Name"] or "").lower().replace("_", "-") == LABEXTENSION:
            return one.version
    return None


async def software(relay: Relay, page: Page) -> list[Finding]:
    """Versions of what the server part stands on."""
    forwarder = await relay.ready()
    parts = {
        "python": platform.python_version(),
        "jupyterlab": page.lab or _version("jupyterlab"),
        "jupyter_server": jupyter_server.__version__,
        "tornado": tornado.version,
        "aiohttp": forwarder.version,
        "botocore": relay.aws.version,
    }
    text = ", ".join(f"{name} {version}" for name, version in parts.items() if version)
    return [Finding("software", INFO, text)]


def _version(name: str) -> str | None:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None


def app(relay: Relay) -> list[Finding]:
    """Whether this is an app of Studio that is supported."""
    now = read_environment(relay.environment.metadata_path)
    text = f"app type {now.app_type or 'not known'}, image {now.image_version or 'not known'}"
    if now.kind == "unified-studio":
        return [
            Finding(
                "app",
                FAILED,
                f"{text}, in SageMaker Unified Studio",
                "Unified Studio is not supported: use a JupyterLab space of SageMaker Studio.",
            )
        ]
    if now.app_type not in (None, "JupyterLab"):
        return [
            Finding("app", FAILED, text, "Only apps of type JupyterLab are supported: open one.")
        ]
    if now.app_type is None:
        return [
            Finding(
                "app",
                WARNING,
                text,
                "This does not look like a space of Studio. Elsewhere, name region and"
                " connections in the configuration, and expect no user profile.",
            )
        ]
    return [Finding("app", OK, text)]


def space(relay: Relay) -> list[Finding]:
    """Whose space it is."""
    now = read_environment(relay.environment.metadata_path)
    facts = {
        "kind": now.kind.removeprefix("studio-"),
        "domain": now.domain_id,
        "space": now.space_name,
        "user profile": now.user_profile_name,
        "region": now.region,
        "account": now.account,
    }
    text = ", ".join(f"{name} {value}" for name, value in facts.items() if value)
    if now.problem:
        return [
            Finding(
                "space",
                FAILED,
                f"{text}. {now.problem}",
                "Restart the space, so that Studio writes the file again.",
            )
        ]
    if now.kind == "studio-private":
        return [Finding("space", OK, text)]
    if now.kind == "studio-shared":
        return [
            Finding(
                "space",
                WARNING,
                text,
                "In a shared space nobody can be told apart: approvals are off. Ask for approval"
                " and decide in a private space.",
            )
        ]
    return [
        Finding(
            "space",
            WARNING,
            text,
            "Approvals need a private space of Studio, which names its user profile.",
        )
    ]


def configuration(relay: Relay) -> list[Finding]:
    """What of the configuration is not used, and where it comes from."""
    found = [
        Finding("configuration", FAILED, problem.message, problem.hint, problem.connection)
        for problem in relay.configuration.problems
    ]
    if found:
        return found
    ours = [short(name) for name in relay.config_files if _names_us(Path(name))]
    where = ", ".join(ours) or "no file: the defaults hold"
    count = len(relay.configuration.connections)
    return [
        Finding("configuration", OK, f"{count} connection{'' if count == 1 else 's'}, from {where}")
    ]


def _names_us(file: Path) -> bool:
    """Whether a file of configuration says something of this extension."""
    try:
        return "SageMakerGovernance" in file.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return False


def enabled(running: bool, server_enabled: bool | None) -> list[Finding]:
    """Whether the lab loads the panel, and the server its part.

    Parameters
    ----------
    running
        Asked through the server: its part runs.
    server_enabled
        By configuration, where it does not run; None: not known.
    """
    off = list(_disabled())
    if off:
        names = ", ".join(f"{name} ({where})" for name, where in off)
        return [
            Finding(
                "enabled",
                FAILED,
                f"switched off in the lab: {names}",
                "Take the name out of disabledExtensions in that file, or ask who put it there;"
                " then reload the page.",
            )
        ]
    if running:
        return [Finding("enabled", OK, "the server extension runs; nothing of the lab's is off")]
    if server_enabled is False:
        return [
            Finding(
                "enabled",
                FAILED,
                f"the server extension is not switched on: no {_SWITCH}",
                "Install the wheel again, or run: jupyter server extension enable"
                f" {PACKAGE}. Then restart the server.",
            )
        ]
    return [
        Finding("enabled", OK, "the server extension is switched on; nothing of the lab's is off")
    ]


def _disabled() -> Iterator[tuple[str, str]]:
    for folder in jupyter_config_path():
        file = Path(folder) / "labconfig" / "page_config.json"
        data = _json(file)
        listed = data.get("disabledExtensions") if isinstance(data, dict) else None
        names = (
            [name for name, off in listed.items() if off]
            if isinstance(listed, dict)
            else listed
            if isinstance(listed, list)
            else []
        )
        for name in names:
            if isinstance(name, str) and re.fullmatch(rf"{LABEXTENSION}(:[\w-]+)?", name):
                yield name, short(file)


def copies() -> list[Finding]:
    """Other copies of either part, that could be loaded in place of this one."""
    here = Path(__file__).resolve().parents[1]
    found: list[Finding] = []
    for folder in _packages():
        if folder.resolve() == here:
            continue
        found.append(
            Finding(
                "copies",
                WARNING,
                f"another copy of the server extension: {short(folder)}",
                f"Remove it, it can be loaded in place of {short(here)}:"
                f" rm -r {short(folder)}, then restart the server.",
            )
        )
    if _under(here, _user_places()) and _installed_for_all():
        found.insert(
            0,
            Finding(
                "copies",
                FAILED,
                f"the server runs a copy of the user's: {short(here)}",
                "It hides the one that the administrator installs. Remove it:"
                f" rm -r {short(here)}, then restart the server.",
            ),
        )
    served: Path | None = None
    for place in dict.fromkeys(jupyter_path("labextensions")):
        one = Path(place) / LABEXTENSION
        if not (one / "package.json").is_file():
            continue
        if served is None:
            served = one
            continue
        hidden = _under(served, _user_places())
        found.append(
            Finding(
                "copies",
                FAILED if hidden else WARNING,
                f"the page is served from {short(served)}, which hides {short(one)}",
                f"Remove the one that should not be there: rm -r {short(served)}"
                if hidden
                else f"Remove the one that is not used: rm -r {short(one)}",
            )
        )
    return found or [Finding("copies", OK, f"only {short(here)}")]


def _packages() -> Iterator[Path]:
    """Folders of our package, on Python's path and beside it."""
    places = dict.fromkeys(
        [*(entry or os.getcwd() for entry in sys.path), site.getusersitepackages()]
    )
    known: set[Path] = set()
    for place in places:
        folder = Path(place) / PACKAGE
        if (folder / "__init__.py").is_file() and folder.resolve() not in known:
            known.add(folder.resolve())
            yield folder


def _installed_for_all() -> bool:
    """Whether a copy is in the environment of the server, not only in the user's."""
    users = _user_places()
    return any(not _under(folder.resolve(), users) for folder in _packages())


def _user_places() -> list[Path]:
    return [Path(site.getuserbase()), Path.home() / ".local", *_user_jupyter()]


def _user_jupyter() -> list[Path]:
    from jupyter_core.paths import jupyter_data_dir

    return [Path(jupyter_data_dir())]


def _under(path: Path, places: list[Path]) -> bool:
    inside = [place.resolve() for place in places]
    # An environment in the home folder is no copy of the user's.
    prefix = Path(sys.prefix).resolve()
    whole = path.resolve()
    return not whole.is_relative_to(prefix) and any(whole.is_relative_to(one) for one in inside)


def _json(file: Path) -> Any:
    try:
        return json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
