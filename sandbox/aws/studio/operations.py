"""Studio's operations, and on what IAM is asked for each."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from ..authorization import Request
from ..place import Place, Record
from ..registry import Registry
from . import domains, lifecycle, spaces
from .store import Domain, arn, script_arns

Act = Callable[[Registry, Place, Record], Record]
Context = dict[str, str | list[str]]

ACTS: dict[str, tuple[Act, bool, str | None]] = {
    "CreateStudioLifecycleConfig": (lifecycle.create, True, "studio-lifecycle-config"),
    "DescribeStudioLifecycleConfig": (lifecycle.describe, False, "studio-lifecycle-config"),
    "ListStudioLifecycleConfigs": (lifecycle.listing, False, None),
    "DeleteStudioLifecycleConfig": (lifecycle.delete, True, "studio-lifecycle-config"),
    "CreateDomain": (domains.create, True, "domain"),
    "DescribeDomain": (domains.describe, False, "domain"),
    "ListDomains": (domains.listing, False, None),
    "UpdateDomain": (domains.update, True, "domain"),
    "DeleteDomain": (domains.delete, True, "domain"),
    "CreateUserProfile": (domains.create_profile, True, "user-profile"),
    "DescribeUserProfile": (domains.describe_profile, False, "user-profile"),
    "ListUserProfiles": (domains.list_profiles, False, None),
    "UpdateUserProfile": (domains.update_profile, True, "user-profile"),
    "DeleteUserProfile": (domains.delete_profile, True, "user-profile"),
    "CreateSpace": (spaces.create, True, "space"),
    "DescribeSpace": (spaces.describe, False, "space"),
    "ListSpaces": (spaces.listing, False, None),
    "UpdateSpace": (spaces.update, True, "space"),
    "DeleteSpace": (spaces.delete, True, "space"),
    "CreateApp": (spaces.create_app, True, "app"),
    "DescribeApp": (spaces.describe_app, False, "app"),
    "ListApps": (spaces.list_apps, False, None),
    "DeleteApp": (spaces.delete_app, True, "app"),
}
"""Operation -> how it acts, whether it writes, and the kind of resource that IAM knows."""

_SETTINGS = ("DefaultUserSettings", "DefaultSpaceSettings", "UserSettings", "SpaceSettings")


def _resource(kind: str, params: Record, place: Place) -> str:
    if kind == "studio-lifecycle-config":
        return arn(place, f"{kind}/{params['StudioLifecycleConfigName']}")
    domain_id = params.get("DomainId", "*")
    if kind == "domain":
        return arn(place, f"{kind}/{domain_id}")
    if kind == "user-profile":
        return arn(place, f"{kind}/{domain_id}/{params['UserProfileName']}")
    if kind == "space":
        return arn(place, f"{kind}/{domain_id}/{params['SpaceName']}")
    owner = params.get("SpaceName") or params.get("UserProfileName") or "-"
    return arn(place, f"app/{domain_id}/{owner}/{params['AppType']}/{params['AppName']}")


def _scripts(params: Record) -> list[str]:
    named = {one for name in _SETTINGS for one in script_arns(params.get(name, {}))}
    spec = params.get("ResourceSpec", {}).get("LifecycleConfigArn")
    return sorted(named | ({spec} if spec else set()))


def _space_context(domain: Domain | None, params: Record, place: Place) -> Context:
    """Keys that tell whose space it is; a space that is yet to be made tells them itself."""
    known = domain.spaces.get(params.get("SpaceName", ""), {}) if domain else {}
    context: Context = {}
    sharing = params.get("SpaceSharingSettings") or known.get("SpaceSharingSettings")
    owner = params.get("OwnershipSettings") or known.get("OwnershipSettings")
    if sharing:
        context["sagemaker:SpaceSharingType"] = sharing["SharingType"]
    if owner:
        path = f"user-profile/{params['DomainId']}/{owner['OwnerUserProfileName']}"
        context["sagemaker:OwnerUserProfileArn"] = arn(place, path)
    return context


WITH_OWNER = ("CreateSpace", "UpdateSpace", "DeleteSpace", "CreateApp", "DeleteApp")
WITH_SCRIPTS = (
    *("CreateDomain", "UpdateDomain", "CreateUserProfile", "UpdateUserProfile"),
    *("CreateSpace", "UpdateSpace", "CreateApp"),
)


def questions(
    name: str, registry: Registry, place: Place, params: dict[str, Any]
) -> Iterator[Request]:
    """What IAM is asked before an operation, with its condition keys."""
    kind = ACTS[name][2]
    action = f"sagemaker:{name}"
    if kind is None:
        yield Request(action, "*", place.account)
        return
    context: Context = {}
    if name in WITH_SCRIPTS and (named := _scripts(params)):
        context["sagemaker:StudioLifecycleConfigArns"] = named
    if name in WITH_OWNER:
        domain = registry.studio.shelf(place).domains.get(params["DomainId"])
        context |= _space_context(domain, params, place)
    tags = {tag["Key"]: tag["Value"] for tag in params.get("Tags", ())}
    if tags:
        context["aws:TagKeys"] = list(tags)
        context |= {f"aws:RequestTag/{key}": value for key, value in tags.items()}
    resource = _resource(kind, params, place)
    yield Request(action, resource, place.account, context)
    if tags:
        keys = {k: v for k, v in context.items() if k.startswith("aws:")}
        yield Request("sagemaker:AddTags", resource, place.account, keys)
