"""SageMaker's operations on Studio lifecycle configurations."""

from __future__ import annotations

import base64
import binascii

from .. import shapes
from ..errors import ApiError, invalid
from ..reads import instant
from ..registry import Place, Record, Registry, listed
from .store import Shelf, arn, details, in_use, missing, scripts

MAX_TAGS = 50
_ARN = ":studio-lifecycle-config/"


def create(registry: Registry, place: Place, params: Record) -> Record:
    """``CreateStudioLifecycleConfig``; a configuration cannot be changed later.

    The service model limits the content to 16,384 characters of base64.
    """
    shelf = registry.studio.shelf(place)
    name = params["StudioLifecycleConfigName"]
    if name in shelf.lifecycle:
        raise in_use(f"Studio lifecycle configuration {name} already exists.")
    content = params["StudioLifecycleConfigContent"]
    try:
        base64.b64decode(content, validate=True)
    except binascii.Error:
        raise invalid("StudioLifecycleConfigContent is not encoded in base64.") from None
    made = arn(place, f"studio-lifecycle-config/{name}")
    shelf.tags[made] = {tag["Key"]: tag["Value"] for tag in params.get("Tags", ())}
    shelf.lifecycle[name] = {
        "StudioLifecycleConfigArn": made,
        "StudioLifecycleConfigName": name,
        "CreationTime": place.now,
        "LastModifiedTime": place.now,
        "StudioLifecycleConfigContent": content,
        "StudioLifecycleConfigAppType": params["StudioLifecycleConfigAppType"],
    }
    return {"StudioLifecycleConfigArn": made}


def _one(shelf: Shelf, name: str) -> Record:
    if name not in shelf.lifecycle:
        raise missing(f"Studio lifecycle configuration {name}")
    return shelf.lifecycle[name]


def describe(registry: Registry, place: Place, params: Record) -> Record:
    """``DescribeStudioLifecycleConfig``."""
    return dict(_one(registry.studio.shelf(place), params["StudioLifecycleConfigName"]))


def listing(registry: Registry, place: Place, params: Record) -> Record:
    """``ListStudioLifecycleConfigs``."""
    names = shapes.members("ListStudioLifecycleConfigs", "StudioLifecycleConfigs")
    part = params.get("NameContains", "").lower()
    app_type = params.get("AppTypeEquals")
    found = [
        details(one, names)
        for one in registry.studio.shelf(place).lifecycle.values()
        if part in one["StudioLifecycleConfigName"].lower()
        and app_type in (None, one["StudioLifecycleConfigAppType"])
        and _within(one["CreationTime"], params, "CreationTime")
        and _within(one["LastModifiedTime"], params, "ModifiedTime")
    ]
    by = params.get("SortBy", "CreationTime")
    by = "StudioLifecycleConfigName" if by == "Name" else by
    found.sort(key=lambda one: one[by], reverse=params.get("SortOrder") != "Ascending")
    return listed("StudioLifecycleConfigs", found, params)


def _within(time: float, params: Record, name: str) -> bool:
    after, before = params.get(f"{name}After"), params.get(f"{name}Before")
    return (after is None or time > instant(after)) and (before is None or time < instant(before))


def is_one(resource: str) -> bool:
    """Whether an ARN is of a lifecycle configuration."""
    return _ARN in resource


def _tags(registry: Registry, place: Place, params: Record) -> dict[str, str]:
    shelf, resource = registry.studio.shelf(place), params["ResourceArn"]
    if _one(shelf, resource.partition(_ARN)[2])["StudioLifecycleConfigArn"] != resource:
        raise missing(resource)
    return shelf.tags[resource]


def list_tags(registry: Registry, place: Place, params: Record) -> Record:
    """``ListTags`` of a lifecycle configuration."""
    tags = _tags(registry, place, params)
    return listed("Tags", [{"Key": k, "Value": v} for k, v in tags.items()], params, default=50)


def add_tags(registry: Registry, place: Place, params: Record) -> Record:
    """``AddTags`` of a lifecycle configuration; keys that exist get the new value."""
    tags = _tags(registry, place, params)
    asked = {tag["Key"]: tag["Value"] for tag in params["Tags"]}
    if len(tags | asked) > MAX_TAGS:
        raise ApiError("ResourceLimitExceeded", f"A resource can have at most {MAX_TAGS} tags.")
    tags |= asked
    return {"Tags": [{"Key": k, "Value": v} for k, v in tags.items()]}


def delete_tags(registry: Registry, place: Place, params: Record) -> Record:
    """``DeleteTags`` of a lifecycle configuration."""
    tags = _tags(registry, place, params)
    for key in params["TagKeys"]:
        tags.pop(key, None)
    return {}


def delete(registry: Registry, place: Place, params: Record) -> Record:
    """``DeleteStudioLifecycleConfig``; refused while settings name it."""
    shelf = registry.studio.shelf(place)
    name = params["StudioLifecycleConfigName"]
    named = _one(shelf, name)["StudioLifecycleConfigArn"]
    for domain_id, domain in shelf.domains.items():
        owners = {
            f"domain {domain_id}": domain.record["DefaultUserSettings"],
            f"the default space settings of domain {domain_id}": domain.record.get(
                "DefaultSpaceSettings", {}
            ),
        }
        owners |= {f"user profile {k}": v["UserSettings"] for k, v in domain.profiles.items()}
        owners |= {f"space {k}": v.get("SpaceSettings", {}) for k, v in domain.spaces.items()}
        for owner, settings in owners.items():
            if any(one == named for _, one in scripts(settings)):
                raise in_use(f"Studio lifecycle configuration {name} is attached to {owner}.")
    del shelf.lifecycle[name], shelf.tags[named]
    return {}
