"""SageMaker's operations on domains and user profiles."""

from __future__ import annotations

import copy

from .. import shapes
from ..errors import invalid
from ..registry import Place, Record, Registry, listed
from .store import (
    Domain,
    arn,
    check_scripts,
    details,
    in_use,
    missing,
    new_domain_id,
    tidied,
)

_PLAIN = (
    "AppNetworkAccessType",
    "AppSecurityGroupManagement",
    "HomeEfsFileSystemCreation",
    "SubnetIds",
    "TagPropagation",
    "VpcId",
)
"""Members that an update of a domain replaces."""


def create(registry: Registry, place: Place, params: Record) -> Record:
    """``CreateDomain``; it is in service at once."""
    shelf = registry.studio.shelf(place)
    name = params["DomainName"]
    if any(one.record["DomainName"] == name for one in shelf.domains.values()):
        raise in_use(f"Domain {name} already exists.")
    for settings in ("DefaultUserSettings", "DefaultSpaceSettings"):
        check_scripts(shelf, params.get(settings, {}))
    domain_id = new_domain_id(place, name)
    record = {k: copy.deepcopy(v) for k, v in params.items() if k != "Tags"}
    record |= {
        "DomainId": domain_id,
        "DomainArn": arn(place, f"domain/{domain_id}"),
        "Status": "InService",
        "CreationTime": place.now,
        "LastModifiedTime": place.now,
        "Url": f"https://{domain_id}.studio.{place.region}.sagemaker.aws",
    }
    record["DefaultUserSettings"] = tidied(record["DefaultUserSettings"])
    record.setdefault("AppNetworkAccessType", "PublicInternetOnly")
    shelf.domains[domain_id] = Domain(record)
    return {name: record[name] for name in ("DomainArn", "DomainId", "Url")}


def describe(registry: Registry, place: Place, params: Record) -> Record:
    """``DescribeDomain``."""
    record = registry.studio.domain(place, params["DomainId"]).record
    return registry.studio.told(record["DomainArn"], record, place)


def listing(registry: Registry, place: Place, params: Record) -> Record:
    """``ListDomains``."""
    names = shapes.members("ListDomains", "Domains")
    found = [details(one.record, names) for one in registry.studio.shelf(place).domains.values()]
    return listed("Domains", found, params)


def _domain_settings(domain: Domain, asked: Record, whole: bool) -> Record:
    """Settings of the domain itself after an update.

    Args:
        whole: what the update does not name is gone.

    Raises:
        ApiError: ``ResourceInUse``; how SageMaker words it is not published.
    """
    settings: Record = copy.deepcopy(domain.record.get("DomainSettings", {}))
    identity = asked.get("ExecutionRoleIdentityConfig")
    if identity not in (None, settings.get("ExecutionRoleIdentityConfig", "DISABLED")):
        running = [app["AppName"] for app in domain.live_apps()]
        if running:
            raise in_use(
                "ExecutionRoleIdentityConfig can only be changed while no app is InService or "
                f"Pending; there are {len(running)}."
            )
    if whole:
        settings = {}
    for name, value in asked.items():
        settings[name.replace("DomainSettingsForUpdate", "DomainSettings")] = copy.deepcopy(value)
    return settings


def update(registry: Registry, place: Place, params: Record) -> Record:
    """``UpdateDomain``; members that the request does not name stay."""
    studio = registry.studio
    domain = studio.domain(place, params["DomainId"])
    record = domain.record
    status = studio.told(record["DomainArn"], record, place)["Status"]
    if status != "InService":
        raise in_use(f"Domain {record['DomainId']} is in status {status}.")
    changed: Record = {name: params[name] for name in _PLAIN if name in params}
    for name in ("DefaultUserSettings", "DefaultSpaceSettings"):
        if name in params:
            check_scripts(studio.shelf(place), params[name])
            changed[name] = studio.merged(record.get(name, {}), params[name])
            check_scripts(studio.shelf(place), changed[name])
    if "DomainSettingsForUpdate" in params:
        changed["DomainSettings"] = _domain_settings(
            domain, params["DomainSettingsForUpdate"], studio.merge == "whole"
        )
    record.update(studio.updating(record["DomainArn"], record, place) | changed)
    return {"DomainArn": record["DomainArn"]}


def delete(registry: Registry, place: Place, params: Record) -> Record:
    """``DeleteDomain``; refused while it has user profiles or spaces."""
    domain = registry.studio.domain(place, params["DomainId"])
    held = [*(f"user profile {k}" for k in domain.profiles), *(f"space {k}" for k in domain.spaces)]
    if held:
        raise in_use(f"Domain {params['DomainId']} still has {held[0]}.")
    del registry.studio.shelf(place).domains[params["DomainId"]]
    return {}


def profile(domain: Domain, name: str) -> Record:
    """A user profile.

    Raises:
        ApiError: ``ResourceNotFound``.
    """
    if name not in domain.profiles:
        raise missing(f"User profile {name}")
    return domain.profiles[name]


def create_profile(registry: Registry, place: Place, params: Record) -> Record:
    """``CreateUserProfile``."""
    domain = registry.studio.domain(place, params["DomainId"])
    name = params["UserProfileName"]
    if name in domain.profiles:
        raise in_use(f"User profile {name} already exists.")
    if domain.record["AuthMode"] == "SSO" and "SingleSignOnUserValue" not in params:
        raise invalid("SingleSignOnUserValue is needed in a domain with AuthMode SSO.")
    settings = params.get("UserSettings", {})
    check_scripts(registry.studio.shelf(place), settings)
    record = {k: copy.deepcopy(v) for k, v in params.items() if k != "Tags"}
    record |= {
        "UserProfileArn": arn(place, f"user-profile/{params['DomainId']}/{name}"),
        "Status": "InService",
        "CreationTime": place.now,
        "LastModifiedTime": place.now,
        "UserSettings": tidied(copy.deepcopy(settings)),
    }
    domain.profiles[name] = record
    return {"UserProfileArn": record["UserProfileArn"]}


def describe_profile(registry: Registry, place: Place, params: Record) -> Record:
    """``DescribeUserProfile``: its own settings only, not what the domain gives."""
    domain = registry.studio.domain(place, params["DomainId"])
    record = profile(domain, params["UserProfileName"])
    return registry.studio.told(record["UserProfileArn"], record, place)


def list_profiles(registry: Registry, place: Place, params: Record) -> Record:
    """``ListUserProfiles`` of one domain or of all."""
    names = shapes.members("ListUserProfiles", "UserProfiles")
    part = params.get("UserProfileNameContains", "").lower()
    found = [
        details(one, names)
        for domain_id, domain in registry.studio.shelf(place).domains.items()
        if params.get("DomainIdEquals") in (None, domain_id)
        for name, one in domain.profiles.items()
        if part in name.lower()
    ]
    by = params.get("SortBy", "CreationTime")
    found.sort(key=lambda one: one[by], reverse=params.get("SortOrder") == "Descending")
    return listed("UserProfiles", found, params)


def update_profile(registry: Registry, place: Place, params: Record) -> Record:
    """``UpdateUserProfile``."""
    studio = registry.studio
    domain = studio.domain(place, params["DomainId"])
    record = profile(domain, params["UserProfileName"])
    arn_of_it = record["UserProfileArn"]
    status = studio.told(arn_of_it, record, place)["Status"]
    if status != "InService":
        raise in_use(f"User profile {params['UserProfileName']} is in status {status}.")
    changed: Record = {}
    if "UserSettings" in params:
        check_scripts(studio.shelf(place), params["UserSettings"])
        settings = studio.merged(record["UserSettings"], params["UserSettings"])
        check_scripts(studio.shelf(place), settings)
        changed["UserSettings"] = settings
    record.update(studio.updating(arn_of_it, record, place) | changed)
    return {"UserProfileArn": arn_of_it}


def delete_profile(registry: Registry, place: Place, params: Record) -> Record:
    """``DeleteUserProfile``; refused while it owns a space or runs an app."""
    domain = registry.studio.domain(place, params["DomainId"])
    name = params["UserProfileName"]
    profile(domain, name)
    owned = [
        space
        for space, record in domain.spaces.items()
        if record.get("OwnershipSettings", {}).get("OwnerUserProfileName") == name
    ]
    if owned:
        raise in_use(f"User profile {name} still owns space {owned[0]}.")
    if any(app.get("UserProfileName") == name for app in domain.live_apps()):
        raise in_use(f"User profile {name} still runs an app.")
    del domain.profiles[name]
    return {}
