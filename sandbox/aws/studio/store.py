"""What Studio keeps, and the rules that its resources share.

Where AWS does not publish how something works, the choice is a member of ``Studio`` that
tests can turn: how an update merges, and how long it takes.
"""

from __future__ import annotations

import copy
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Literal

from ..errors import ApiError, invalid
from ..place import Place, Record

Merge = Literal["member", "leaf", "whole"]
"""How an update of settings changes what is there.

``member``: a member of the settings that the update names is replaced as a whole, the
others stay. ``leaf``: nested members stay too. ``whole``: the settings are replaced.
"""
MERGES: tuple[Merge, ...] = ("member", "leaf", "whole")
NONE = "None"
"""Literal that takes a lifecycle configuration away, by the pattern of its ARN."""
APP_TYPE_OF = {
    "JupyterServerAppSettings": "JupyterServer",
    "KernelGatewayAppSettings": "KernelGateway",
    "CodeEditorAppSettings": "CodeEditor",
    "JupyterLabAppSettings": "JupyterLab",
}
LIVE = ("InService", "Pending")
"""Status of an app that counts as running."""


@dataclass
class Domain:
    """A domain with all that is in it; records are as their ``Describe`` answers."""

    record: Record
    profiles: dict[str, Record] = field(default_factory=dict)
    spaces: dict[str, Record] = field(default_factory=dict)
    apps: dict[tuple[str, str, str], Record] = field(default_factory=dict)
    """By owner (``space/<name>`` or ``profile/<name>``), app type and app name."""

    def live_apps(self) -> list[Record]:
        """Apps that run or start."""
        return [app for app in self.apps.values() if app["Status"] in LIVE]


@dataclass
class Shelf:
    """Studio's resources of one account and region."""

    lifecycle: dict[str, Record] = field(default_factory=dict)
    domains: dict[str, Domain] = field(default_factory=dict)
    tags: dict[str, dict[str, str]] = field(default_factory=dict)
    """Of lifecycle configurations, by ARN."""


class Studio:
    """Studio of every account and region.

    Attributes:
        merge: how updates of settings merge; AWS does not say.
        settle: seconds that a domain or a user profile stays in ``Updating``.
        lag: seconds that ``Describe`` goes on telling what was before an update.
    """

    def __init__(self) -> None:
        self._shelves: dict[tuple[str, str], Shelf] = {}
        self.merge: Merge = "member"
        self.settle = 0.0
        self.lag = 0.0
        self._before: dict[str, tuple[float, Record]] = {}

    def shelf(self, place: Place) -> Shelf:
        """The resources of the caller's account and region."""
        return self._shelves.setdefault((place.account, place.region), Shelf())

    def domain(self, place: Place, domain_id: str) -> Domain:
        """A domain.

        Raises:
            ApiError: ``ResourceNotFound``.
        """
        found = self.shelf(place).domains.get(domain_id)
        if found is None:
            raise missing(f"Domain {domain_id}")
        return found

    def updating(self, arn: str, record: Record, place: Place) -> Record:
        """Remember a record before an update; what the update changes besides."""
        self._before[arn] = (place.now, copy.deepcopy(record))
        return {"LastModifiedTime": place.now}

    def told(self, arn: str, record: Record, place: Place) -> Record:
        """A record as ``Describe`` tells it at a moment: AWS's updates take their time."""
        at, before = self._before.get(arn, (0.0, record))
        if place.now < at + self.lag:
            return copy.deepcopy(before)
        if place.now < at + self.settle:
            return copy.deepcopy(before) | {"Status": "Updating"}
        return copy.deepcopy(record)

    def merged(self, old: Record, new: Record) -> Record:
        """Settings after an update with ``new``."""
        if self.merge == "whole":
            result = copy.deepcopy(new)
        elif self.merge == "leaf":
            result = _deep(old, new)
        else:
            result = copy.deepcopy(old) | copy.deepcopy(new)
        return tidied(result)


def _deep(old: Record, new: Record) -> Record:
    result = copy.deepcopy(old)
    for name, value in new.items():
        before = result.get(name)
        if isinstance(value, dict) and isinstance(before, dict):
            result[name] = _deep(before, value)
        else:
            result[name] = copy.deepcopy(value)
    return result


def tidied(settings: Record) -> Record:
    """Settings without empty structures and without the built-in script ``None``."""
    result: Record = {}
    for name, value in settings.items():
        if name == "BuiltInLifecycleConfigArn" and value == NONE:
            continue
        if isinstance(value, dict):
            value = tidied(value)
            if not value:
                continue
        result[name] = value
    return result


def arn(place: Place, rest: str) -> str:
    """ARN of a resource of the caller's account and region."""
    return f"arn:aws:sagemaker:{place.region}:{place.account}:{rest}"


def missing(what: str) -> ApiError:
    """The refusal for what is not there."""
    return ApiError("ResourceNotFound", f"{what} does not exist.")


def in_use(text: str) -> ApiError:
    """The refusal for what something else still needs, or what is there already."""
    return ApiError("ResourceInUse", text)


def scripts(settings: Record) -> Iterator[tuple[str, str]]:
    """App type and ARN of every lifecycle configuration that settings name."""
    for name, app_type in APP_TYPE_OF.items():
        of_app = settings.get(name, {})
        named = [
            *of_app.get("LifecycleConfigArns", ()),
            of_app.get("DefaultResourceSpec", {}).get("LifecycleConfigArn", NONE),
            of_app.get("BuiltInLifecycleConfigArn", NONE),
        ]
        for one in named:
            if one != NONE:
                yield app_type, one


def check_scripts(shelf: Shelf, settings: Record) -> None:
    """Refuse settings whose lifecycle configurations cannot be attached.

    Raises:
        ApiError: ``ValidationException``, naming the lifecycle configuration.
    """
    known = {one["StudioLifecycleConfigArn"]: one for one in shelf.lifecycle.values()}
    for app_type, named in scripts(settings):
        found = known.get(named)
        if found is None:
            raise invalid(f"Studio lifecycle configuration {named} does not exist.")
        if found["StudioLifecycleConfigAppType"] != app_type:
            raise invalid(
                f"Studio lifecycle configuration {named} is of app type "
                f"{found['StudioLifecycleConfigAppType']}, not {app_type}."
            )
    for name in APP_TYPE_OF:
        of_app = settings.get(name, {})
        default = of_app.get("DefaultResourceSpec", {}).get("LifecycleConfigArn", NONE)
        if default != NONE and default not in of_app.get("LifecycleConfigArns", ()):
            raise invalid(
                f"{name}.DefaultResourceSpec.LifecycleConfigArn must be one of its "
                "LifecycleConfigArns."
            )


def script_arns(settings: Record) -> list[str]:
    """What IAM is told as ``sagemaker:StudioLifecycleConfigArns``."""
    return sorted({one for _, one in scripts(settings)})


def new_domain_id(place: Place, name: str) -> str:
    """An id that a replay of the same calls gives again."""
    digest = hashlib.sha256(f"{place.account}/{place.region}/{name}".encode()).hexdigest()
    return f"d-{digest[:12]}"


def details(record: Record, names: frozenset[str], **more: Any) -> Record:
    """A record as a list shows it."""
    return {k: v for k, v in record.items() if k in names} | more
